"""Arithmetic and elementwise mathematics as methods and operators."""
from __future__ import annotations

import functools
from typing import Any

from flambeau.core.promotion import COMPLEX128, FLOAT64
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.overriding import guarded
from flambeau.tensor.late import Family, inplace, late
from flambeau.tensor.operator import assigning, dividing, operator, operators

pointwise = Family("pointwise")
exponential = Family("exponential")
trigonometry = Family("trigonometry")
rounding = Family("rounding")
bounds = Family("bounds")
bitwise = Family("bitwise")
bessel = Family("bessel")
entropy = Family("entropy")
error_function = Family("error_function")
gamma = Family("gamma")
incomplete = Family("incomplete_gamma")
complexes = Family("complex_numbers")
spectra = Family("spectrogram")


def _swapped(function: Any) -> Any:
    """Make a method of a function that takes the tensor second."""
    @functools.wraps(function)
    def method(self: Any, first: Any) -> Any:
        return function(first, self)

    return method


class ArithmeticMethods(TensorBase):
    __slots__ = ()

    add, add_ = pointwise.add, inplace(pointwise.add)
    sub, sub_ = pointwise.sub, inplace(pointwise.sub)
    mul, mul_ = pointwise.mul, inplace(pointwise.mul)
    div, div_ = pointwise.div, inplace(pointwise.div)
    true_divide, true_divide_ = pointwise.true_divide, inplace(pointwise.true_divide)
    floor_divide, floor_divide_ = pointwise.floor_divide, inplace(pointwise.floor_divide)
    remainder, remainder_ = pointwise.remainder, inplace(pointwise.remainder)
    fmod, fmod_ = pointwise.fmod, inplace(pointwise.fmod)
    neg, neg_ = pointwise.neg, inplace(pointwise.neg)
    reciprocal, reciprocal_ = pointwise.reciprocal, inplace(pointwise.reciprocal)
    addcmul, addcmul_ = pointwise.addcmul, inplace(pointwise.addcmul)
    addcdiv, addcdiv_ = pointwise.addcdiv, inplace(pointwise.addcdiv)
    lerp, lerp_ = pointwise.lerp, inplace(pointwise.lerp)
    positive = late(guarded)(pointwise.positive)

    subtract, subtract_, multiply, multiply_, divide, divide_ = sub, sub_, mul, mul_, div, div_
    negative, negative_ = neg, neg_

    __add__, __radd__, __iadd__ = operators(pointwise.add, add_)
    __sub__, __rsub__, __isub__ = operators(pointwise.sub, sub_)
    __mul__, __rmul__, __imul__ = operators(pointwise.mul, mul_)
    __truediv__, __itruediv__ = operator(pointwise.true_divide), assigning(true_divide_)
    __rtruediv__ = dividing(pointwise.reciprocal, pointwise.mul)
    __div__, __rdiv__, __idiv__ = __truediv__, __rtruediv__, __itruediv__
    __floordiv__, __rfloordiv__, __ifloordiv__ = operators(pointwise.floor_divide, floor_divide_)
    __mod__, __rmod__, __imod__ = operators(pointwise.remainder, remainder_)
    __neg__ = neg
    __pos__ = positive


class PowerMethods(TensorBase):
    __slots__ = ()

    pow, pow_ = exponential.pow, inplace(exponential.pow)
    sqrt, sqrt_ = exponential.sqrt, inplace(exponential.sqrt)
    rsqrt, rsqrt_ = exponential.rsqrt, inplace(exponential.rsqrt)
    square, square_ = exponential.square, inplace(exponential.square)
    exp, exp_ = exponential.exp, inplace(exponential.exp)
    exp2, exp2_ = exponential.exp2, inplace(exponential.exp2)
    expm1, expm1_ = exponential.expm1, inplace(exponential.expm1)
    log, log_ = exponential.log, inplace(exponential.log)
    log2, log2_ = exponential.log2, inplace(exponential.log2)
    log10, log10_ = exponential.log10, inplace(exponential.log10)
    log1p, log1p_ = exponential.log1p, inplace(exponential.log1p)
    xlogy, xlogy_ = exponential.xlogy, inplace(exponential.xlogy)
    ldexp, ldexp_ = exponential.ldexp, inplace(exponential.ldexp)
    logaddexp, logaddexp2 = exponential.logaddexp, exponential.logaddexp2
    frexp, float_power = exponential.frexp, exponential.float_power

    def float_power_(self, exponent: Any) -> Any:
        """Raise to a power in place; the tensor must be float64 or complex128, which the result is."""
        if self._array.dtype not in (FLOAT64, COMPLEX128):
            raise RuntimeError(f"the base given to float_power_ has dtype {pytorch_name(self._array.dtype)} but the "
                               "operation's result requires dtype Double; call .double() first")
        return self.pow_(exponent)

    __pow__, __rpow__, __ipow__ = operators(exponential.pow, pow_)


class TrigonometryMethods(TensorBase):
    __slots__ = ()

    sin, sin_ = trigonometry.sin, inplace(trigonometry.sin)
    cos, cos_ = trigonometry.cos, inplace(trigonometry.cos)
    tan, tan_ = trigonometry.tan, inplace(trigonometry.tan)
    asin, asin_ = trigonometry.asin, inplace(trigonometry.asin)
    acos, acos_ = trigonometry.acos, inplace(trigonometry.acos)
    atan, atan_ = trigonometry.atan, inplace(trigonometry.atan)
    sinh, sinh_ = trigonometry.sinh, inplace(trigonometry.sinh)
    cosh, cosh_ = trigonometry.cosh, inplace(trigonometry.cosh)
    tanh, tanh_ = trigonometry.tanh, inplace(trigonometry.tanh)
    asinh, asinh_ = trigonometry.asinh, inplace(trigonometry.asinh)
    acosh, acosh_ = trigonometry.acosh, inplace(trigonometry.acosh)
    atanh, atanh_ = trigonometry.atanh, inplace(trigonometry.atanh)
    atan2, atan2_ = trigonometry.atan2, inplace(trigonometry.atan2)
    hypot, hypot_ = trigonometry.hypot, inplace(trigonometry.hypot)
    sinc, sinc_ = trigonometry.sinc, inplace(trigonometry.sinc)
    deg2rad, deg2rad_ = trigonometry.deg2rad, inplace(trigonometry.deg2rad)
    rad2deg, rad2deg_ = trigonometry.rad2deg, inplace(trigonometry.rad2deg)

    arcsin, arcsin_, arccos, arccos_, arctan, arctan_ = asin, asin_, acos, acos_, atan, atan_
    arcsinh, arcsinh_, arccosh, arccosh_, arctanh, arctanh_ = asinh, asinh_, acosh, acosh_, atanh, atanh_
    arctan2, arctan2_ = atan2, atan2_


class RoundingMethods(TensorBase):
    __slots__ = ()

    floor, floor_ = rounding.floor, inplace(rounding.floor)
    ceil, ceil_ = rounding.ceil, inplace(rounding.ceil)
    trunc, trunc_ = rounding.trunc, inplace(rounding.trunc)
    round, round_ = rounding.round, inplace(rounding.round)
    frac, frac_ = rounding.frac, inplace(rounding.frac)
    abs, abs_ = rounding.abs, inplace(rounding.abs)
    sign, sign_ = rounding.sign, inplace(rounding.sign)
    sgn, sgn_ = rounding.sgn, inplace(rounding.sgn)
    copysign, copysign_ = rounding.copysign, inplace(rounding.copysign)
    heaviside, heaviside_ = rounding.heaviside, inplace(rounding.heaviside)
    nextafter, nextafter_ = rounding.nextafter, inplace(rounding.nextafter)
    nan_to_num, nan_to_num_ = rounding.nan_to_num, inplace(rounding.nan_to_num)
    signbit = rounding.signbit

    fix, fix_, absolute, absolute_ = trunc, trunc_, abs, abs_
    __abs__ = abs


class BoundsMethods(TensorBase):
    __slots__ = ()

    clamp, clamp_ = bounds.clamp, inplace(bounds.clamp)
    clamp_min, clamp_min_ = bounds.clamp_min, inplace(bounds.clamp_min)
    clamp_max, clamp_max_ = bounds.clamp_max, inplace(bounds.clamp_max)
    clip, clip_ = clamp, clamp_
    maximum, minimum = bounds.maximum, bounds.minimum
    fmax, fmin = bounds.fmax, bounds.fmin


class ComplexMethods(TensorBase):
    __slots__ = ()

    conj, conj_physical, conj_physical_ = complexes.conj, complexes.conj_physical, inplace(complexes.conj_physical)
    resolve_conj, resolve_neg = complexes.resolve_conj, complexes.resolve_neg
    is_conj, is_neg = complexes.is_conj, complexes.is_neg
    angle, isreal = complexes.angle, complexes.isreal
    stft, istft = spectra.stft, spectra.istft

    @property
    def real(self) -> Any:
        """The real parts, as a view; assigning writes to them."""
        return complexes.real(self)

    @real.setter
    def real(self, value: Any) -> None:
        self.real[...] = value

    @property
    def imag(self) -> Any:
        """The imaginary parts, as a view; assigning writes to them."""
        return complexes.imag(self)

    @imag.setter
    def imag(self, value: Any) -> None:
        self.imag[...] = value


class BitwiseMethods(TensorBase):
    __slots__ = ()

    bitwise_and, bitwise_and_ = bitwise.bitwise_and, inplace(bitwise.bitwise_and)
    bitwise_or, bitwise_or_ = bitwise.bitwise_or, inplace(bitwise.bitwise_or)
    bitwise_xor, bitwise_xor_ = bitwise.bitwise_xor, inplace(bitwise.bitwise_xor)
    bitwise_not, bitwise_not_ = bitwise.bitwise_not, inplace(bitwise.bitwise_not)
    bitwise_left_shift, bitwise_left_shift_ = bitwise.bitwise_left_shift, inplace(bitwise.bitwise_left_shift)
    bitwise_right_shift, bitwise_right_shift_ = bitwise.bitwise_right_shift, inplace(bitwise.bitwise_right_shift)
    gcd, gcd_ = bitwise.gcd, inplace(bitwise.gcd)
    lcm, lcm_ = bitwise.lcm, inplace(bitwise.lcm)

    __and__, __rand__, __iand__ = operators(bitwise.bitwise_and, bitwise_and_)
    __or__, __ror__, __ior__ = operators(bitwise.bitwise_or, bitwise_or_)
    __xor__, __rxor__, __ixor__ = operators(bitwise.bitwise_xor, bitwise_xor_)
    __lshift__, __rlshift__, __ilshift__ = operators(bitwise.bitwise_left_shift, bitwise_left_shift_)
    __rshift__, __rrshift__, __irshift__ = operators(bitwise.bitwise_right_shift, bitwise_right_shift_)
    __invert__ = bitwise_not


class SpecialMethods(TensorBase):
    __slots__ = ()

    erf, erf_ = error_function.erf, inplace(error_function.erf)
    erfc, erfc_ = error_function.erfc, inplace(error_function.erfc)
    erfinv, erfinv_ = error_function.erfinv, inplace(error_function.erfinv)
    lgamma, lgamma_ = gamma.lgamma, inplace(gamma.lgamma)
    digamma, digamma_ = gamma.digamma, inplace(gamma.digamma)
    mvlgamma, mvlgamma_ = gamma.mvlgamma, inplace(gamma.mvlgamma)
    igamma, igamma_ = incomplete.igamma, inplace(incomplete.igamma)
    igammac, igammac_ = incomplete.igammac, inplace(incomplete.igammac)
    logit, logit_ = entropy.logit, inplace(entropy.logit)
    i0, i0_ = bessel.i0, inplace(bessel.i0)

    polygamma, polygamma_ = late(_swapped)(gamma.polygamma), inplace(late(_swapped)(gamma.polygamma))


class PointwiseMethods(
    ArithmeticMethods, PowerMethods, TrigonometryMethods, RoundingMethods, BoundsMethods, ComplexMethods,
    BitwiseMethods, SpecialMethods,
):
    __slots__ = ()
