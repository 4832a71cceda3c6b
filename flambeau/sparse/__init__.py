"""`torch.sparse`: tensors of which only what is not zero is kept, by coordinates. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "sparse.products": "addmm mm sum",
})
