"""`torch.sparse.mm`: products in which what meets in one place is added up, averaged, or of which the extreme is kept."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.layout import sparse_csr
from flambeau.core.tensor import wrap
from flambeau.ops.creation import zeros
from flambeau.ops.indexing import index_put
from flambeau.ops.rows import index_select
from flambeau.ops.shape import reshape
from flambeau.sparse import products
from flambeau.sparse.conversion import elements
from flambeau.tensor.sparse import kind_of

REDUCTIONS = ("sum", "mean", "amax", "amin")


def mm(mat1: Any, mat2: Any, reduce: str | None = None) -> Any:
    """Multiply a sparse matrix by a dense one, (n, k) x (k, m); gradients reach the sparse matrix's values and `mat2`.

    Sparse by sparse is sparse. With `reduce` ("sum", "mean", "amax", "amin"; `mat1` in the CSR layout), the terms of which
    an element of the product is the sum are reduced like that instead: terms are those at the places of `mat1`.
    """
    if reduce is None:
        return products.mm(mat1, mat2)
    if reduce not in REDUCTIONS:
        raise RuntimeError(f"sparse_mm_reduce: reduce type of {reduce} has not been enabled. Use one of "
                           f"{', '.join(REDUCTIONS)}.")
    if mat1.layout is not sparse_csr:
        raise NotImplementedError(f"sparse_mm_reduce: expected mat1 of layout SparseCsr, but got {kind_of(mat1)}; use "
                                  "to_sparse_csr()")
    if reduce == "sum":
        return products.mm(mat1, mat2)
    products.check_matrices("sparse_mm_reduce", mat1, mat2)
    return _mean(mat1, mat2) if reduce == "mean" else _extreme(mat1, mat2, largest=reduce == "amax")


def _mean(mat1: Any, mat2: Any) -> Any:
    ends = mat1._ends
    counts = (ends[1:] - ends[:-1]).clamp(min=1).to(mat2.dtype)
    return products.mm(mat1, mat2) / counts.unsqueeze(1)


def _extreme(mat1: Any, mat2: Any, largest: bool) -> Any:
    """Keep the largest or smallest term; of equal ones the first, which alone gets the gradient."""
    (rows, columns), values = elements(mat1)
    terms = index_select(mat2, 0, wrap(columns)) * reshape(values, (-1, 1))
    result = zeros(mat1.shape[0], mat2.shape[1], dtype=mat2.dtype, device=mat2.device)
    if not terms.numel():
        return result + (values.sum() * mat2.sum()).to(result.dtype)
    line, column, chosen = _chosen(terms._array if largest else -terms._array, rows)
    return index_put(result, (wrap(line), wrap(column)), terms[wrap(chosen), wrap(column)])


def _chosen(terms: Array, rows: Array) -> tuple[Array, Array, Array]:
    """Return row, column and number of the largest term of each row and column; `rows` is sorted."""
    xp = namespace_of(terms)
    width, sizes = terms.shape[1], terms.reshape(-1)
    sizes = sizes if sizes.dtype.kind == "i" else sizes.astype("f8")  # exact, and beside row numbers also for bfloat16
    numbers, columns = xp.divmod(xp.arange(terms.size), width)
    order = xp.lexsort(xp.stack([-numbers, sizes, rows[numbers] * width + columns]))
    place = (rows[numbers] * width + columns)[order]
    last = xp.concatenate([place[1:] != place[:-1], xp.ones(1, bool)])
    return place[last] // width, place[last] % width, numbers[order][last]


def addmm(mat: Any, mat1: Any, mat2: Any, *, beta: float = 1.0, alpha: float = 1.0) -> Any:
    """Return `beta * mat + alpha * (mat1 @ mat2)`, `mat1` being sparse."""
    return products.addmm(mat, mat1, mat2, beta=beta, alpha=alpha)


