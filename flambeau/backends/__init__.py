"""`torch.backends`: how each device computes, and what may be chosen about it."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {}, parts="cpu")
