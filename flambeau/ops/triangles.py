"""The parts of a matrix above and below a diagonal, and the sum along it."""
from __future__ import annotations

from typing import TYPE_CHECKING

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.tensor import wrap as wrap_tensor
from flambeau.dispatch.inplace import inplace
from flambeau.dispatch.layout import row_by_row
from flambeau.dispatch.op import composite, op
from flambeau.ops.dims import array_of
from flambeau.ops.masking import masked_fill
from flambeau.ops.reduction import sum
from flambeau.ops.refusals import BOOL, refuse
from flambeau.ops.strides import diagonal as diagonal_of

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _masked(input: Array, diagonal: int, lower: bool) -> Array:
    if input.ndim < 2:
        raise RuntimeError(f"{'tril' if lower else 'triu'}: input tensor must have at least 2 dimensions")
    xp, (rows, columns) = namespace_of(input), input.shape[-2:]
    above = xp.arange(columns) - xp.arange(rows)[:, None]
    inside = above <= diagonal if lower else above >= diagonal
    return xp.where(inside, input, input.dtype.type(0))


@op(layout=row_by_row, grad={"input": lambda g, diagonal: tril(g, diagonal)})
def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """Keep what is on and below a diagonal of matrices; the rest becomes zero.

    >>> tril(randn(3, 4))
    >>> tril(randn(2, 3, 3), -1)
    """
    return _masked(input, diagonal, True)


@op(layout=row_by_row, grad={"input": lambda g, diagonal: triu(g, diagonal)})
def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """Keep what is on and above a diagonal of matrices; the rest becomes zero.

    >>> triu(randn(3, 4))
    >>> triu(randn(2, 3, 3), diagonal=1)
    """
    return _masked(input, diagonal, False)


tril_, triu_ = inplace(tril), inplace(triu)
_fill_where_ = inplace(masked_fill, "fill_diagonal_")


def fill_diagonal_(self: Tensor, fill_value: float, wrap: bool = False) -> Tensor:
    """Write a number on the main diagonal; with `wrap`, below a tall matrix's square on further diagonals.

    >>> zeros(3, 3).fill_diagonal_(1.5)
    >>> zeros(7, 3).fill_diagonal_(1.5, wrap=True)
    """
    array = array_of(self)
    if array.ndim < 2:
        raise RuntimeError(f"fill_diagonal_: dimensions must larger than 1, but the shape is {list(array.shape)}")
    if array.ndim > 2 and len({*array.shape}) > 1:
        raise RuntimeError(f"fill_diagonal_: all dimensions of input must be of equal length, not {list(array.shape)}")
    return _fill_where_(self, wrap_tensor(_on_diagonal(array, wrap)), fill_value)


def _on_diagonal(array: Array, wrap: bool) -> Array:
    """Where all indices are equal; with `wrap` the rows of a matrix are counted anew after each square and one more."""
    first, *others = namespace_of(array).indices(array.shape, sparse=True)
    if wrap and array.ndim == 2:
        first = first % (array.shape[1] + 1)
    mask = first == others[0]
    for other in others[1:]:
        mask = mask & (first == other)
    return mask


@composite
def trace(input: Tensor) -> Tensor:
    """Add up the diagonal of a matrix.

    >>> trace(randn(3, 4))
    """
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    refuse(BOOL, "trace", array_of(input))
    return sum(diagonal_of(input, 0, 0, 1))
