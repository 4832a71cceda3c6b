"""Bessel functions of the first two orders: waves that die away, and their modified kin, which grow or decay.

All are Chebyshev series (tools/make_series.py) of what is left when poles, logarithms, waves and exponentials are divided out.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import TO_FLOAT, op
from flambeau.ops import series_tables as tables
from flambeau.ops.masking import masked_fill
from flambeau.ops.refusals import COMPLEX, refuse
from flambeau.ops.rounding import sgn
from flambeau.ops.series import clenshaw, in_double

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

I_TABLES = (tables.I0_NEAR, tables.I0_FAR), (tables.I1_NEAR, tables.I1_FAR)
K_TABLES = (tables.K0_NEAR, tables.K0_FAR), (tables.K1_NEAR, tables.K1_FAR)
J_NEAR, Y_NEAR = (tables.J0_NEAR, tables.J1_NEAR), (tables.Y0_NEAR, tables.Y1_NEAR)
FAR_WAVES = (tables.P0_FAR, tables.Q0_FAR), (tables.P1_FAR, tables.Q1_FAR)


# ------------------------------------------------------------------------------------- growing and decaying


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * i1(input)})
def i0(input: Tensor) -> Tensor:
    """Return the modified Bessel function of the first kind, of order 0.

    >>> i0(randn(2, 3))
    >>> i0(tensor([-30.0, -8.0, 0.0, 9.0]))
    """
    refuse(COMPLEX, "i0_cpu", input)
    return in_double(lambda x: grown(0, x), input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input, out: g * (i0(input) - _over(out, input, 0.5))},
    grad_name="SpecialI1Backward0")
def i1(input: Tensor) -> Tensor:
    """Return the modified Bessel function of the first kind, of order 1.

    >>> i1(randn(2, 3))
    >>> i1(tensor([-30.0, -8.0, 0.0, 9.0]))
    """
    refuse(COMPLEX, "i1_cpu", input)
    return in_double(lambda x: grown(1, x), input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input, out: g * (i1e(input) - sgn(input) * out)},
    grad_name="SpecialI0EBackward0")
def i0e(input: Tensor) -> Tensor:
    """Return exp(-|input|) i0(input), which does not overflow.

    >>> i0e(randn(2, 3))
    >>> i0e(tensor([-3000.0, -8.0, 0.0, 9.0]))
    """
    refuse(COMPLEX, "i0e_cpu", input)
    return in_double(lambda x: scaled_i(0, x), input)


@op(promote=TO_FLOAT, grad_name="SpecialI1EBackward0",
    grad={"input": lambda g, input, out: g * (i0e(input) - sgn(input) * out - _over(out, input, 0.5))})
def i1e(input: Tensor) -> Tensor:
    """Return exp(-|input|) i1(input), which does not overflow.

    >>> i1e(randn(2, 3))
    >>> i1e(tensor([-3000.0, -8.0, 0.0, 9.0]))
    """
    refuse(COMPLEX, "i1e_cpu", input)
    return in_double(lambda x: scaled_i(1, x), input)


def _over(part: Tensor, input: Tensor, at_zero: float) -> Tensor:
    """part / input, and its limit where that would be 0 / 0."""
    zero = input == 0
    return masked_fill(part / masked_fill(input, zero, 1.0), zero, at_zero)


def grown(order: int, x: Array) -> Array:
    xp = namespace_of(x)
    return xp.exp(xp.abs(x)) * scaled_i(order, x)


def scaled_i(order: int, x: Array) -> Array:
    """exp(-|x|) I(x)"""
    xp = namespace_of(x)
    size = xp.abs(x)
    near, far = I_TABLES[order]
    beyond = xp.maximum(size, 8)
    close = clenshaw(xp.minimum(size, 8) / 4 - 1, near)
    distant = clenshaw(16 / beyond - 1, far) / xp.sqrt(beyond)
    if order == 0:
        return xp.where(size <= 8, close, distant)
    return xp.where(size <= 8, x * close, xp.copysign(distant, x))


@op(promote=TO_FLOAT)
def modified_bessel_i0(input: Tensor) -> Tensor:
    """Return the modified Bessel function of the first kind, of order 0; as in PyTorch without a gradient, which `i0` has.

    >>> modified_bessel_i0(randn(2, 3))
    """
    refuse(COMPLEX, "modified_bessel_i0_cpu", input)
    return in_double(lambda x: grown(0, x), input)


@op(promote=TO_FLOAT)
def modified_bessel_i1(input: Tensor) -> Tensor:
    """Return the modified Bessel function of the first kind, of order 1; as in PyTorch without a gradient, which `i1` has.

    >>> modified_bessel_i1(randn(2, 3))
    """
    refuse(COMPLEX, "modified_bessel_i1_cpu", input)
    return in_double(lambda x: grown(1, x), input)


@op(promote=TO_FLOAT)
def modified_bessel_k0(input: Tensor) -> Tensor:
    """Return the modified Bessel function of the second kind, of order 0.

    >>> modified_bessel_k0(rand(2, 3))
    >>> modified_bessel_k0(tensor([-1.0, 0.0, 1.9, 2.1, 30.0]))
    """
    refuse(COMPLEX, "modified_bessel_k0_cpu", input)
    return in_double(lambda x: decayed(0, x, scaled=False), input)


@op(promote=TO_FLOAT)
def modified_bessel_k1(input: Tensor) -> Tensor:
    """Return the modified Bessel function of the second kind, of order 1.

    >>> modified_bessel_k1(rand(2, 3))
    >>> modified_bessel_k1(tensor([-1.0, 0.0, 1.9, 2.1, 30.0]))
    """
    refuse(COMPLEX, "modified_bessel_k1_cpu", input)
    return in_double(lambda x: decayed(1, x, scaled=False), input)


@op(promote=TO_FLOAT)
def scaled_modified_bessel_k0(x: Tensor) -> Tensor:
    """Return exp(x) modified_bessel_k0(x), which does not vanish.

    >>> scaled_modified_bessel_k0(rand(2, 3))
    >>> scaled_modified_bessel_k0(tensor([-1.0, 0.0, 1.9, 2.1, 3000.0]))
    """
    refuse(COMPLEX, "scaled_modified_bessel_k0_cpu", x)
    return in_double(lambda x: decayed(0, x, scaled=True), x)


@op(promote=TO_FLOAT)
def scaled_modified_bessel_k1(x: Tensor) -> Tensor:
    """Return exp(x) modified_bessel_k1(x), which does not vanish.

    >>> scaled_modified_bessel_k1(rand(2, 3))
    >>> scaled_modified_bessel_k1(tensor([-1.0, 0.0, 1.9, 2.1, 3000.0]))
    """
    refuse(COMPLEX, "scaled_modified_bessel_k1_cpu", x)
    return in_double(lambda x: decayed(1, x, scaled=True), x)


def decayed(order: int, x: Array, scaled: bool) -> Array:
    """K(x), or exp(x) K(x). There is none left of 0, where it is infinite."""
    xp = namespace_of(x)
    near, far = K_TABLES[order]
    size, beyond = xp.minimum(xp.abs(x), 2), xp.maximum(x, 2)
    rest = clenshaw(size * size / 2 - 1, near)
    pole = xp.log(size / 2) * grown(order, size)
    close = rest / size + pole if order else rest - pole
    distant = clenshaw(4 / beyond - 1, far) / xp.sqrt(beyond)
    result = xp.where(x <= 2, close * xp.exp(size) if scaled else close, distant if scaled else distant * xp.exp(-beyond))
    return xp.where(x > 0, result, xp.where(x == 0, xp.inf, xp.nan))


# ------------------------------------------------------------------------------------- waves


@op(promote=TO_FLOAT)
def bessel_j0(input: Tensor) -> Tensor:
    """Return the Bessel function of the first kind, of order 0.

    >>> bessel_j0(randn(2, 3))
    >>> bessel_j0(tensor([-30.0, -8.0, 0.0, 9.0, 1000.0]))
    """
    refuse(COMPLEX, "bessel_j0_cpu", input)
    return in_double(lambda x: first_kind(0, x), input)


@op(promote=TO_FLOAT)
def bessel_j1(input: Tensor) -> Tensor:
    """Return the Bessel function of the first kind, of order 1.

    >>> bessel_j1(randn(2, 3))
    >>> bessel_j1(tensor([-30.0, -8.0, 0.0, 9.0, 1000.0]))
    """
    refuse(COMPLEX, "bessel_j1_cpu", input)
    return in_double(lambda x: first_kind(1, x), input)


@op(promote=TO_FLOAT)
def bessel_y0(input: Tensor) -> Tensor:
    """Return the Bessel function of the second kind, of order 0.

    >>> bessel_y0(rand(2, 3))
    >>> bessel_y0(tensor([-1.0, 0.0, 8.0, 9.0, 1000.0]))
    """
    refuse(COMPLEX, "bessel_y0_cpu", input)
    return in_double(lambda x: second_kind(0, x), input)


@op(promote=TO_FLOAT)
def bessel_y1(input: Tensor) -> Tensor:
    """Return the Bessel function of the second kind, of order 1.

    >>> bessel_y1(rand(2, 3))
    >>> bessel_y1(tensor([-1.0, 0.0, 8.0, 9.0, 1000.0]))
    """
    refuse(COMPLEX, "bessel_y1_cpu", input)
    return in_double(lambda x: second_kind(1, x), input)


def first_kind(order: int, x: Array) -> Array:
    xp = namespace_of(x)
    size = xp.abs(x)
    result = xp.where(size <= 8, _j_near(order, xp.minimum(size, 8)), _far(order, xp.maximum(size, 8))[0])
    return xp.copysign(1.0, x) * result if order else result


def second_kind(order: int, x: Array) -> Array:
    """There is none left of 0, where it falls to minus infinity."""
    xp = namespace_of(x)
    size = xp.minimum(xp.abs(x), 8)
    rest = _by_square(size, Y_NEAR[order])
    near = (rest / size if order else rest) + xp.log(size) * (2 / math.pi) * _j_near(order, size)
    result = xp.where(x <= 8, near, _far(order, xp.maximum(x, 8))[1])
    return xp.where(x > 0, result, xp.where(x == 0, -xp.inf, xp.nan))


def _j_near(order: int, x: Array) -> Array:
    series = _by_square(x, J_NEAR[order])
    return x * series if order else series


def _by_square(x: Array, terms: Sequence[float]) -> Array:
    return clenshaw(x * x / 32 - 1, terms)


def _far(order: int, x: Array) -> tuple[Array, Array]:
    """J and Y from 8 on (Abramowitz and Stegun, 9.2.5 and 9.2.6)."""
    xp = namespace_of(x)
    t = 128 / (x * x) - 1
    p, q = (clenshaw(t, terms) for terms in FAR_WAVES[order])
    q = q / x
    c, s = _turned(xp, x, order)
    size = math.sqrt(2 / math.pi) / xp.sqrt(x)
    return size * (p * c - q * s), size * (p * s + q * c)


def _turned(xp: Any, x: Array, order: int) -> tuple[Array, Array]:
    """Cosine and sine of x - (2 order + 1) π / 4, without rounding that difference."""
    c, s = xp.cos(x), xp.sin(x)
    if order:
        return (s - c) * math.sqrt(0.5), -(s + c) * math.sqrt(0.5)
    return (c + s) * math.sqrt(0.5), (s - c) * math.sqrt(0.5)


@op(promote=TO_FLOAT)
def spherical_bessel_j0(x: Tensor) -> Tensor:
    """Return the spherical Bessel function of the first kind, of order 0: sin(x) / x.

    >>> spherical_bessel_j0(randn(2, 3))
    >>> spherical_bessel_j0(tensor([-inf, -1e-9, 0.0, 9.0]))
    """
    refuse(COMPLEX, "spherical_bessel_j0_cpu", x)
    return in_double(_sine_over, x)


def _sine_over(x: Array) -> Array:
    xp = namespace_of(x)
    divisor = xp.where(x == 0, 1, x)
    return xp.where(xp.isinf(x), 0, xp.where(x == 0, 1, xp.sin(x) / divisor))
