"""Ops that fold dims away by adding up, averaging or asking for all."""
from __future__ import annotations

import builtins
import math
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import HALVES, as_numpy, from_numpy
from flambeau.core.promotion import FLOAT32, INT64
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.layout import row_by_row
from flambeau.dispatch.op import TO_FLOAT, composite, op
from flambeau.ops.dims import Dims, Sizes, axis_of, folded, sizes_of
from flambeau.ops.exponential import exp
from flambeau.ops.shape import expand, reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def restore_dims(g: Tensor, shape: Sizes, dim: Dims, keepdim: bool) -> Tensor:
    """Stretch what a reduction gave, or its gradient, back over the dims it folded."""
    return expand(kept_dims(g, shape, dim, keepdim), shape)


def kept_dims(folded_away: Tensor, shape: Sizes, dim: Dims, keepdim: bool) -> Tensor:
    """Give what a reduction of `shape` gave the folded dims again, with size 1."""
    return folded_away if keepdim or not shape else reshape(folded_away, folded(shape, dim))


def count_folded(shape: Sizes, dim: Dims) -> int:
    """How many elements a reduction of `shape` folds into one."""
    return math.prod(n for n, kept in zip(shape, folded(shape, dim), strict=True) if kept == 1)


def widened(input: Array, dtype: Any) -> tuple[Array, Any, Any]:
    """Return what to add up, the dtype to do it in, and the dtype of the result; half types add up in float32."""
    if dtype is None:
        target = INT64 if input.dtype.kind in "biu" else input.dtype
    else:
        target = as_numpy(dtype)
        input = input.real if input.dtype.kind == "c" and target.kind != "c" else input
        input = input.astype(target, copy=False)
    return input, FLOAT32 if target in HALVES else target, target


def narrowed(result: Any, dtype: Any) -> Any:
    return result if result.dtype == dtype else result.astype(dtype)


@op(layout=row_by_row, grad={"input": lambda g, input_shape, dim, keepdim: restore_dims(g, input_shape, dim, keepdim)})
def sum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Add up the elements along `dim`, or all of them. Integers and booleans add up to int64.

    >>> sum(randn(2, 3))
    >>> sum(randn(2, 3), dim=1, keepdim=True)
    >>> sum(randn(2, 3, 4), (0, -1))
    >>> sum(randn(2, 3), dtype=float64)
    """
    input, work, target = widened(input, dtype)
    return narrowed(input.sum(axis_of(dim, input.ndim), work, keepdims=keepdim), target)


@op(layout=row_by_row, grad={
    "input": lambda g, input, dim, keepdim: restore_dims(g, input.shape, dim, keepdim) * (input == input)})
def nansum(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Add up the elements that are not NaN.

    >>> nansum(tensor([1.0, nan, 2.0]))
    >>> nansum(tensor([[1.0, nan], [2.0, 3.0]]), 1, keepdim=True)
    """
    xp = namespace_of(input)
    if input.dtype.kind == "c":
        raise RuntimeError("nansum does not support complex inputs")
    input, work, target = widened(xp.where(input != input, input.dtype.type(0), input), dtype)
    if work.kind == "c":
        raise NotImplementedError(f"\"nansum_cpu\" not implemented for '{pytorch_name(work)}'")
    return narrowed(input.sum(axis_of(dim, input.ndim), work, keepdims=keepdim), target)


@op(layout=row_by_row, grad={"input": lambda g, input_shape, dim, keepdim:
          restore_dims(g, input_shape, dim, keepdim) / count_folded(input_shape, dim)})
def mean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Average the elements along `dim`, or all of them.

    >>> mean(randn(2, 3))
    >>> mean(randn(2, 3), 0)
    >>> mean(randn(2, 3, 2), (0, 2), keepdim=True)
    """
    source = input.dtype
    input, work, target = widened(input, dtype)
    if target.kind in "biu":
        which = "Input dtype" if dtype is None else "Optional dtype"
        raise RuntimeError(f"mean(): could not infer output dtype. {which} must be either a floating point or complex "
                           f"dtype. Got: {from_numpy(source if dtype is None else target)}; pass dtype=torch.float32")
    total = input.sum(axis_of(dim, input.ndim), work, keepdims=keepdim)
    return narrowed(total / (input.size if dim is None else count_folded(input.shape, dim)), target)


@composite
def nanmean(input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Average the elements that are not NaN.

    >>> nanmean(tensor([1.0, nan, 2.0]))
    >>> nanmean(tensor([[1.0, nan], [2.0, 4.0]]), 0)
    """
    if not input.dtype.is_floating_point:
        raise RuntimeError(f"nanmean(): expected input to have floating point dtype but got {input.dtype}")
    return nansum(input, dim, keepdim, dtype=dtype) / sum(input == input, dim, keepdim)


def _truth(input: Array, test: str, dim: Dims, keepdim: bool) -> Array:
    """Reduce with `all` or `any`; PyTorch answers a uint8 input in uint8."""
    result = getattr(input.astype(bool, copy=False), test)(axis_of(dim, input.ndim), keepdims=keepdim)
    return result.astype(input.dtype) if input.dtype.kind == "u" and input.dtype.itemsize == 1 else result


@op(layout=row_by_row)
def all(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Say whether all elements along `dim` are true, that is, not zero.

    >>> all(mask(2, 3))
    >>> all(mask(2, 3), 1, keepdim=True)
    """
    return _truth(input, "all", dim, keepdim)


@op(layout=row_by_row)
def any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Say whether any element along `dim` is true, that is, not zero.

    >>> any(mask(2, 3))
    >>> any(mask(2, 3), (0, 1))
    """
    return _truth(input, "any", dim, keepdim)


@op(layout=row_by_row)
def count_nonzero(input: Tensor, dim: Dims = None) -> Tensor:
    """Count the elements along `dim` that are not zero.

    >>> count_nonzero(mask(2, 3))
    >>> count_nonzero(mask(2, 3), dim=0)
    """
    return (input != 0).sum(axis_of(dim, input.ndim), INT64)


@op(layout=row_by_row, promote=TO_FLOAT, grad={
    "input": lambda g, input, out, dim, keepdim: kept_dims(g, input.shape, dim, keepdim)
                            * exp(input - kept_dims(out, input.shape, dim, keepdim))})
def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """Take the logarithm of the sum of exponentials, without overflow.

    >>> logsumexp(randn(2, 3), 1)
    >>> logsumexp(randn(2, 3), (0, 1), keepdim=True)
    """
    xp = namespace_of(input)
    axis = axis_of(dim, input.ndim)
    if not input.size:
        return xp.log(xp.exp(input).sum(axis, keepdims=keepdim))
    largest = input.real.max(axis, keepdims=True)
    largest = xp.where(xp.isfinite(largest), largest, 0).astype(largest.dtype)
    total = xp.log(xp.exp(input - largest).sum(axis, keepdims=True)) + largest
    return total if keepdim else total.squeeze(axis)


def sum_to_size(input: Tensor, *size: Any) -> Tensor:
    """Add up what broadcasting from `size` to the shape of `input` would copy."""
    shape, have = sizes_of(size), tuple(input.shape)
    extra = len(have) - len(shape)
    if extra < 0 or not builtins.all(n in (1, have[d + extra]) for d, n in enumerate(shape)):
        raise RuntimeError(f"size {{{list(shape)}}} is not expandable to size {{{list(have)}}}.")
    dims = (*range(extra), *(d + extra for d, n in enumerate(shape) if n == 1 != have[d + extra]))
    if not shape:
        return sum(input)
    return reshape(sum(input, dims, True), shape) if dims else input
