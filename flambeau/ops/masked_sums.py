"""Sums, products and averages of the elements that a mask leaves."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.dtype import int64
from flambeau.dispatch.op import composite
from flambeau.ops import products, reduction
from flambeau.ops.conversion import clone
from flambeau.ops.dims import Dims, dims_of
from flambeau.ops.masked_input import in_dtype, kept, one_dim, spread
from flambeau.ops.reduction import count_folded

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def sum(input: Tensor, dim: Dims = None, *, keepdim: bool | None = False, dtype: Any = None,
        mask: Tensor | None = None) -> Tensor:
    """Add up, along `dim` or throughout, the elements that `mask` leaves.

    >>> sum(randn(2, 3), mask=mask(2, 3))
    >>> sum(randn(2, 3), 1, keepdim=True, mask=mask(3))
    >>> sum(randn(2, 3, 2), (0, -1), mask=mask(3, 1))
    >>> sum(randn(2, 3), 0, dtype=float64)
    """
    dtype = _wide(input) if dtype is None else dtype
    return reduction.sum(kept(input, mask, 0), dims_of(dim, input.ndim), bool(keepdim), dtype=dtype)


def _wide(input: Tensor) -> Any:
    """The dtype that `input` is added up in: small integers and booleans overflow soon."""
    is_small = input.dtype.name in ("bool", "uint8", "int8", "int16", "int32")
    return int64 if is_small else input.dtype


@composite
def prod(input: Tensor, dim: Dims = None, *, keepdim: bool | None = False, dtype: Any = None,
         mask: Tensor | None = None) -> Tensor:
    """Multiply, along `dim` or throughout, the elements that `mask` leaves.

    >>> prod(randn(2, 3), mask=mask(2, 3))
    >>> prod(randn(2, 3), 1, keepdim=True, mask=mask(3))
    >>> prod(randn(2, 3, 2), (0, -1), mask=mask(3, 1))
    """
    result = in_dtype(kept(input, mask, 1), _wide(input) if dtype is None else dtype)
    for d in sorted(dims_of(dim, input.ndim), reverse=True):
        result = products.prod(result, d, bool(keepdim))
    return clone(result) if result is input else result


@composite
def cumsum(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """Add up along `dim`, keeping every step, the elements that `mask` leaves.

    >>> cumsum(randn(2, 3), 1, mask=mask(2, 3))
    >>> cumsum(randn(2, 3), dim=0, dtype=float64)
    """
    return products.cumsum(kept(input, mask, 0), one_dim(dim, input.ndim), dtype=dtype or input.dtype)


@composite
def cumprod(input: Tensor, dim: int, *, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """Multiply along `dim`, keeping every step, the elements that `mask` leaves.

    >>> cumprod(randn(2, 3), 1, mask=mask(2, 3))
    >>> cumprod(randn(2, 3), dim=0)
    """
    return products.cumprod(kept(input, mask, 1), one_dim(dim, input.ndim), dtype=dtype or input.dtype)


@composite
def mean(input: Tensor, dim: Dims = None, *, keepdim: bool | None = False, dtype: Any = None,
         mask: Tensor | None = None) -> Tensor:
    """Average, along `dim` or throughout, the elements that `mask` leaves; NaN where it leaves none.

    >>> mean(randn(2, 3), mask=tensor([True, False, True]))
    >>> mean(randn(2, 3), 1, keepdim=True, mask=tensor([[True, False, True], [False, False, True]]))
    >>> mean(randn(2, 3), 0)
    """
    which, wanted = ("Input", input.dtype) if dtype is None else ("Optional", dtype)
    if not (wanted.is_floating_point or wanted.is_complex):
        raise ValueError(f"mean(): Could not infer output dtype. {which} dtype must be either a floating point or complex "
                         f"dtype. Got: {wanted}; pass dtype=torch.float32")
    total = sum(input, dim, keepdim=keepdim, dtype=wanted, mask=mask)
    return total / count(input, dim, bool(keepdim), mask)


def count(input: Tensor, dim: Dims, keepdim: bool, mask: Tensor | None) -> Any:
    """How many elements `mask` leaves along `dim`: a tensor, or a number where there is no mask."""
    if mask is None:
        return count_folded(tuple(input.shape), dim)
    return reduction.sum(spread(mask, input), dims_of(dim, input.ndim), keepdim)
