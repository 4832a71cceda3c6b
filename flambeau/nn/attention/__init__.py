"""`torch.nn.attention`: which way attention may be computed, and masks for it. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.attention.backends": "SDPBackend WARN_FOR_UNFUSED_KERNELS sdpa_kernel",
}, parts="bias")
