"""Powers, roots, exponentials and logarithms."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, is_array, namespace_of
from flambeau.core.fitting import number_for
from flambeau.core.promotion import COMPLEX128, FLOAT64
from flambeau.dispatch.op import SAME, TO_FLOAT, composite, op
from flambeau.ops.complex_numbers import is_complex, real
from flambeau.ops.conversion import cast
from flambeau.ops.flat import flat
from flambeau.ops.masking import masked_fill
from flambeau.ops.refusals import BOOL, COMPLEX, NOT_FLOAT, refuse

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

LN2, LN10 = math.log(2), math.log(10)


@op(promote=SAME, scalars=("exponent",), grad={
    "input": lambda g, input, exponent: _power_slope(g, input, exponent),
    "exponent": lambda g, input, exponent, out: _exponent_slope(g, input, exponent, out),
})
def pow(input: Tensor | float, exponent: Tensor | float) -> Tensor:
    """Raise to a power.

    >>> pow(randn(2, 3), 2)
    >>> pow(rand(2, 3), -0.5)
    >>> pow(rand(2, 1), randn(3))
    >>> pow(2.0, randn(2, 3))
    >>> pow(tensor([2, -3]), 3)
    """
    if is_array(exponent) and exponent.dtype.kind in NOT_FLOAT:
        return _powers(input, exponent)
    if is_array(input) and input.dtype.kind in NOT_FLOAT:
        return _power(input, exponent)
    return input ** exponent


def _power(base: Array, exponent: Any) -> Array:
    """Return the same power of all integers: a number may not ask for a negative one, as a tensor may."""
    if exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    if base.dtype.kind == BOOL:
        return base | (not exponent)
    return base ** number_for(base.dtype, exponent)


def _powers(base: Array, exponent: Array) -> Array:
    """Return powers of integers: a negative one is 0, 1 or -1."""
    refuse(BOOL, "pow", exponent)
    negative = exponent < 0
    if not negative.any():
        return base ** exponent
    xp = namespace_of(exponent)
    ones = xp.where(base == 1, 1, xp.where(base == -1, 1 - 2 * (exponent % 2), 0))
    return xp.where(negative, ones, base ** xp.where(negative, 0, exponent)).astype(base.dtype)


def _power_slope(g: Tensor, input: Tensor, exponent: Tensor | float) -> Tensor:
    if isinstance(exponent, int | float | complex):
        if exponent == 0:
            return flat(g)
        if exponent == 2 and is_array(g):  # quicker; on tensors it would lose the third derivative, which is 0
            return g * (2 * input)
        return g * (exponent * pow(input, exponent - 1))
    return masked_fill(g * (exponent * pow(input, exponent - 1)), exponent == 0, 0.0)


def _exponent_slope(g: Tensor, input: Tensor | float, exponent: Tensor, out: Tensor) -> Tensor:
    """The gradient of the exponent; 0 raised to a power from 0 on counts as constant."""
    if not isinstance(input, int | float | complex):
        return masked_fill(g * (out * log(input)), (input == 0) & (real(exponent) >= 0), 0.0)
    slope = g * (out * _log_of(input))
    return masked_fill(slope, real(exponent) >= 0, 0.0) if input == 0 else slope


def _log_of(number: Any) -> Any:
    if isinstance(number, complex):
        import cmath

        return cmath.log(number)
    return math.log(number) if number > 0 else -math.inf if number == 0 else math.nan


@composite
def float_power(input: Tensor | float, exponent: Tensor | float) -> Tensor:
    """Raise to a power in float64 (or complex128).

    >>> float_power(rand(2, 3), 2)
    >>> float_power(rand(2, 1), randn(3))
    >>> float_power(tensor([2, -3]), -1)
    """
    return pow(_in_double(input), _in_double(exponent))


def _in_double(value: Any) -> Any:
    if isinstance(value, int | float | complex):
        return value
    return cast(value, COMPLEX128 if is_complex(value) else FLOAT64)


@op(promote=TO_FLOAT, grad={"input": lambda g, out: g / (2 * out)})
def sqrt(input: Tensor) -> Tensor:
    """Return the square root.

    >>> sqrt(rand(2, 3))
    """
    return namespace_of(input).sqrt(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, out: g * (-0.5 * (out * out * out))})
def rsqrt(input: Tensor) -> Tensor:
    """Return one divided by the square root.

    >>> rsqrt(rand(2, 3))
    """
    root = namespace_of(input).sqrt(input)
    return namespace_of(input).divide(1, root, out=root if root.ndim else None)


@composite
def square(input: Tensor) -> Tensor:
    """Multiply each element by itself.

    >>> square(randn(2, 3))
    """
    return pow(input, 2)


@op(promote=TO_FLOAT, grad={"input": lambda g, out: g * out})
def exp(input: Tensor) -> Tensor:
    """Raise e to a power.

    >>> exp(randn(2, 3))
    """
    return namespace_of(input).exp(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, out: g * (out * LN2)})
def exp2(input: Tensor) -> Tensor:
    """Raise 2 to a power.

    >>> exp2(randn(2, 3))
    """
    return namespace_of(input).exp2(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, out: g * (out + 1)})
def expm1(input: Tensor) -> Tensor:
    """Return exp(input) - 1, exact near zero.

    >>> expm1(randn(2, 3))
    """
    return namespace_of(input).expm1(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g / input})
def log(input: Tensor) -> Tensor:
    """Return the natural logarithm.

    >>> log(rand(2, 3))
    """
    return namespace_of(input).log(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g / (input * LN2)})
def log2(input: Tensor) -> Tensor:
    """Return the logarithm to base 2.

    >>> log2(rand(2, 3))
    """
    return namespace_of(input).log2(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g / (input * LN10)})
def log10(input: Tensor) -> Tensor:
    """Return the logarithm to base 10.

    >>> log10(rand(2, 3))
    """
    return namespace_of(input).log10(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g / (input + 1)})
def log1p(input: Tensor) -> Tensor:
    """Return log(1 + input), exact near zero.

    >>> log1p(rand(2, 3))
    """
    return namespace_of(input).log1p(input)


@op(promote=SAME, grad={
    "input": lambda g, input, other: g / (1 + exp(other - input)),
    "other": lambda g, input, other: g / (1 + exp(input - other)),
})
def logaddexp(input: Tensor, other: Tensor) -> Tensor:
    """Return log(exp(input) + exp(other)) without overflow.

    >>> logaddexp(randn(2, 3), randn(3))
    """
    refuse(NOT_FLOAT, "logaddexp_cpu", input)
    xp = namespace_of(input)
    return _complex_logaddexp(xp, input, other) if input.dtype.kind == COMPLEX else xp.logaddexp(input, other)


def _complex_logaddexp(xp: Any, input: Array, other: Array) -> Array:
    first = input.real >= other.real
    larger, smaller = xp.where(first, input, other), xp.where(first, other, input)
    difference = xp.where(larger == smaller, 0, smaller - larger)  # infinities would leave NaN
    return larger + xp.log1p(xp.exp(difference))


@op(promote=SAME, grad={
    "input": lambda g, input, other: g / (1 + exp2(other - input)),
    "other": lambda g, input, other: g / (1 + exp2(input - other)),
})
def logaddexp2(input: Tensor, other: Tensor) -> Tensor:
    """Return log2(2 ** input + 2 ** other) without overflow.

    >>> logaddexp2(randn(2, 3), randn(3))
    """
    refuse(NOT_FLOAT + COMPLEX, "logaddexp2_cpu", input)
    return namespace_of(input).logaddexp2(input, other)


@op(promote=TO_FLOAT, grad={
    "input": lambda g, input, other: _xlogy_slope(g, input, other),
    "other": lambda g, input, other: g * (input / other),
})
def xlogy(input: Tensor | float, other: Tensor | float) -> Tensor:
    """Return input * log(other), which is 0 where `input` is 0.

    >>> xlogy(rand(2, 3), rand(3))
    >>> xlogy(2.0, rand(2, 3))
    >>> xlogy(tensor([0.0, 1.0]), 0.5)
    """
    xp = namespace_of(other if is_array(other) else input)
    refuse(COMPLEX, "xlogy_cpu", input, other)
    product = input * (xp.log(other) if is_array(other) else _log_of(other))
    return xp.where(xp.equal(input, 0) & ~xp.isnan(other), 0.0, product)


def _xlogy_slope(g: Tensor, input: Tensor, other: Tensor | float) -> Tensor:
    if isinstance(other, int | float):
        return masked_fill(xlogy(g, other), input == 0, 0.0) if other <= 0 else xlogy(g, other)
    return masked_fill(xlogy(g, other), (input == 0) & (other <= 0), 0.0)


@op(promote=TO_FLOAT, grad={
    "input": lambda g, other: g * exp2(other),
    "other": lambda g, out: g * (out * LN2),
})
def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """Multiply by 2 raised to `other`.

    >>> ldexp(randn(2, 3), tensor([1, 0, 2]))
    """
    return input * 2.0 ** other


@op(promote=SAME, outputs=("mantissa", "exponent"), named=True,
    grad={"input": lambda g_mantissa, exponent: g_mantissa / exp2(exponent)})
def frexp(input: Tensor) -> tuple[Tensor, Tensor]:
    """Split into a mantissa of size 0.5 to 1 and a power of 2.

    >>> frexp(randn(2, 3))
    """
    if input.dtype.kind in NOT_FLOAT + COMPLEX:
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    return namespace_of(input).frexp(input)
