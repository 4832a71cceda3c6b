"""`torch.linalg`: equations with matrices, and their decompositions. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "core.errors": "LinAlgError",
    "ops.cholesky": "cholesky cholesky_ex",
    "ops.linalg": "matmul",
    "ops.matrix_exponential": "matrix_exp",
    "ops.reflections": "householder_product",
    "ops.solving": "solve",
    "ops.triangular": "solve_triangular",
})
