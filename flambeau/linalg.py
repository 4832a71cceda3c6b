"""`torch.linalg`: equations with matrices, and their decompositions. A page of names."""
from __future__ import annotations

from flambeau.core.page import page
from flambeau.dispatch.overriding import public

__getattr__, __dir__, __all__ = page(__name__, {
    "core.errors": "LinAlgError",
    "ops.chains": "multi_dot",
    "ops.cholesky": "cholesky cholesky_ex",
    "ops.determinants": "det slogdet",
    "ops.eigen": "eig eigh eigvals eigvalsh",
    "ops.ldl": "ldl_factor ldl_factor_ex ldl_solve",
    "ops.least_squares": "lstsq",
    "ops.linalg": "matmul",
    "ops.lu": "lu lu_factor lu_factor_ex lu_solve",
    "ops.matrix_exponential": "matrix_exp",
    "ops.matrix_norms": "cond matrix_norm norm",
    "ops.matrix_power": "matrix_power tensorinv tensorsolve",
    "ops.norms": "vector_norm",
    "ops.pseudoinverse": "matrix_rank pinv",
    "ops.qr": "qr",
    "ops.reflections": "householder_product",
    "ops.singular": "svd svdvals",
    "ops.solving": "inv inv_ex solve solve_ex",
    "ops.triangular": "solve_triangular",
    "ops.vectors": "cross diagonal vander vecdot",
}, public=public)
