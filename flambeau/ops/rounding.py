"""Rounding, signs, and what else is constant between its jumps: no gradient comes through, or the sign alone."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.layout import as_operands
from flambeau.dispatch.op import SAME, TO_FLOAT, op
from flambeau.ops.comparison import isfinite
from flambeau.ops.complex_numbers import conj, is_complex, real
from flambeau.ops.flat import flat
from flambeau.ops.masking import choose, masked_fill
from flambeau.ops.refusals import BOOL, COMPLEX, INTEGERS, NOT_FLOAT, refuse, undifferentiable

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(promote=SAME, grad={"input": lambda g: flat(g)})
def floor(input: Tensor) -> Tensor:
    """Round down.

    >>> floor(randn(2, 3))
    """
    return _rounded(input, "floor")


def _rounded(input: Array, by: str) -> Array:
    refuse(BOOL + COMPLEX, f"{by}_vml_cpu", input)
    return input.copy() if input.dtype.kind in INTEGERS else getattr(namespace_of(input), by)(input)


@op(promote=SAME, grad={"input": lambda g: flat(g)})
def ceil(input: Tensor) -> Tensor:
    """Round up.

    >>> ceil(randn(2, 3))
    """
    return _rounded(input, "ceil")


@op(promote=SAME, grad={"input": lambda g: flat(g)})
def trunc(input: Tensor) -> Tensor:
    """Round towards zero.

    >>> trunc(randn(2, 3))
    """
    return _rounded(input, "trunc")


@op(promote=SAME, grad={"input": lambda g: flat(g)})
def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """Round to the nearest number of `decimals` digits after the point, a half to the even one.

    >>> round(randn(2, 3))
    >>> round(randn(2, 3), decimals=2)
    >>> round(tensor([3, -7]))
    """
    if decimals == 0:
        return _rounded(input, "rint")
    refuse(NOT_FLOAT + COMPLEX, "round_decimals", input)
    return namespace_of(input).round(input, decimals)


@op(promote=SAME, grad={"input": lambda g: g})
def frac(input: Tensor) -> Tensor:
    """Return what rounding towards zero takes away.

    >>> frac(randn(2, 3))
    """
    refuse(NOT_FLOAT + COMPLEX, "frac_vml_cpu", input)
    return input - namespace_of(input).trunc(input)


@op(promote=SAME, complex_rules=True, grad={"input": lambda g, input: g * sgn(input)})
def abs(input: Tensor) -> Tensor:
    """Return the absolute value; of complex numbers the distance from zero.

    >>> abs(randn(2, 3))
    """
    refuse(BOOL, "abs_cpu", input)
    return namespace_of(input).abs(input)


@op(promote=SAME, grad={"input": lambda g: flat(g)})
def sign(input: Tensor) -> Tensor:
    """Return -1, 0 or 1.

    >>> sign(randn(2, 3))
    >>> sign(tensor([0, -2]))
    """
    if input.dtype.kind == COMPLEX:
        raise NotImplementedError("Unlike NumPy, torch.sign doesn't support complex numbers; use torch.sgn() instead")
    return _direction(input)


def _direction(input: Array) -> Array:
    """The sign, which is 0 for what is no number."""
    if input.dtype.kind == BOOL:
        return input.copy()
    xp = namespace_of(input)
    signs = xp.sign(input)
    if input.dtype.kind == COMPLEX:
        return xp.where(xp.isfinite(input), signs, input.dtype.type(complex(math.nan, math.nan)))  # no direction is known
    return signs if input.dtype.kind in INTEGERS else xp.where(input == input, signs, xp.zeros((), input.dtype))


@op(promote=SAME, complex_rules=True, grad={"input": lambda g, input, out: _turning(g, input, out)})
def sgn(input: Tensor) -> Tensor:
    """Return -1, 0 or 1; of complex numbers the one of size 1 in the same direction."""
    return _direction(input)


def _turning(g: Tensor, input: Tensor, direction: Tensor) -> Tensor:
    """The gradient of a complex direction: only what turns the number changes it."""
    if not is_complex(input):
        return flat(g)
    size = abs(input)
    return masked_fill((g - real(g * conj(direction)) * direction) / size, size == 0, 0.0)


@op(layout=as_operands)
def signbit(input: Tensor) -> Tensor:
    """Say which elements carry a minus sign; -0.0 does.

    >>> signbit(tensor([-0.0, 0.0, -1.5, 2.0]))
    >>> signbit(tensor([-1, 0, 2]))
    """
    refuse(COMPLEX, "signbit", input)
    return input < 0 if input.dtype.kind in NOT_FLOAT else namespace_of(input).signbit(input)


@op(promote=TO_FLOAT, grad={
    "input": lambda g, input, out: g * masked_fill(out / input, input == 0, 0.0),
    "other": lambda g: flat(g),
})
def copysign(input: Tensor, other: Tensor | float) -> Tensor:
    """Give `input` the signs of `other`.

    >>> copysign(randn(2, 3), randn(3))
    >>> copysign(randn(2, 3), -0.0)
    """
    refuse(COMPLEX, "copysign", input)
    return namespace_of(input).copysign(input, other)


@op(layout=as_operands, grad={"input": undifferentiable("heaviside"), "values": undifferentiable("heaviside")})
def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """Return 0 below zero, 1 above, and `values` at zero.

    >>> heaviside(tensor([-1, 0, 2]), tensor([5]))
    """
    if input.dtype != values.dtype:
        raise RuntimeError("heaviside is not yet implemented for tensors with different dtypes.")
    refuse(COMPLEX, "heaviside", input)
    return namespace_of(input).where(input == 0, values, (input > 0).astype(input.dtype))


@op(layout=as_operands, grad={"input": lambda g, input, other: choose(input != other, g, 0.0), "other": lambda g: flat(g)})
def nextafter(input: Tensor, other: Tensor) -> Tensor:
    """Return the next number that the dtype has, on the way to `other`."""
    refuse(NOT_FLOAT + COMPLEX, "nextafter_cpu", input, other)
    return namespace_of(input).nextafter(input, other)


@op(layout=as_operands, grad={"input": lambda g, input: g * isfinite(input)})
def nan_to_num(input: Tensor, nan: float | None = None, posinf: float | None = None,
               neginf: float | None = None) -> Tensor:
    """Replace NaN by `nan` (or 0), and infinities by `posinf` and `neginf` (or the dtype's largest numbers).

    >>> nan_to_num(tensor([nan, inf, -inf, 1.5]))
    >>> nan_to_num(tensor([nan, inf, -inf, 1.5]), nan=1.0, posinf=2.0, neginf=-2.0)
    """
    if input.dtype.kind in NOT_FLOAT:
        return input.copy()
    result = input.copy()
    if result.dtype.kind == COMPLEX:
        _fill_gaps(result.real, nan, posinf, neginf)
        _fill_gaps(result.imag, nan, posinf, neginf)
    else:
        _fill_gaps(result, nan, posinf, neginf)
    return result


def _fill_gaps(result: Array, nan: float | None, posinf: float | None, neginf: float | None) -> None:
    from ml_dtypes import finfo

    xp = namespace_of(result)
    largest = float(finfo(result.dtype).max)
    is_nan, is_infinite = xp.isnan(result), xp.isinf(result)
    above, below = is_infinite & (result > 0), is_infinite & (result < 0)
    result[is_nan] = 0.0 if nan is None else nan
    result[above] = largest if posinf is None else posinf
    result[below] = -largest if neginf is None else neginf


absolute, fix = abs, trunc
