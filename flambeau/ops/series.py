"""Chebyshev series, which special functions are computed from where no shorter formula holds."""
from __future__ import annotations

from collections.abc import Callable, Sequence

from flambeau.core.arrays import Array, namespace_of


def clenshaw(t: Array, terms: Sequence[float]) -> Array:
    """Add up a Chebyshev series at `t`, -1 to 1, its last term first (C. W. Clenshaw, 1955)."""
    xp = namespace_of(t)
    twice = t + t
    result, before = xp.full_like(t, terms[0]), xp.zeros_like(t)
    for term in terms[1:-1]:
        before -= term
        result, before = twice * result - before, result
    return t * result - before + terms[-1]


def in_double(function: Callable[[Array], Array], x: Array) -> Array:
    """Apply a function that is written for float64, and round once."""
    return function(x.astype("f8", copy=False)).astype(x.dtype, copy=False)
