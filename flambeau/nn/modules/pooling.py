"""`torch.nn.modules.pooling`: pooling. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.pooling":
        "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d "
        "AvgPool1d AvgPool2d AvgPool3d FractionalMaxPool2d FractionalMaxPool3d LPPool1d LPPool2d LPPool3d MaxPool1d "
        "MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d _AdaptiveAvgPoolNd=_AdaptiveAvgPool "
        "_AdaptiveMaxPoolNd=_AdaptiveMaxPool _AvgPoolNd=_AvgPool _LPPoolNd=_LPPool _MaxPoolNd=_MaxPool "
        "_MaxUnpoolNd=_MaxUnpool",
})
