"""`torch.cuda.graphs`: work that is written down once and then done again at once."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "cuda.graphs.callables": "make_graphed_callables",
    "cuda.graphs.capture": "CUDAGraph graph graph_pool_handle is_current_stream_capturing",
})
