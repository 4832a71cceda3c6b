"""Powers of matrices, and inverses of tensors seen as matrices."""
from __future__ import annotations

import math
from collections.abc import Sequence
from operator import index
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import composite, op
from flambeau.ops.addressing import from_start
from flambeau.ops.conversion import clone
from flambeau.ops.flat import flat
from flambeau.ops.linalg import matmul
from flambeau.ops.matrices import check_square
from flambeau.ops.permutation import movedim
from flambeau.ops.shape import reshape
from flambeau.ops.solving import inv, solve

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(grad={"A": lambda g: flat(g)})
def _identity(A: Tensor) -> Tensor:
    eye: Array = namespace_of(A).eye(A.shape[-1]).astype(A.dtype)
    return namespace_of(A).broadcast_to(eye, A.shape).copy()


@composite
def matrix_power(input: Tensor, n: int) -> Tensor:
    """Multiply a square matrix `n` times with itself, by squaring; a negative `n` takes the inverse.

    >>> matrix_power(randn(3, 3), 3)
    >>> matrix_power(randn(2, 2, 2), -2)
    >>> matrix_power(randn(2, 2), 0)
    >>> matrix_power(randn(2, 2), n=1)
    """
    if isinstance(n, float | bool):
        raise TypeError(f"linalg_matrix_power(): argument 'n' (position 2) must be int, not {type(n).__name__}")
    check_square("linalg.matrix_power", input)
    n = index(n)
    if n == 0:
        return _identity(input)
    base = inv(input) if n < 0 else input
    return _raised(base, abs(n)) if abs(n) > 1 else clone(base)


def _raised(base: Any, n: int) -> Any:
    """Multiply the squares of squares whose bits are set in `n`."""
    result = None
    while n:
        if n & 1:
            result = base if result is None else matmul(result, base)
        n >>= 1
        base = matmul(base, base) if n else base
    return result


def _rows_and_columns(A: Any, split: int) -> tuple[int, int]:
    rows, columns = math.prod(A.shape[:split]), math.prod(A.shape[split:])
    return rows, columns


@composite
def tensorinv(input: Tensor, ind: int = 2) -> Tensor:
    """Invert a tensor as the matrix whose rows are its first `ind` dims and whose columns are the others.

    >>> tensorinv(randn(2, 3, 6))
    >>> tensorinv(randn(4, 2, 2), ind=1)
    """
    if ind <= 0:
        raise RuntimeError(f"Expected a strictly positive integer for 'ind', but got {ind}")
    rows, columns = _rows_and_columns(input, ind)
    if rows != columns:
        raise RuntimeError("Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got "
                           f"{columns} != {rows}")
    return reshape(inv(reshape(input, (rows, columns))), (*input.shape[ind:], *input.shape[:ind]))


@composite
def tensorsolve(input: Tensor, other: Tensor, dims: Sequence[int] | None = None) -> Tensor:
    """Return the X that `tensordot(input, X, X.ndim)` makes `other` of; `dims` of `input` are taken to be its last.

    >>> tensorsolve(randn(2, 3, 6), randn(2, 3))
    >>> tensorsolve(randn(2, 6, 3), randn(2, 3), dims=(1,))
    """
    if dims is not None:
        last = tuple(range(input.ndim - len(dims), input.ndim))
        input = movedim(input, tuple(from_start(d, input.ndim) for d in dims), last)
    rows, columns = _rows_and_columns(input, other.ndim)
    if rows != columns:
        raise RuntimeError("Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == "
                           f"prod(self.shape[:other.ndim]), but got {columns} != {rows}")
    solution = solve(reshape(input, (rows, columns)), reshape(other, (rows,)))
    return reshape(solution, tuple(input.shape[other.ndim:]))
