"""Products and sums of sparse matrices."""
from __future__ import annotations

from typing import Any

from flambeau.ops.indexing import index_put
from flambeau.sparse.coo import SparseTensor, make


def mm(mat1: Any, mat2: Any) -> Any:
    """Multiply a sparse matrix by a dense one, (n, k) x (k, m); gradients reach the sparse matrix's values and `mat2`.

    Sparse by sparse is sparse.
    """
    if isinstance(mat1, SparseTensor) and isinstance(mat2, SparseTensor):
        return (mat1.to_dense() @ mat2.to_dense()).to_sparse()
    if not isinstance(mat1, SparseTensor):
        return mat1 @ (mat2.to_dense() if isinstance(mat2, SparseTensor) else mat2)
    if mat1.ndim != 2 or mat2.ndim != 2 or mat1.shape[1] != mat2.shape[0]:
        raise RuntimeError(f"mm: expected matrices that fit, but got {list(mat1.shape)} and {list(mat2.shape)}")
    rows, columns = mat1._indices()
    parts = mat2[columns] * mat1._values().unsqueeze(1)
    return index_put(mat2.new_zeros(mat1.shape[0], mat2.shape[1]), (rows,), parts, accumulate=True)


def addmm(mat: Any, mat1: Any, mat2: Any, *, beta: float = 1.0, alpha: float = 1.0) -> Any:
    """Return `beta * mat + alpha * (mat1 @ mat2)`, `mat1` being sparse."""
    return mat * beta + mm(mat1, mat2) * alpha


def sum(input: SparseTensor, dim: int | tuple[int, ...] | None = None, dtype: Any = None) -> Any:
    """Add up a sparse tensor: to a number, or along dims, which leaves it sparse unless all sparse dims are gone."""
    values = input._values() if dtype is None else input._values().to(dtype)
    if dim is None:
        return values.sum()
    dims = {d % input.ndim for d in ((dim,) if isinstance(dim, int) else dim)}
    kept = [d for d in range(input.sparse_dim()) if d not in dims]
    dense = [d - input.sparse_dim() + 1 for d in sorted(dims) if d >= input.sparse_dim()]
    values = values.sum(dense) if dense else values
    if not kept:
        return values.sum(0)
    size = [n for d, n in enumerate(input.shape) if d not in dims]
    return make(input._indices()[kept], values, size).coalesce()
