"""`torch.autograd.forward_ad`: tensors that carry a tangent with them. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "func.forward_ad": "UnpackedDualTensor dual_level enter_dual_level exit_dual_level make_dual unpack_dual",
})
