"""`torch.utils`: tools around tensors. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "dispatch.kernel": "explain",
    "drawing.history": "plot_history",
    "drawing.tape": "draw_graph",
    "nn.model_summary": "summary",
    "utils.progress_bar": "progress",
}, parts="checkpoint data dlpack hooks tensorboard")
