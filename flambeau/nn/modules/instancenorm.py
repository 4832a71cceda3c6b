"""`torch.nn.modules.instancenorm`: instance norms. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.lazy": "LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d",
    "nn.normalization": "InstanceNorm1d InstanceNorm2d InstanceNorm3d _InstanceNorm",
})
