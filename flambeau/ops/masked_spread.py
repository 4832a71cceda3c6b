"""Lengths and spread of the elements that a mask leaves."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.core.dtype import float32
from flambeau.dispatch.op import composite
from flambeau.ops.bounds import clamp_min, maximum
from flambeau.ops.complex_numbers import conj
from flambeau.ops.creation import full_like
from flambeau.ops.dims import Dims, dims_of
from flambeau.ops.exponential import sqrt
from flambeau.ops.masked_input import in_dtype, kept
from flambeau.ops.masked_sums import count, sum
from flambeau.ops.norms import vector_norm

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def norm(input: Tensor, ord: float | None = 2.0, dim: Dims = None, *, keepdim: bool | None = False, dtype: Any = None,
         mask: Tensor | None = None) -> Tensor:
    """Return the `ord`-norm, along `dim` or of all as one, of the elements that `mask` leaves.

    >>> norm(randn(2, 3), mask=tensor([[True, True, False], [False, False, True]]))
    >>> norm(randn(2, 3), 1.0, 1, keepdim=True, mask=tensor([True, False, True]))
    >>> norm(randn(2, 3), -inf, 0, mask=tensor([[True], [False]]))
    """
    if ord == -math.inf and mask is not None and not input.dtype.is_floating_point:
        raise AssertionError(f"input must be floating point, got {input.dtype}")
    values = kept(input, mask, math.inf if ord == -math.inf else 0)
    return vector_norm(values, ord, dims_of(dim, input.ndim), bool(keepdim), dtype=dtype or input.dtype)


@composite
def normalize(input: Tensor, ord: float, dim: int, *, eps: float = 1e-12, dtype: Any = None,
              mask: Tensor | None = None) -> Tensor:
    """Divide the elements that `mask` leaves by their `ord`-norm along `dim`, or by `eps` if that is larger.

    >>> normalize(randn(2, 3), 2.0, 1, mask=tensor([True, False, True]))
    >>> normalize(randn(2, 3), 1.0, 0, eps=3.0)
    """
    length = norm(input, ord, dim, keepdim=True, dtype=dtype, mask=mask)
    return kept(input, mask, 0) / maximum(length, full_like(length, eps))


@composite
def var(input: Tensor, dim: Dims = None, unbiased: bool | None = None, *, correction: float | None = None,
        keepdim: bool | None = False, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """Return the variance, along `dim` or of all, of the elements that `mask` leaves: squares over (count - correction).

    >>> var(randn(2, 3), 1, mask=tensor([True, False, True]))
    >>> var(randn(2, 3), 0, False, keepdim=True)
    >>> var(randn(2, 3), correction=2, mask=tensor([[True, True, True], [False, False, True]]))
    """
    return _variance(input, dim, _correction(unbiased, correction), bool(keepdim), dtype, mask)


@composite
def std(input: Tensor, dim: Dims = None, unbiased: bool | None = None, *, correction: int | None = None,
        keepdim: bool | None = False, dtype: Any = None, mask: Tensor | None = None) -> Tensor:
    """Return the standard deviation, along `dim` or of all, of the elements that `mask` leaves: the root of the variance.

    >>> std(randn(2, 3), 1, mask=tensor([True, False, True]))
    >>> std(randn(2, 3), 0, False, keepdim=True)
    """
    return sqrt(_variance(input, dim, _correction(unbiased, correction), bool(keepdim), dtype, mask))


def _correction(unbiased: bool | None, correction: float | None) -> float:
    """Sort out PyTorch's two generations of arguments."""
    if unbiased is not None and correction is not None:
        raise AssertionError("Only one of unbiased and correction may be given")
    if correction is not None:
        return float(correction)
    return 1.0 if unbiased is None else float(unbiased)


def _variance(input: Tensor, dim: Dims, correction: float, keepdim: bool, dtype: Any, mask: Tensor | None) -> Tensor:
    wanted = _float_or(dtype or input.dtype, float32) if dtype is None else dtype
    left = count(input, dim, True, mask)
    centred = input - sum(input, dim, keepdim=True, dtype=wanted, mask=mask) / left
    squares = centred * (conj(centred) if centred.dtype.is_complex else centred)
    total = sum(squares, dim, keepdim=keepdim, dtype=_float_or(wanted, float32), mask=mask)
    freedom = count(input, dim, keepdim, mask) - correction
    return in_dtype(total / (max(freedom, 0.0) if mask is None else clamp_min(freedom, 0)), wanted)


def _float_or(dtype: Any, instead: Any) -> Any:
    """Return `dtype` if it has fractions, otherwise `instead`."""
    return dtype if dtype.is_floating_point or dtype.is_complex else instead
