"""`torch.utils`: tools around tensors. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "dispatch.kernel": "explain",
    "nn.model_summary": "summary",
}, parts="checkpoint data hooks tensorboard")
