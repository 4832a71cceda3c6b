"""Softmaxes and logarithms of sums of exponentials over the elements that a mask leaves."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.dispatch.op import composite
from flambeau.ops import exponential, reduction
from flambeau.ops import softmax as shares
from flambeau.ops.dims import Dims, dims_of
from flambeau.ops.masked_input import highest, in_dtype, kept, lowest, one_dim

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def softmax(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """Scale the exponentials of what `mask` leaves along `dim` so that they add up to one; all others become 0.

    >>> softmax(randn(2, 3), 1, mask=tensor([True, False, True]))
    >>> softmax(randn(2, 3), 0, dtype=float64)
    """
    return shares.softmax(_without_losers(input, mask), one_dim(dim, input.ndim), dtype or input.dtype)


@composite
def log_softmax(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """Return the logarithm of the softmax along `dim` of what `mask` leaves; all others become -inf.

    >>> log_softmax(randn(2, 3), -1)
    >>> log_softmax(randn(2, 1), 0, dtype=float64, mask=tensor([[True], [True]]))
    """
    return shares.log_softmax(_without_losers(input, mask), one_dim(dim, input.ndim), dtype or input.dtype)


@composite
def softmin(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """Return the softmax along `dim` of what `mask` leaves with its sign changed; all others become 0.

    >>> softmin(randn(2, 3), 1, mask=tensor([True, False, True]))
    >>> softmin(randn(2, 3), 0)
    """
    values = kept(input, mask, 0 if mask is None else highest(input, "softmin"))
    return shares.softmax(-values, one_dim(dim, input.ndim), dtype or input.dtype)


def _without_losers(input: Tensor, mask: Tensor | None) -> Tensor:
    return kept(input, mask, 0 if mask is None else lowest(input, "amax"))


@composite
def logaddexp(input: Tensor, other: Tensor, *, dtype: Any = None, input_mask: Tensor | None = None,
              other_mask: Tensor | None = None) -> Tensor:
    """Take the logarithm of the sum of the exponentials of two, of which masks may leave the one, the other or none.

    >>> logaddexp(tensor([0.5, 2.0]), tensor([1.5, -1.0]), input_mask=tensor([True, False]))
    >>> logaddexp(randn(3), randn(3), dtype=float64)
    """
    result = exponential.logaddexp(_without_losers(input, input_mask), _without_losers(other, other_mask))
    return in_dtype(result, dtype or input.dtype)


@composite
def logsumexp(input: Tensor, dim: Dims = None, *, keepdim: bool = False, dtype: Any = None,
              mask: Tensor | None = None) -> Tensor:
    """Take the logarithm of the sum of the exponentials, along `dim` or of all, of the elements that `mask` leaves.

    >>> logsumexp(randn(2, 3), 1, mask=tensor([True, False, True]))
    >>> logsumexp(randn(2, 3), keepdim=True)
    """
    values = kept(input, mask, -math.inf) if input.dtype.is_complex else _without_losers(input, mask)
    return in_dtype(reduction.logsumexp(values, dims_of(dim, input.ndim), keepdim), dtype or input.dtype)
