"""`torch.nn.modules.pixelshuffle`: the pixel shuffle and its inverse. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.rearranging": "PixelShuffle PixelUnshuffle",
})
