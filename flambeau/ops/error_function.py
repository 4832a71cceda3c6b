"""The error function and its relatives: how much of a normal distribution lies below a point, above it, and back."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.promotion import FLOAT32
from flambeau.dispatch.op import TO_FLOAT, op
from flambeau.ops.exponential import exp
from flambeau.ops.polynomial import horner
from flambeau.ops.refusals import COMPLEX, refuse
from flambeau.ops.series import in_double

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

ROOT_PI, ROOT_HALF = math.sqrt(math.pi), math.sqrt(0.5)

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
NEAR = 0.5

# M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", 1988: the middle, tails, far tails.
WICHURA_MIDDLE = ((2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
                   1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
                  (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
                   5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0))
WICHURA_TAIL = ((7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
                 1.27045825245236838258e0, 3.64784832476320460504e0, 5.76949722146069140550e0,
                 4.63033784615654529590e0, 1.42343711074968357734e0),
                (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2,
                 1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e0,
                 2.05319162663775882187e0, 1.0))
WICHURA_FAR = ((2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
                2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
                5.46378491116411436990e0, 6.65790464350110377720e0),
               (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5,
                7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1,
                5.99832206555887937690e-1, 1.0))


def erf_of(x: Array) -> Array:
    """The error function of an array of floats."""
    if x.dtype == FLOAT32:
        return _erf_in_float32(x)
    xp = namespace_of(x)
    return xp.where(xp.abs(x) <= NEAR, _near(x), xp.copysign(1 - _tail(xp, xp.abs(x)), x))


def _erf_in_float32(x: Array) -> Array:
    xp = namespace_of(x)
    x = xp.minimum(xp.maximum(x, -4.0), 4.0)
    squared = x * x
    x = x * horner(squared, ERF_ODD)
    return x / horner(squared, ERF_EVEN)


def _near(x: Array) -> Array:
    return x * _ratio(x * x, CODY_NEAR)


def _ratio(x: Array, parts: tuple[tuple[float, ...], tuple[float, ...]]) -> Array:
    return horner(x, parts[0]) / horner(x, parts[1])


def _scaled_tail(xp: Any, x: Array) -> Array:
    """exp(x²) erfc(x) of numbers from 0.5 on."""
    inverse = 1 / (xp.maximum(x, 1.0) ** 2)
    far = (1 / ROOT_PI - inverse * _ratio(inverse, CODY_FAR)) / x
    return xp.where(x <= 4, _ratio(xp.minimum(x, 4), CODY_MIDDLE), far)


def _tail(xp: Any, x: Array) -> Array:
    """erfc of numbers from 0.5 on."""
    return xp.where(x >= 27, xp.where(xp.isnan(x), x, 0), _exp_of_square(xp, x, -1) * _scaled_tail(xp, x))


def _exp_of_square(xp: Any, x: Array, sign: int) -> Array:
    """exp(±x²) from two factors: x² itself would be rounded, and the exponential makes much of that."""
    coarse = xp.trunc(x * 16) / 16
    return xp.exp(sign * coarse * coarse) * xp.exp(sign * (x - coarse) * (x + coarse))


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * exp(input * -input) * (2 / ROOT_PI)})
def erf(input: Tensor) -> Tensor:
    """Return the error function: twice the area under the normal density of variance 1/2, from 0 on (Cody, 1969).

    >>> erf(randn(2, 3))
    >>> erf(tensor([-5.0, -0.1, 0.0, 3.0, 8.0]))
    """
    refuse(COMPLEX, "erf_vml_cpu", input)
    return erf_of(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * exp(input * -input) * (-2 / ROOT_PI)})
def erfc(input: Tensor) -> Tensor:
    """Return 1 - erf(input), exact where that is small (Cody, 1969).

    >>> erfc(randn(2, 3))
    >>> erfc(tensor([-5.0, -0.1, 0.0, 3.0, 8.0]))
    """
    refuse(COMPLEX, "erfc_vml_cpu", input)
    return in_double(erfc_of, input)


def erfc_of(x: Array) -> Array:
    xp = namespace_of(x)
    tail = _tail(xp, xp.abs(x))
    return xp.where(xp.abs(x) <= NEAR, 1 - _near(x), xp.where(x < 0, 2 - tail, tail))


@op(promote=TO_FLOAT, grad_name="SpecialErfcxBackward0",
    grad={"input": lambda g, input, out: g * (2 * input * out - 2 / ROOT_PI)})
def erfcx(input: Tensor) -> Tensor:
    """Return exp(input²) erfc(input), which neither overflows nor vanishes for large numbers (Cody, 1969).

    >>> erfcx(randn(2, 3))
    >>> erfcx(tensor([-30.0, -5.0, -0.1, 0.0, 3.0, 8.0, 1000.0]))
    """
    refuse(COMPLEX, "erfcx_cpu", input)
    return in_double(erfcx_of, input)


def erfcx_of(x: Array) -> Array:
    xp = namespace_of(x)
    size = xp.abs(x)
    grown = _exp_of_square(xp, xp.where(x > NEAR, 0, xp.maximum(x, -27)), 1)
    tail = _scaled_tail(xp, size)
    result = xp.where(size <= NEAR, grown * (1 - _near(x)), xp.where(x < 0, 2 * grown - tail, tail))
    return xp.where(x < -27, xp.inf, result)


@op(promote=TO_FLOAT, grad={"input": lambda g, out: g * exp(out * out) * (ROOT_PI / 2)})
def erfinv(input: Tensor) -> Tensor:
    """Return the number whose error function `input` is (Wichura's AS 241).

    >>> erfinv(rand(2, 3))
    >>> erfinv(tensor([-0.9, 0.0, 0.999]))
    """
    refuse(COMPLEX, "erfinv_vml_cpu", input)
    return in_double(lambda x: _quantile(x / 2, (1 - abs(x)) / 2) * ROOT_HALF, input)


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * exp(input * input * -0.5) * (ROOT_HALF / ROOT_PI)})
def ndtr(input: Tensor) -> Tensor:
    """Return the share of the standard normal distribution that lies below `input`.

    >>> ndtr(randn(2, 3))
    >>> ndtr(tensor([-20.0, -0.1, 0.0, 3.0]))
    """
    refuse(COMPLEX, "ndtr_cpu", input)
    return in_double(lambda x: erfc_of(x * -ROOT_HALF) / 2, input)


@op(promote=TO_FLOAT, grad_name="SpecialLogNdtrBackward0",
    grad={"input": lambda g, input: g / erfcx(input * -ROOT_HALF) * (2 * ROOT_HALF / ROOT_PI)})
def log_ndtr(input: Tensor) -> Tensor:
    """Return the logarithm of `ndtr`, exact where that is small.

    >>> log_ndtr(randn(2, 3))
    >>> log_ndtr(tensor([-200.0, -1.5, 0.0, 9.0]))
    """
    refuse(COMPLEX, "log_ndtr_cpu", input)
    return in_double(_log_ndtr, input)


def _log_ndtr(x: Array) -> Array:
    xp = namespace_of(x)
    below = xp.minimum(x, -1.0) * ROOT_HALF
    inside = xp.log1p(erfc_of(x * ROOT_HALF) / -2)
    return xp.where(x < -1, xp.log(erfcx_of(-below) / 2) - below * below, inside)


@op(promote=TO_FLOAT, grad_name="SpecialNdtriBackward0",
    grad={"input": lambda g, out: g * exp(out * out / 2) * (ROOT_PI / ROOT_HALF)})
def ndtri(input: Tensor) -> Tensor:
    """Return the number below which the share `input` of the standard normal distribution lies (Wichura's AS 241).

    >>> ndtri(rand(2, 3))
    >>> ndtri(tensor([1e-30, 0.001, 0.5, 0.999]))
    """
    refuse(COMPLEX, "ndtri_cpu", input)
    return in_double(lambda p: _quantile(p - 0.5, namespace_of(p).minimum(p, 1 - p)), input)


def _quantile(center: Array, tail: Array) -> Array:
    """The point with the share 0.5 + `center` below it, `tail` of it on the shorter side."""
    xp = namespace_of(center)
    middle = center * _ratio(0.180625 - center * center, WICHURA_MIDDLE)
    depth = xp.sqrt(-xp.log(tail))
    far = xp.where(depth <= 5, _ratio(depth - 1.6, WICHURA_TAIL), _ratio(xp.minimum(depth, 40) - 5, WICHURA_FAR))
    far = xp.where(tail == 0, xp.inf, far)
    result = xp.where(xp.abs(center) <= 0.425, middle, xp.copysign(far, center))
    return xp.where(tail < 0, xp.nan, result)
