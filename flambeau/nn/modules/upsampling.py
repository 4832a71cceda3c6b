"""`torch.nn.modules.upsampling`: upsampling. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "nn.upsampling": "Upsample UpsamplingBilinear2d UpsamplingNearest2d",
})
