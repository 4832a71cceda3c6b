"""The largest, the smallest and the middle one of the elements that a mask leaves."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.core.dtype import float32
from flambeau.dispatch.op import composite
from flambeau.ops import extrema
from flambeau.ops.comparison import isnan
from flambeau.ops.dims import Dims, dims_of
from flambeau.ops.masked_input import highest, in_dtype, kept, lowest, one_dim
from flambeau.ops.quantiles import nanmedian
from flambeau.ops.reduction import any

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def amax(input: Tensor, dim: Dims = None, *, keepdim: bool | None = False, dtype: Any = None,
         mask: Tensor | None = None) -> Tensor:
    """Return the largest, along `dim` or of all, of the elements that `mask` leaves; the gradient is shared by equals.

    >>> amax(randn(2, 3), mask=mask(2, 3))
    >>> amax(randn(2, 3), 1, keepdim=True, mask=mask(3))
    >>> amax(randn(2, 3), (0, 1))
    """
    neutral = 0 if mask is None else lowest(input, "amax")
    largest = extrema.amax(kept(input, mask, neutral), dims_of(dim, input.ndim), bool(keepdim))
    return in_dtype(largest, dtype or input.dtype)


@composite
def amin(input: Tensor, dim: Dims = None, *, keepdim: bool | None = False, dtype: Any = None,
         mask: Tensor | None = None) -> Tensor:
    """Return the smallest, along `dim` or of all, of the elements that `mask` leaves; the gradient is shared by equals.

    >>> amin(randn(2, 3), mask=mask(2, 3))
    >>> amin(randn(2, 3), 1, keepdim=True, mask=mask(3))
    """
    neutral = 0 if mask is None else highest(input, "amin")
    smallest = extrema.amin(kept(input, mask, neutral), dims_of(dim, input.ndim), bool(keepdim))
    return in_dtype(smallest, dtype or input.dtype)


@composite
def argmax(input: Tensor, dim: int | None = None, *, keepdim: bool | None = False, dtype: Any = None,
           mask: Tensor | None = None) -> Tensor:
    """Return where the largest element that `mask` leaves is. As in PyTorch, places come in the dtype of `input`.

    >>> argmax(randn(2, 3), mask=mask(2, 3))
    >>> argmax(randn(2, 3), 1, keepdim=True, dtype=int64, mask=mask(3))
    """
    neutral = 0 if mask is None else lowest(input, "argmax")
    return in_dtype(extrema.argmax(kept(input, mask, neutral), dim, bool(keepdim)), dtype or input.dtype)


@composite
def argmin(input: Tensor, dim: int | None = None, *, keepdim: bool | None = False, dtype: Any = None,
           mask: Tensor | None = None) -> Tensor:
    """Return where the smallest element that `mask` leaves is. As in PyTorch, places come in the dtype of `input`.

    >>> argmin(randn(2, 3), mask=mask(2, 3))
    >>> argmin(randn(2, 3), 1, keepdim=True, dtype=int64, mask=mask(3))
    """
    neutral = 0 if mask is None else highest(input, "argmin")
    return in_dtype(extrema.argmin(kept(input, mask, neutral), dim, bool(keepdim)), dtype or input.dtype)


@composite
def median(input: Tensor, dim: int = -1, *, keepdim: bool = False, dtype: Any = None,
           mask: Tensor | None = None) -> Tensor:
    """Return the middle one, along `dim`, of the elements that `mask` leaves; the lower of two. NaN where it leaves none.

    >>> median(randn(2, 3), mask=tensor([True, False, True]))
    >>> median(randn(3, 2), 0, keepdim=True)
    """
    is_float = input.dtype.is_floating_point
    values = kept(input if is_float else in_dtype(input, float32), mask, math.nan)
    middle = nanmedian(values, one_dim(dim, input.ndim), keepdim).values
    if is_float:
        return middle
    if bool(any(isnan(middle))):
        raise ValueError("masked median expects no fully masked out rows if dtype is not floating point; convert the input")
    return in_dtype(middle, dtype or input.dtype)
