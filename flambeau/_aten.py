"""What `torch.ops.aten` alone has: neither `torch`, `torch.nn.functional` nor `Tensor`. A page of names."""
from __future__ import annotations

from flambeau.core.page import page
from flambeau.dispatch.overriding import public

__getattr__, __dir__, __all__ = page(__name__, {
    "ops.dropout": "native_dropout_backward",
    "ops.internals":
        "_upsample_bicubic2d_aa=upsample_bicubic2d_aa _upsample_bilinear2d_aa=upsample_bilinear2d_aa "
        "max_pool2d_with_indices_backward slice=slice_along",
    "ops.native": "_batch_norm_with_update",
}, public=public)
