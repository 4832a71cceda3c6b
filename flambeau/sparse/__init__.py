"""`torch.sparse`: tensors of which only what is not zero is kept. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "sparse.diagonals": "spdiags",
    "sparse.invariants": "check_sparse_tensor_invariants",
    "sparse.reduced_products": "addmm mm",
    "sparse.sampling": "sampled_addmm",
    "sparse.shares": "log_softmax softmax",
    "sparse.sums": "sum=sparse_sum",
})
