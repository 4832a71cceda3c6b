"""Polynomials, the stuff that special functions are made of."""
from __future__ import annotations

from collections.abc import Sequence

from flambeau.core.arrays import Array


def horner(x: Array, coefficients: Sequence[float]) -> Array:
    """Evaluate a polynomial, its highest coefficient first, in one temporary."""
    result = x * coefficients[0]
    for coefficient in coefficients[1:-1]:
        result += coefficient
        result *= x
    result += coefficients[-1]
    return result
