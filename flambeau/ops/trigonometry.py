"""Angles: sines and their like, circular and hyperbolic, and the ways back."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import SAME, TO_FLOAT, op
from flambeau.ops.exponential import rsqrt
from flambeau.ops.masking import choose, masked_fill
from flambeau.ops.refusals import COMPLEX, NOT_FLOAT, refuse

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * cos(input)})
def sin(input: Tensor) -> Tensor:
    """Return the sine.

    >>> sin(randn(2, 3))
    """
    return namespace_of(input).sin(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * -sin(input)})
def cos(input: Tensor) -> Tensor:
    """Return the cosine.

    >>> cos(randn(2, 3))
    """
    return namespace_of(input).cos(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, out: g * (1 + out * out)})
def tan(input: Tensor) -> Tensor:
    """Return the tangent.

    >>> tan(rand(2, 3))
    """
    return namespace_of(input).tan(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * rsqrt(1 - input * input)})
def asin(input: Tensor) -> Tensor:
    """Return the angle whose sine it is.

    >>> asin(rand(2, 3))
    """
    return namespace_of(input).arcsin(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * -rsqrt(1 - input * input)})
def acos(input: Tensor) -> Tensor:
    """Return the angle whose cosine it is.

    >>> acos(rand(2, 3))
    """
    return namespace_of(input).arccos(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g / (1 + input * input)})
def atan(input: Tensor) -> Tensor:
    """Return the angle whose tangent it is.

    >>> atan(randn(2, 3))
    """
    return namespace_of(input).arctan(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * cosh(input)})
def sinh(input: Tensor) -> Tensor:
    """Return the hyperbolic sine.

    >>> sinh(randn(2, 3))
    """
    return namespace_of(input).sinh(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * sinh(input)})
def cosh(input: Tensor) -> Tensor:
    """Return the hyperbolic cosine.

    >>> cosh(randn(2, 3))
    """
    return namespace_of(input).cosh(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, out: tanh_backward(g, out)})
def tanh(input: Tensor) -> Tensor:
    """Return the hyperbolic tangent.

    >>> tanh(randn(2, 3))
    """
    return namespace_of(input).tanh(input)


@op(promote=SAME, grad={
    "grad": lambda g, output: tanh_backward(g, output),
    "output": lambda g, grad, output: g * grad * output * -2,
})
def tanh_backward(grad: Tensor, output: Tensor) -> Tensor:
    """The gradient of `tanh` from its output.

    >>> tanh_backward(randn(2, 3), rand(2, 3))
    """
    slope = 1 - output * output
    slope *= grad
    return slope


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * rsqrt(1 + input * input)})
def asinh(input: Tensor) -> Tensor:
    """Return the inverse of the hyperbolic sine.

    >>> asinh(randn(2, 3))
    """
    return namespace_of(input).arcsinh(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * rsqrt(input * input - 1)})
def acosh(input: Tensor) -> Tensor:
    """Return the inverse of the hyperbolic cosine.

    >>> acosh(tensor([1.5, 2.0, 4.5]))
    """
    return namespace_of(input).arccosh(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g / (1 - input * input)})
def atanh(input: Tensor) -> Tensor:
    """Return the inverse of the hyperbolic tangent.

    >>> atanh(rand(2, 3))
    """
    return namespace_of(input).arctanh(input)


def _per_squared_radius(part: Tensor, input: Tensor, other: Tensor) -> Tensor:
    """Divide by the squared distance from zero; at zero itself, where there is no angle, return zero."""
    squared = input * input + other * other
    return choose(squared == 0, 0.0, part / squared)


@op(promote=TO_FLOAT, grad={
    "input": lambda g, input, other: g * _per_squared_radius(other, input, other),
    "other": lambda g, input, other: g * -_per_squared_radius(input, input, other),
})
def atan2(input: Tensor, other: Tensor) -> Tensor:
    """Return the angle of the point with ordinate `input` and abscissa `other`, from -π to π.

    >>> atan2(randn(2, 3), randn(3))
    """
    refuse(COMPLEX, "atan2_cpu", input)
    return namespace_of(input).arctan2(input, other)


@op(promote=SAME, grad={
    "input": lambda g, input, out: g * (input / out),
    "other": lambda g, other, out: g * (other / out),
})
def hypot(input: Tensor, other: Tensor) -> Tensor:
    """Return the hypotenuse of a right triangle with these legs.

    >>> hypot(randn(2, 3), randn(3))
    """
    refuse(NOT_FLOAT + COMPLEX, "hypot_cpu", input)
    return namespace_of(input).hypot(input, other)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: _sinc_slope(g, input)})
def sinc(input: Tensor) -> Tensor:
    """Return sin(π input) / (π input), which is 1 at 0.

    >>> sinc(randn(2, 3))
    """
    return namespace_of(input).sinc(input)


def _sinc_slope(g: Tensor, input: Tensor) -> Tensor:
    turned = input * math.pi
    slope = (turned * cos(turned) - sin(turned)) / (turned * input)
    return masked_fill(g * slope, input == 0, 0.0)


@op(promote=TO_FLOAT, grad={"input": lambda g: g * (math.pi / 180)})
def deg2rad(input: Tensor) -> Tensor:
    """Turn degrees into radians.

    >>> deg2rad(randn(2, 3))
    """
    _refuse_complex("deg2rad", input)
    return input * (math.pi / 180)


@op(promote=TO_FLOAT, grad={"input": lambda g: g * (180 / math.pi)})
def rad2deg(input: Tensor) -> Tensor:
    """Turn radians into degrees.

    >>> rad2deg(randn(2, 3))
    """
    _refuse_complex("rad2deg", input)
    return input * (180 / math.pi)


def _refuse_complex(name: str, input: Array) -> None:
    if input.dtype.kind == COMPLEX:
        raise RuntimeError(f"{name} is not supported for complex tensors.")


arcsin, arccos, arctan, arctan2 = asin, acos, atan, atan2
arcsinh, arccosh, arctanh = asinh, acosh, atanh
