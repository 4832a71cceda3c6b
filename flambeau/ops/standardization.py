"""Mean 0 and variance 1 over some dims, in one op with one gradient rule: what batch, layer, group and instance norm share.

The parameters `weight` and `bias` come in their own shape; `shape` is the one in which they multiply the input.
"""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from ml_dtypes import finfo

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import HALVES
from flambeau.core.promotion import FLOAT32
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.op import op
from flambeau.ops.exponential import rsqrt
from flambeau.ops.reduction import mean, sum
from flambeau.ops.refusals import COMPLEX, NOT_FLOAT, refuse
from flambeau.ops.shape import reshape
from flambeau.ops.sums import products, total

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Sizes = tuple[int, ...]


@op(outputs=("output", "mean", "var"), differentiable=1, grad_name="NativeBatchNormBackward0", grad={
    ("input", "weight", "bias"): lambda g, input, weight, bias_shape, mean, var, axes, shape, eps, needs:
        _slopes(g, input, weight, bias_shape, mean, var, axes, shape, eps, needs),
})
def standardized(input: Tensor, weight: Tensor | None, bias: Tensor | None, axes: Sizes, shape: Sizes,
                 eps: float) -> tuple[Tensor, Tensor, Tensor]:
    """Return the input normalized over `axes`, scaled and shifted; and the mean and variance it had."""
    refuse(NOT_FLOAT + COMPLEX, "batch_norm", input)
    xp, wide = namespace_of(input), _widened(input)
    count = max(math.prod(input.shape[d] for d in axes), 1)
    average = total(xp, wide, axes) / count
    result = wide - average
    var = products(xp, result, result, axes)
    var /= count
    scale = (var + eps) ** -0.5
    constant = weight is not None and _repeated_along(axes, shape, input.ndim)
    result *= scale * weight.reshape(shape) if constant else scale  # one pass over the input where that is possible
    if weight is not None and not constant:
        result *= weight.reshape(shape)
    if bias is not None:
        result += bias.reshape(shape)
    return result.astype(input.dtype, copy=False), average, var


def _widened(array: Array) -> Array:
    return array.astype(FLOAT32) if array.dtype in HALVES else array


def repeats(shape: Sizes, ndim: int) -> Sizes:
    """The dims of an array along which a parameter of `shape` is the same all the way."""
    lead = ndim - len(shape)
    return (*range(lead), *(lead + d for d, size in enumerate(shape) if size == 1))


def _repeated_along(axes: Sizes, shape: Sizes, ndim: int) -> bool:
    return set(axes) <= set(repeats(shape, ndim))


def _slopes(g: Any, input: Any, weight: Any, bias_shape: Sizes, average: Any, var: Any, axes: Sizes, shape: Sizes, eps: float,
            needs: tuple[bool, ...]) -> Any:
    """The gradients of input, weight and bias: quickly on arrays; on tensors, whose own gradient is wanted, in ops."""
    if isinstance(g, TensorBase):
        return _slopes_in_ops(g, input, weight, bias_shape, axes, shape, eps, needs)
    return standardized_backward(g, input, weight, bias_shape, average, var, axes, shape, eps, needs)


@op(outputs=("input", "weight", "bias"))
def standardized_backward(g: Tensor, input: Tensor, weight: Tensor | None, bias_shape: Sizes, average: Tensor,
                          var: Tensor, axes: Sizes, shape: Sizes, eps: float, needs: tuple[bool, ...]) -> Any:
    """The gradients of input, weight and bias of `standardized`, with one temporary of the input's size where possible."""
    xp = namespace_of(g)
    scale = (var + eps) ** -0.5
    result = input - average
    result *= scale
    repeated = repeats(shape, g.ndim)
    of_weight = products(xp, g, result, repeated).reshape(weight.shape) if weight is not None and needs[1] else None
    of_bias = total(xp, g, repeated).reshape(bias_shape) if needs[2] else None
    if needs[0]:
        if weight is not None and _repeated_along(axes, shape, g.ndim):
            scale = scale * weight.reshape(shape)
        elif weight is not None:
            g = g * weight.reshape(shape)
        count = max(g.size // max(var.size, 1), 1)
        result *= products(xp, g, result, axes) / -count
        result += g
        result -= total(xp, g, axes) / count
        result *= scale
    return result if needs[0] else None, of_weight, of_bias


def _slopes_in_ops(g: Tensor, input: Tensor, weight: Tensor | None, bias_shape: Sizes, axes: Sizes, shape: Sizes,
                   eps: float, needs: tuple[bool, ...]) -> Any:
    centered = input - mean(input, axes, True)
    scale = rsqrt(mean(centered * centered, axes, True) + eps)
    unit = centered * scale
    repeated = repeats(shape, g.ndim)
    scaled = g if weight is None else g * reshape(weight, shape)
    of_input = scale * (scaled - mean(scaled, axes, True) - unit * mean(scaled * unit, axes, True))
    of_weight = reshape(sum(g * unit, repeated), weight.shape) if weight is not None and needs[1] else None
    return of_input, of_weight, _folded_to(g, repeated, bias_shape) if needs[2] else None


def _folded_to(g: Tensor, dims: Sizes, shape: Sizes) -> Tensor:
    """Add up along the dims where a parameter was the same; without any, there is nothing to add."""
    return reshape(sum(g, dims) if dims else g, shape)


@op(grad_name="NativeBatchNormBackward0", grad={
    "input": lambda g, weight, var, shape, eps: g * _scale(weight, var, shape, eps),
    "weight": lambda g, input, mean, var, shape, eps, weight_shape:
        _folded_to(g * (input - reshape(mean, shape)) * _scale(None, var, shape, eps), repeats(shape, g.ndim), weight_shape),
    "bias": lambda g, shape, bias_shape: _folded_to(g, repeats(shape, g.ndim), bias_shape),
})
def with_statistics(input: Tensor, weight: Tensor | None, bias: Tensor | None, mean: Tensor, var: Tensor, shape: Sizes,
                    eps: float) -> Tensor:
    """Return the input less a given mean, over the root of a given variance, scaled and shifted."""
    refuse(NOT_FLOAT + COMPLEX, "batch_norm", input)
    wide = _widened(input)
    scale = (_widened(var) + eps) ** -0.5
    if weight is not None:
        scale = scale * weight
    shift = -_widened(mean) * scale
    if bias is not None:
        shift = shift + bias
    result = wide * scale.reshape(shape).astype(wide.dtype, copy=False)
    result += shift.reshape(shape)
    return result.astype(input.dtype, copy=False)


def _scale(weight: Tensor | None, var: Tensor, shape: Sizes, eps: float) -> Tensor:
    scale = rsqrt(var + eps)
    return reshape(scale if weight is None else scale * weight, shape)


@op(outputs=("output", "scale"), differentiable=1, grad_name="RmsNormBackward0", grad={
    ("input", "weight"): lambda g, input, weight, scale, axes, eps, needs:
        _rescaled_slopes(g, input, weight, scale, axes, eps, needs),
})
def rescaled(input: Tensor, weight: Tensor | None, axes: Sizes, eps: float | None) -> tuple[Tensor, Tensor]:
    """Return the input over the root of its mean square along `axes`, times `weight`; and one over that root."""
    refuse(NOT_FLOAT, "rms_norm", input)
    xp, wide = namespace_of(input), _widened(input)
    scale = products(xp, wide, wide, axes)
    scale /= max(wide.size // max(scale.size, 1), 1)
    scale += _least(input.dtype) if eps is None else eps
    scale **= -0.5
    result = wide * scale
    if weight is not None:
        result *= weight
    return result.astype(input.dtype, copy=False), scale


def _least(dtype: Any) -> float:
    """The step between 1 and the next number of the dtype that the mean square is computed in."""
    return float(finfo(FLOAT32 if dtype in HALVES else dtype).eps)


def _rescaled_slopes(g: Any, input: Any, weight: Any, scale: Any, axes: Sizes, eps: float | None,
                     needs: tuple[bool, ...]) -> Any:
    if isinstance(g, TensorBase):  # the scale again, in ops: its own gradient is wanted
        scale = rsqrt(mean(input * input, axes, True) + (_least(input._array.dtype) if eps is None else eps))
    unit = input * scale
    scaled = g if weight is None else g * weight
    of_input = scale * (scaled - unit * mean(scaled * unit, axes, True)) if needs[0] else None
    of_weight = _folded_to(g * unit, tuple(range(g.ndim - len(axes))), weight.shape) if needs[1] else None
    return of_input, of_weight
