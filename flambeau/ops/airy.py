"""Airy's function: a wave left of 0, a quick decay right of it."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import TO_FLOAT, op
from flambeau.ops.refusals import COMPLEX, refuse
from flambeau.ops.series import clenshaw, in_double
from flambeau.ops.series_tables import AIRY_NEAR, AIRY_P, AIRY_Q, AIRY_TAIL

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

LOW, HIGH = -5.0, 2.0  # between them the function itself is a series


@op(promote=TO_FLOAT)
def airy_ai(x: Tensor) -> Tensor:
    """Return Airy's function Ai, by Chebyshev series (tools/make_series.py; Abramowitz and Stegun, 10.4.59 and 10.4.60).

    >>> airy_ai(rand(2, 3))
    >>> airy_ai(tensor([-50.0, -5.5, -1.0, 2.5, 30.0, 200.0]))
    """
    refuse(COMPLEX, "airy_ai_cpu", x)
    return in_double(_airy, x)


def _airy(x: Array) -> Array:
    xp = namespace_of(x)
    inside = xp.minimum(xp.maximum(x, LOW), HIGH)
    near = clenshaw((2 * inside - (LOW + HIGH)) / (HIGH - LOW), AIRY_NEAR)
    result = xp.where(x < LOW, _wave(xp.maximum(-x, -LOW)), near)
    return xp.where(x > HIGH, _tail(xp.maximum(x, HIGH)), result)


def _tail(x: Array) -> Array:
    xp = namespace_of(x)
    exponent = _exponent(x)
    return clenshaw(2 * _exponent(HIGH) / exponent - 1, AIRY_TAIL) * xp.exp(-exponent) / (
        2 * math.sqrt(math.pi) * xp.sqrt(xp.sqrt(x)))


def _wave(x: Array) -> Array:
    """Ai(-x)"""
    xp = namespace_of(x)
    exponent = _exponent(x)
    t = 2 * (_exponent(-LOW) / exponent) ** 2 - 1
    p, q = clenshaw(t, AIRY_P), clenshaw(t, AIRY_Q) / exponent
    c, s = xp.cos(exponent), xp.sin(exponent)
    return (p * (c + s) + q * (s - c)) * math.sqrt(0.5) / (math.sqrt(math.pi) * xp.sqrt(xp.sqrt(x)))


def _exponent(x: Array) -> Array:
    return x ** 1.5 * (2 / 3)
