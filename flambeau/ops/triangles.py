"""The parts of a matrix above and below a diagonal, and the sum along it."""
from __future__ import annotations

from typing import TYPE_CHECKING

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.inplace import inplace
from flambeau.dispatch.op import composite, op
from flambeau.ops.reduction import sum
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


@op(grad={"input": lambda g, diagonal: tril(g, diagonal)})
def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """Keep what is on and below a diagonal of matrices; the rest becomes zero.

    >>> tril(randn(3, 4))
    >>> tril(randn(2, 3, 3), -1)
    """
    return _masked(input, diagonal, True)


@op(grad={"input": lambda g, diagonal: triu(g, diagonal)})
def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """Keep what is on and above a diagonal of matrices; the rest becomes zero.

    >>> triu(randn(3, 4))
    >>> triu(randn(2, 3, 3), diagonal=1)
    """
    return _masked(input, diagonal, False)


tril_, triu_ = inplace(tril), inplace(triu)


@composite
def trace(input: Tensor) -> Tensor:
    """Add up the diagonal of a matrix.

    >>> trace(randn(3, 4))
    """
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    return sum(diagonal_of(input, 0, 0, 1))
