"""`torch.autograd.functional`: Jacobians, Hessians and products with them. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {"func.functional": "hessian hvp jacobian jvp vhp vjp"})
