"""Norms of matrices, and how much a matrix multiplies errors."""
from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array
from flambeau.core.dtype import HALVES, as_numpy
from flambeau.core.tensor import wrap
from flambeau.dispatch.op import composite
from flambeau.ops.addressing import from_start
from flambeau.ops.conversion import cast
from flambeau.ops.dims import Dims, array_of
from flambeau.ops.extrema import amax, amin
from flambeau.ops.masking import masked_fill
from flambeau.ops.matrices import check_float, check_square
from flambeau.ops.norms import vector_norm
from flambeau.ops.parts import select
from flambeau.ops.permutation import movedim
from flambeau.ops.reduction import sum
from flambeau.ops.rounding import abs
from flambeau.ops.shape import unsqueeze
from flambeau.ops.singular import svdvals
from flambeau.ops.solving import inv_ex

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

_ORDERS = ("fro", "nuc", 2, -2, 1, -1, inf, -inf)


@composite
def matrix_norm(input: Tensor, ord: Any = "fro", dim: Sequence[int] = (-2, -1), keepdim: bool = False, *,
                dtype: Any = None) -> Tensor:
    """Return norms of matrices, whose rows and columns are along `dim`.

    "fro": of all elements; "nuc": the sum of singular values; 2, -2: the largest, the smallest of them; 1, -1: the largest,
    the smallest sum over a column; inf, -inf: over a row.

    >>> matrix_norm(randn(3, 4))
    >>> matrix_norm(randn(2, 3, 2), "nuc", (0, 2), keepdim=True)
    >>> matrix_norm(randn(2, 3, 2), 2)
    >>> matrix_norm(randn(3, 2), -1)
    >>> matrix_norm(randn(3, 2), inf)
    """
    rows, columns = _checked(input, ord, dim)
    if ord == "fro":
        return vector_norm(input, 2, (rows, columns), keepdim, dtype=dtype)
    _check_numbers(array_of(input), ord)
    input = input if dtype is None else cast(input, as_numpy(dtype))
    norms = _of_matrices(movedim(input, (rows, columns), (-2, -1)), ord)
    if keepdim:
        for d in sorted((rows, columns)):
            norms = unsqueeze(norms, d)
    return norms


def _check_numbers(array: Array, ord: Any) -> None:
    """Raise RuntimeError for whole numbers, and for half types where singular values are asked for."""
    if ord in ("nuc", 2, -2) or array.dtype not in HALVES:
        check_float("linalg.matrix_norm", array)


def _of_matrices(A: Tensor, ord: Any) -> Tensor:
    if ord == "nuc":
        return sum(svdvals(A), -1)
    if ord in (2, -2):
        return _extreme(svdvals(A), ord)
    return _extreme(sum(abs(A), -2 if ord in (1, -1) else -1), ord)


def _extreme(values: Tensor, ord: float) -> Tensor:
    """Return the largest of the last dim, or the smallest for a negative order; 0 where there is none."""
    if not values.shape[-1]:
        return sum(values, -1)
    return amax(values, -1) if ord > 0 else amin(values, -1)


def _checked(A: Any, ord: Any, dim: Any) -> tuple[int, int]:
    """Return the two dims from the start; raise RuntimeError for what is no matrix or no norm of one."""
    if A.ndim < 2:
        raise RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.")
    if ord is None:
        raise TypeError("linalg_matrix_norm(): argument 'ord' must be Number or str, not NoneType")
    if ord not in _ORDERS:
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    if len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dim))}")
    rows, columns = (from_start(d, A.ndim) for d in dim)
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dim[0]}, {dim[1]})")
    return rows, columns


@composite
def norm(input: Tensor, ord: Any = None, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Return the norm of vectors, along one dim or of all elements, or of matrices, along two.

    >>> norm(randn(2, 3))
    >>> norm(randn(2, 3), 1)
    >>> norm(randn(2, 3), 3, dim=1)
    >>> norm(randn(2, 3, 2), "nuc", dim=(0, 2))
    """
    if dim is not None:
        dim = (dim,) if isinstance(dim, int) else tuple(dim)
    if isinstance(ord, str) and (dim is not None or input.ndim <= 2):
        return matrix_norm(input, ord, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    if ord is not None and dim is None and input.ndim not in (1, 2):
        raise RuntimeError("linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got "
                           f"{input.ndim}D.")
    if ord is not None and dim is not None and len(dim) not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dim)}")
    if ord is not None and (input.ndim if dim is None else len(dim)) == 2:
        return matrix_norm(input, ord, (0, 1) if dim is None else dim, keepdim, dtype=dtype)
    return vector_norm(input, 2 if ord is None else ord, dim, keepdim, dtype=dtype)


@composite
def cond(input: Tensor, p: Any = None) -> Tensor:
    """Return the condition number: the norm of `input` times the norm of its inverse. Infinite where there is no inverse.

    >>> cond(randn(3, 3))
    >>> cond(randn(2, 3, 3), 1)
    >>> cond(randn(3, 2), -2)
    >>> cond(randn(3, 3), "nuc")
    """
    if input.ndim < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    if p is not None and p not in _ORDERS:
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    if p is None or p in (2, -2):
        return _extreme_ratio(svdvals(input), p)
    check_float("linalg.inv", array_of(input))
    check_square(f"linalg.cond(ord={p})", input)
    if p == "nuc":
        values = svdvals(input)
        return sum(values, -1) * sum(1 / values, -1)
    inverse, info = inv_ex(input)
    singular = array_of(info) > 0
    inverse = masked_fill(inverse, wrap(singular[..., None, None]), inf)
    product = matrix_norm(input, p) * matrix_norm(inverse, p)
    return masked_fill(product, wrap(singular), inf)  # 0 times infinity, for a matrix of zeros


def _extreme_ratio(values: Tensor, p: Any) -> Tensor:
    if not values.shape[-1]:
        return sum(values, -1)
    largest, smallest = select(values, -1, 0), select(values, -1, -1)
    return smallest / largest if p == -2 else largest / smallest
