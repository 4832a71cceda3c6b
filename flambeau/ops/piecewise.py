"""Activations made of straight pieces."""
from __future__ import annotations

from typing import TYPE_CHECKING

from flambeau.core.arrays import namespace_of
from flambeau.core.fitting import number_for
from flambeau.dispatch.inplace import inplace as twin_of
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.blending import blend
from flambeau.ops.masking import choose
from flambeau.ops.refusals import BOOL, COMPLEX, NOT_FLOAT, refuse
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(promote=SAME, grad_name="HardtanhBackward0", grad={
    "input": lambda g, input, min_val, max_val: choose((input <= min_val) | (input >= max_val), 0.0, g),
})
def _hardtanh(input: Tensor, min_val: float, max_val: float) -> Tensor:
    if input.dtype.kind == BOOL:
        raise RuntimeError("Bool inputs not supported for hardtanh")
    refuse(COMPLEX, "hardtanh_cpu", input)
    xp = namespace_of(input)
    if input.dtype.kind == "u" and min(min_val, max_val) < 0:
        raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")
    return xp.minimum(xp.maximum(input, number_for(input.dtype, min_val)), number_for(input.dtype, max_val))


_hardtanh_ = twin_of(_hardtanh)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """Keep between `min_val` and `max_val`.

    >>> hardtanh(randn(2, 3))
    >>> hardtanh(randn(2, 3), -0.5, 0.25)
    """
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return (_hardtanh_ if inplace else _hardtanh)(input, min_val, max_val)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """Keep between 0 and 6.

    >>> relu6(randn(2, 3))
    """
    return (_hardtanh_ if inplace else _hardtanh)(input, 0, 6)


@op(promote=SAME, grad_name="LeakyReluBackward0", grad={
    "input": lambda g, input, negative_slope: choose(input > 0, g, g * negative_slope),
})
def _leaky_relu(input: Tensor, negative_slope: float) -> Tensor:
    refuse(NOT_FLOAT + COMPLEX, "leaky_relu_cpu", input)
    return blend(namespace_of(input), input > 0, input, input * negative_slope)


_leaky_relu_ = twin_of(_leaky_relu)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """Multiply what is negative by `negative_slope`.

    >>> leaky_relu(randn(2, 3))
    >>> leaky_relu(randn(2, 3), 0.2)
    """
    return (_leaky_relu_ if inplace else _leaky_relu)(input, negative_slope)


@op(promote=SAME, grad={
    "input": lambda g, input, weight: choose(input > 0, g, g * weight),
    "weight": lambda g, input: choose(input > 0, 0.0, g * input),
})
def _prelu(input: Tensor, weight: Tensor) -> Tensor:
    refuse(NOT_FLOAT + COMPLEX, "prelu_cpu", input)
    return blend(namespace_of(input), input > 0, input, input * weight)


@composite
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """Multiply what is negative by a learned slope, one for all channels (dim 1) or one for each.

    >>> prelu(randn(2, 3), rand(1))
    >>> prelu(randn(2, 3, 2), rand(3))
    """
    if weight.ndim > 1:
        raise RuntimeError(f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}")
    count = weight.shape[0] if weight.ndim else 1
    channels = input.shape[1] if input.ndim > 1 else 1
    if count not in (1, channels):
        raise RuntimeError(f"Mismatch of parameter numbers and input channel size. Found parameter numbers = {count} and "
                           f"channel size = {channels}.")
    if input.dtype is not weight.dtype:
        raise RuntimeError(f"prelu: Type promoting not supported. Got {input.dtype} and {weight.dtype}")
    if count != 1 or weight.ndim and not input.ndim:
        weight = reshape(weight, (count, *(1,) * (input.ndim - 2)) if input.ndim else ())
    return _prelu(input, weight)


@op(promote=SAME, grad_name="ThresholdBackward0", grad={
    "input": lambda g, input, threshold: choose(input <= threshold, 0.0, g),
})
def _threshold(input: Tensor, threshold: float, value: float) -> Tensor:
    refuse(BOOL + COMPLEX, "threshold_cpu", input)
    threshold, value = number_for(input.dtype, threshold), number_for(input.dtype, value)
    return blend(namespace_of(input), input <= threshold, input.dtype.type(value), input)


_threshold_ = twin_of(_threshold)


@composite
def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """Replace what is not above `threshold` by `value`.

    >>> threshold(randn(2, 3), 0.1, 20.0)
    """
    return (_threshold_ if inplace else _threshold)(input, threshold, value)


@op(promote=SAME, grad={"input": lambda g, input, lambd: choose((input >= -lambd) & (input <= lambd), 0.0, g)})
def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """Move towards zero by `lambd`, at most to zero.

    >>> softshrink(randn(2, 3))
    >>> softshrink(randn(2, 3), 0.1)
    """
    if not lambd >= 0:
        raise RuntimeError(f"lambda must be in range [0, inf] for a finite output, but found to be {lambd}.")
    refuse(NOT_FLOAT + COMPLEX, "softshrink_cpu", input)
    xp = namespace_of(input)
    return blend(xp, input > lambd, input - lambd, blend(xp, input < -lambd, input + lambd, input * 0))


@op(promote=SAME, grad={"input": lambda g, input, lambd: choose((input >= -lambd) & (input <= lambd), 0.0, g)})
def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """Set what is no larger than `lambd` to zero.

    >>> hardshrink(randn(2, 3))
    >>> hardshrink(randn(2, 3), 0.1)
    """
    refuse(NOT_FLOAT + COMPLEX, "hardshrink_cpu", input)
    return blend(namespace_of(input), (input >= -lambd) & (input <= lambd), 0.0, input)


@op(promote=SAME, grad_name="HardsigmoidBackward0", grad={
    "input": lambda g, input: choose((input > -3) & (input < 3), g / 6, 0.0),
})
def _hardsigmoid(input: Tensor) -> Tensor:
    refuse(NOT_FLOAT + COMPLEX, "hardsigmoid_cpu", input)
    xp = namespace_of(input)
    return xp.minimum(xp.maximum(input + 3, 0), 6) / 6


_hardsigmoid_ = twin_of(_hardsigmoid)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """Climb in a straight line from 0 at -3 to 1 at 3.

    >>> hardsigmoid(randn(2, 3))
    """
    return _hardsigmoid_(input) if inplace else _hardsigmoid(input)


@op(promote=SAME, grad_name="HardswishBackward0", grad={
    "input": lambda g, input: choose(input <= -3, 0.0, choose(input < 3, g * (input / 3 + 0.5), g)),
})
def _hardswish(input: Tensor) -> Tensor:
    refuse(NOT_FLOAT + COMPLEX, "hardswish_cpu", input)
    xp = namespace_of(input)
    return input * xp.minimum(xp.maximum(input + 3, 0), 6) / 6


_hardswish_ = twin_of(_hardswish)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """Multiply each element by its `hardsigmoid`.

    >>> hardswish(randn(2, 3))
    """
    return _hardswish_(input) if inplace else _hardswish(input)
