"""`torch.nn.modules.batchnorm`: batch norms. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.lazy": "LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d",
    "nn.normalization": "BatchNorm1d BatchNorm2d BatchNorm3d _BatchNorm _NormBase=_Tracked",
    "nn.sync_batch_norm": "SyncBatchNorm",
})
