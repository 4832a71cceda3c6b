"""The gamma function's family: its logarithm, the slopes of that, and Hurwitz's zeta function, which they are made of."""
from __future__ import annotations

import math
from collections.abc import Iterable
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, is_array, namespace_of
from flambeau.core.dtype import bool_
from flambeau.dispatch.op import TO_FLOAT, composite, op
from flambeau.ops.polynomial import horner
from flambeau.ops.refusals import COMPLEX, no_derivative, refuse
from flambeau.ops.series import clenshaw, in_double
from flambeau.ops.series_tables import LOG_GAMMA

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

# B(2k) / 2k (2k - 1) for k from 7 down to 1: Stirling's series in powers of 1 / x² (Abramowitz and Stegun, 6.1.41).
STIRLING = (1 / 156, -691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12)
FROM = 9  # where seven terms are exact


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * digamma(input)})
def lgamma(input: Tensor) -> Tensor:
    """Return the logarithm of the size of the gamma function: a Chebyshev series on [1, 3], Stirling's from 9 on.

    >>> lgamma(rand(2, 3))
    >>> lgamma(tensor([0.5, 1.0, 2.0, 10.0, 100.0, -1.5]))
    """
    refuse(COMPLEX, "lgamma_cpu", input)
    return lgamma_of(input)


def lgamma_of(x: Array) -> Array:
    """log|gamma| of an array of floats."""
    return in_double(_log_gamma, x)


def _log_gamma(x: Array) -> Array:
    xp = namespace_of(x)
    mirrored = x < 0.5
    z = xp.where(mirrored, 1 - x, x)
    result = xp.where(z < FROM, _log_gamma_near(xp, xp.minimum(z, FROM)), _log_gamma_far(xp, xp.maximum(z, FROM)))
    turn = xp.sin(math.pi * xp.abs(x - xp.rint(x)))
    result = xp.where(mirrored, math.log(math.pi) - xp.log(turn) - result, result)
    return xp.where(xp.isinf(x), xp.inf, result)


def _log_gamma_near(xp: Any, z: Array) -> Array:
    """From 0.5 on. Steps of Γ(z + 1) = z Γ(z) lead to [1, 3], where the two roots are divided out."""
    below = xp.log(xp.minimum(z, 1))
    product, z = xp.ones_like(z), z - (z >= 1)  # from now on z is 1 less than it says: near its roots no bit is lost
    for _ in range(FROM - 3):
        large = z > 2
        product = xp.where(large, product * z, product)
        z = z - large
    return z * (z - 1) * clenshaw(z - 1, LOG_GAMMA) + xp.log(product) - below


def _log_gamma_far(xp: Any, z: Array) -> Array:
    return (z - 0.5) * (xp.log(z) - 1) + (0.5 * math.log(2 * math.pi) - 0.5) + horner(1 / (z * z), STIRLING) / z


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * polygamma(1, input)})
def digamma(input: Tensor) -> Tensor:
    """Return the slope of `lgamma` (Abramowitz and Stegun, 6.3.5, 6.3.7 and 6.3.18).

    >>> digamma(rand(2, 3))
    >>> digamma(tensor([0.5, 1.0, 10.0, -1.5]))
    """
    refuse(COMPLEX, "digamma", input)
    return digamma_of(input)


# B(2k) / 2k for k from 6 down to 1: the tail of digamma in powers of 1 / x².
DIGAMMA_TAIL = (-691 / 32760, 1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12)


def digamma_of(x: Array) -> Array:
    """The slope of log|gamma| of an array of floats."""
    return in_double(_digamma, x)


def _digamma(x: Array) -> Array:
    """Mirrored to x > 0, moved up to x >= 10, then its series."""
    xp = namespace_of(x)
    mirrored = x <= 0
    z = xp.where(mirrored, 1 - x, x)
    result = xp.zeros_like(z)
    for _ in range(10):
        small = z < 10
        result -= xp.where(small, 1 / z, 0)
        z = z + small
    inverse = 1 / (z * z)
    result += xp.log(z) - 0.5 / z - inverse * horner(inverse, DIGAMMA_TAIL)
    part = x - xp.rint(x)
    result = xp.where(mirrored, result - math.pi / xp.tan(math.pi * part), result)
    poles = xp.where(x == 0, xp.copysign(xp.inf, -x), xp.nan)
    return xp.where(mirrored & (part == 0), poles, result)


@op(promote=TO_FLOAT, promoted=("input",), grad={"input": lambda g, n, input: g * polygamma(n + 1, input)})
def polygamma(n: int, input: Tensor) -> Tensor:
    """Return the derivative number `n` of `digamma`.

    >>> polygamma(1, rand(2, 3))
    >>> polygamma(2, tensor([0.5, 1.0, 10.0]))
    """
    refuse(COMPLEX, "polygamma", input)
    if n < 0:
        raise RuntimeError("polygamma(n, x) does not support negative n.")
    if n == 0:
        return digamma_of(input)
    factor = float((-1) ** (n + 1) * math.factorial(n)) if n <= 170 else math.nan
    return in_double(lambda x: factor * _zeta(n + 1.0, x), input)


@op(promote=TO_FLOAT, grad_name="SpecialZetaBackward0", grad={
    "input": no_derivative("zeta"),
    "other": lambda g, input, other: -(g * input) * zeta(input + 1.0, other),  # 1.0: also of whole numbers
})
def zeta(input: Tensor | float, other: Tensor | float) -> Tensor:
    """Return Hurwitz's zeta function: the sum of (k + other) ** -input over all k (Euler and Maclaurin's formula).

    >>> zeta(tensor([2, 3, 4]), rand(2, 3))
    >>> zeta(2.5, rand(2, 3))
    >>> zeta(tensor([0, 1, 2, 3]), tensor([2.0, 2.0, -1.0, -1.5]))
    """
    given = input if is_array(input) else other
    xp = namespace_of(given)
    refuse(COMPLEX, "zeta_cpu", given)
    s, x = (value.astype("f8") if is_array(value) else xp.asarray(value, "f8") for value in (input, other))
    return zeta_of(*xp.broadcast_arrays(s, x)).astype(given.dtype)


def zeta_of(s: Array, x: Array) -> Array:
    """Hurwitz's zeta function of arrays in float64, with its poles; below s = 1 the sum has no value."""
    xp = namespace_of(x)
    whole = xp.floor(x) == x
    result = _zeta(s, xp.where((x <= 0) & whole, 1.0, x))
    result = xp.where(x <= 0, xp.where(whole, xp.inf, xp.where(s == xp.floor(s), result, xp.nan)), result)
    return xp.where(s > 1, result, xp.where(s == 1, xp.inf, xp.nan))


# B(2k) / (2k)! for k from 1 on
ZETA_TAIL = (1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000, 1 / 74724249600,
             -3617 / 10670622842880000)


def _zeta(s: Any, x: Array) -> Array:
    """Hurwitz's zeta function, for whole s also left of 0.

    There the terms are those from the fraction of x on, and the whole numbers' worth left of it, mirrored: of all terms
    1 - fraction, 2 - fraction, ... those that count.
    """
    xp = namespace_of(x)
    s, left = xp.asarray(s, "f8"), x < 0
    if not left.any():
        return _zeta_of_positive(s, x)
    fraction = x - xp.floor(x)
    mirrored = _zeta_of_positive(s, xp.where(left, 1 - fraction, 1.0)) - _zeta_of_positive(s, xp.where(left, 1 - x, 1.0))
    return _zeta_of_positive(s, xp.where(left, fraction, x)) + xp.where(left, (1 - 2 * (s % 2)) * mirrored, 0)


def _zeta_of_positive(s: Array, x: Array) -> Array:
    """The first terms, then Euler and Maclaurin's formula for the rest, or nothing where that is too small to count."""
    xp = namespace_of(x)
    exact = 1.2 * (s + 8)  # from here on the formula is
    last = xp.minimum(exact, xp.maximum(x, 10.0) * xp.exp(41 / s))  # exp(-41): a float64's share
    total, z = xp.zeros_like(x), x.copy()
    while (small := z < last).any():
        total += xp.where(small, z ** -s, 0)
        z = z + small
    return total + xp.where((z < exact) | (z == xp.inf), 0, _zeta_tail(s, z))


def _zeta_tail(s: Array, z: Array) -> Array:
    power = z ** -s
    total = power * z / (s - 1) + 0.5 * power
    factor = s * power / z
    for k, coefficient in enumerate(ZETA_TAIL):
        total = total + coefficient * factor
        factor = factor * ((s + 2 * k + 1) / z) * ((s + 2 * k + 2) / z)
    return total


@composite
def mvlgamma(input: Tensor, p: int) -> Tensor:
    """Return the logarithm of the gamma function of `p` dims.

    >>> mvlgamma(tensor([2.5, 3.0, 4.5]), 3)
    """
    if p < 1:
        raise RuntimeError("p has to be greater than or equal to 1")
    if input.dtype is bool_:
        raise RuntimeError("mvlgamma: boolean tensors are not supported; convert the tensor first")
    return _mvlgamma(input, p)


@op(promote=TO_FLOAT, grad={"input": lambda g, input, p: g * _total(digamma(input - j / 2) for j in range(p))})
def _mvlgamma(input: Tensor, p: int) -> Tensor:
    return _total(lgamma_of(input - j / 2) for j in range(p)) + p * (p - 1) / 4 * math.log(math.pi)


def _total(parts: Iterable[Any]) -> Any:
    return reduce(add, parts)
