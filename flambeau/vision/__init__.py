"""Images: datasets and transforms under torchvision's names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {}, parts="datasets transforms")
