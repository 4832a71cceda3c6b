"""Special functions: the error function, gamma and its derivatives, Bessel's."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import bool_
from flambeau.core.promotion import FLOAT32
from flambeau.dispatch.op import TO_FLOAT, composite, op
from flambeau.ops.bounds import clamp
from flambeau.ops.exponential import exp, log
from flambeau.ops.masking import masked_fill
from flambeau.ops.polynomial import horner
from flambeau.ops.refusals import COMPLEX, refuse

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

# Odd polynomial over even polynomial for erf on [-4, 4] in float32, as used in Eigen.
ERF_ODD = (-2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05,
           -7.34990630326855e-04, -2.95459980854025e-03, -1.60960333262415e-02)
ERF_EVEN = (-1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03, -7.37332916720468e-03,
            -1.42647390514189e-02)

# W. J. Cody, "Rational Chebyshev approximations for the error function", 1969: |x| <= 0.5, up to 4, beyond.
CODY_NEAR = ((1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2,
              3.20937758913846947e3),
             (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3))
CODY_MIDDLE = ((2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1,
                2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
                1.23033935479799725e3),
               (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
                3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3))
CODY_FAR = ((1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
             1.60837851487422766e-2, 6.58749161529837803e-4),
            (1.0, 2.56852019228982242e0, 1.87295284992346725e0, 5.27905102951428412e-1, 6.05183413124413191e-2,
             2.33520497626869185e-3))


def erf_of(x: Array) -> Array:
    """The error function of an array of floats."""
    if x.dtype == FLOAT32:
        return _erf_in_float32(x)
    xp = namespace_of(x)
    return xp.where(xp.abs(x) <= 0.5, _near(x), xp.copysign(1 - erfc_of_size(xp, xp.abs(x)), x))


def _erf_in_float32(x: Array) -> Array:
    xp = namespace_of(x)
    x = xp.minimum(xp.maximum(x, -4.0), 4.0)
    squared = x * x
    x = x * horner(squared, ERF_ODD)
    return x / horner(squared, ERF_EVEN)


def _near(x: Array) -> Array:
    return x * horner(x * x, CODY_NEAR[0]) / horner(x * x, CODY_NEAR[1])


def erfc_of_size(xp: Any, x: Array) -> Array:
    """What is left of 1 after erf of a number from 0.5 on."""
    middle = horner(x, CODY_MIDDLE[0]) / horner(x, CODY_MIDDLE[1])
    inverse = 1 / (xp.maximum(x, 1.0) ** 2)
    far = (1 / math.sqrt(math.pi) - inverse * horner(inverse, CODY_FAR[0]) / horner(inverse, CODY_FAR[1])) / x
    coarse = xp.trunc(x * 16) / 16  # exp(-x²) in two exact halves: squaring x would round
    rest = (x - coarse) * (x + coarse)
    return xp.where(x >= 27, xp.where(xp.isnan(x), x, 0), xp.exp(-coarse * coarse) * xp.exp(-rest)
                    * xp.where(x <= 4, middle, far))


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * exp(input * -input) * (2 / math.sqrt(math.pi))})
def erf(input: Tensor) -> Tensor:
    """Return the error function: twice the area under the normal density of variance 1/2, from 0 on.

    >>> erf(randn(2, 3))
    >>> erf(tensor([-5.0, -0.1, 0.0, 3.0, 8.0]))
    """
    refuse(COMPLEX, "erf_vml_cpu", input)
    return erf_of(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * exp(input * -input) * (-2 / math.sqrt(math.pi))})
def erfc(input: Tensor) -> Tensor:
    """Return 1 - erf(input), exact where that is small.

    >>> erfc(randn(2, 3))
    >>> erfc(tensor([-5.0, -0.1, 0.0, 3.0, 8.0]))
    """
    refuse(COMPLEX, "erfc_vml_cpu", input)
    xp = namespace_of(input)
    tail = erfc_of_size(xp, xp.abs(input))
    return xp.where(xp.abs(input) <= 0.5, 1 - _near(input), xp.where(input < 0, 2 - tail, tail))


# A rational start and two steps of Newton's method.
ERFINV_INSIDE = ((-0.140543331, 0.914624893, -1.645349621, 0.886226899),
                 (0.012229801, -0.329097515, 1.442710462, -2.118377725, 1.0))
ERFINV_OUTSIDE = ((1.641345311, 3.429567803, -1.624906493, -1.970840454), (1.637067800, 3.543889200, 1.0))


@op(promote=TO_FLOAT, grad={"input": lambda g, out: g * exp(out * out) * (math.sqrt(math.pi) / 2)})
def erfinv(input: Tensor) -> Tensor:
    """Return the number whose error function `input` is.

    >>> erfinv(rand(2, 3))
    >>> erfinv(tensor([-0.9, 0.0, 0.999]))
    """
    refuse(COMPLEX, "erfinv_vml_cpu", input)
    xp = namespace_of(input)
    squared = input * input
    inside = input * horner(squared, ERFINV_INSIDE[0]) / horner(squared, ERFINV_INSIDE[1])
    size = xp.abs(input)
    depth = xp.sqrt(-xp.log((1 - size) / 2))
    outside = xp.copysign(horner(depth, ERFINV_OUTSIDE[0]) / horner(depth, ERFINV_OUTSIDE[1]), input)
    x = xp.where(size <= 0.7, inside, outside)
    for _ in range(2):
        x = x - (erf_of(x) - input) / ((2 / math.sqrt(math.pi)) * xp.exp(-x * x))
    return xp.where(size < 1, x, xp.where(size == 1, xp.copysign(xp.asarray(xp.inf, x.dtype), input), xp.nan))


# Lanczos' series with g = 7 and nine terms.
LANCZOS = (0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
           12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * digamma(input)})
def lgamma(input: Tensor) -> Tensor:
    """Return the logarithm of the size of the gamma function.

    >>> lgamma(rand(2, 3))
    >>> lgamma(tensor([0.5, 1.0, 2.0, 10.0, 100.0, -1.5]))
    """
    refuse(COMPLEX, "lgamma_cpu", input)
    return lgamma_of(input)


def lgamma_of(x: Array) -> Array:
    """log|gamma| of an array of floats, computed in float64: near 1 and 2 large terms cancel."""
    xp = namespace_of(x)
    wide = x.astype("f8")
    reflected = wide < 0.5
    z = xp.where(reflected, 1 - wide, wide) - 1
    terms = LANCZOS[0] + sum(c / (z + i) for i, c in enumerate(LANCZOS[1:], start=1))
    base = z + 7.5
    result = 0.5 * math.log(2 * math.pi) + (z + 0.5) * xp.log(base) - base + xp.log(terms)
    turn = xp.sin(math.pi * (wide - xp.floor(wide)))
    result = xp.where(reflected, math.log(math.pi) - xp.log(turn) - result, result)
    return xp.where(xp.isinf(wide), xp.inf, result).astype(x.dtype)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * polygamma(1, input)})
def digamma(input: Tensor) -> Tensor:
    """Return the slope of `lgamma`.

    >>> digamma(rand(2, 3))
    >>> digamma(tensor([0.5, 1.0, 10.0, -1.5]))
    """
    refuse(COMPLEX, "digamma", input)
    return digamma_of(input)


# B(2k) / 2k for k from 6 down to 1: the tail of digamma in powers of 1 / x².
DIGAMMA_TAIL = (691 / 32760, 1 / 132, -1 / 240, 1 / 252, -1 / 120, 1 / 12)


def digamma_of(x: Array) -> Array:
    """The slope of log|gamma| of an array of floats: mirrored to x > 0, moved up to x >= 10, then its series."""
    xp = namespace_of(x)
    wide = x.astype("f8")
    mirrored = wide <= 0
    z = xp.where(mirrored, 1 - wide, wide)
    result = xp.zeros_like(z)
    for _ in range(10):
        small = z < 10
        result -= xp.where(small, 1 / z, 0)
        z = z + small
    inverse = 1 / (z * z)
    result += xp.log(z) - 0.5 / z - inverse * horner(inverse, (-DIGAMMA_TAIL[0], *DIGAMMA_TAIL[1:]))
    part = wide - xp.trunc(wide)
    result = xp.where(mirrored, result - math.pi / xp.tan(math.pi * part), result)
    at_pole = mirrored & (part == 0)
    poles = xp.where(wide == 0, xp.copysign(xp.inf, -wide), xp.nan)
    return xp.where(at_pole, poles, result).astype(x.dtype)


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
    return ((-1) ** (n + 1) * math.factorial(n) * hurwitz_zeta(n + 1, input.astype("f8"))).astype(input.dtype)


# B(2k) / (2k)! for k from 1 on
ZETA_TAIL = (1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000, 1 / 74724249600)


def hurwitz_zeta(s: float, x: Array) -> Array:
    """Sum (x + k) ** -s over all k: terms up to x + k >= 10, then Euler and Maclaurin's formula."""
    xp = namespace_of(x)
    total, z = xp.zeros_like(x), x.copy()
    while (small := z < 10).any():
        total += xp.where(small, z ** -s, 0)
        z = z + small
    total += z ** (1 - s) / (s - 1) + 0.5 * z ** -s
    factor = s * z ** (-s - 1)
    for k, coefficient in enumerate(ZETA_TAIL):
        total += coefficient * factor
        factor = factor * (s + 2 * k + 1) * (s + 2 * k + 2) / (z * z)
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
    result = lgamma(input)
    for j in range(1, p):
        result = result + lgamma(input - j / 2)
    return result + p * (p - 1) / 4 * math.log(math.pi)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * i1(input)})
def i0(input: Tensor) -> Tensor:
    """Return the modified Bessel function of the first kind, of order 0.

    >>> i0(randn(2, 3))
    """
    refuse(COMPLEX, "i0_cpu", input)
    return bessel_i(0, input.astype("f8")).astype(input.dtype)


@op(promote=TO_FLOAT, grad={"input": lambda g, input, out: g * _i1_slope(input, out)})
def i1(input: Tensor) -> Tensor:
    """Return the modified Bessel function of the first kind, of order 1.

    >>> i1(randn(2, 3))
    """
    refuse(COMPLEX, "i1_cpu", input)
    return bessel_i(1, input.astype("f8")).astype(input.dtype)


def _i1_slope(input: Tensor, out: Tensor) -> Tensor:
    at_zero = input == 0
    return masked_fill(i0(input) - out / masked_fill(input, at_zero, 1.0), at_zero, 0.5)


def bessel_i(order: int, x: Array) -> Array:
    """I of a small order: its power series up to 20, where no terms cancel, then its asymptotic one."""
    xp = namespace_of(x)
    size = xp.abs(x)
    near, far = xp.minimum(size, 20.0), xp.maximum(size, 20.0)
    quarter = near * near / 4
    total = term = (near / 2) ** order / math.factorial(order)
    for k in range(1, 50):
        term = term * quarter / (k * (k + order))
        total = total + term
    tail = rest = xp.ones_like(far)
    for k in range(1, 30):
        rest = rest * ((2 * k - 1) ** 2 - 4 * order ** 2) / (8 * k * far)
        tail = tail + rest
    result = xp.where(size <= 20, total, xp.exp(far) * tail / xp.sqrt(2 * math.pi * far))
    return xp.copysign(result, x) if order % 2 else result


@composite
def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """Return log(input / (1 - input)), the inverse of sigmoid; `eps` keeps the input from 0 and 1.

    >>> logit(rand(2, 3))
    >>> logit(tensor([0.001, 0.3, 0.999]), eps=0.01)
    """
    refuse(COMPLEX, "logit_cpu", getattr(input, "_array", input))
    if eps is not None:
        input = clamp(input, eps, 1 - eps)
    return log(input / (1 - input))
