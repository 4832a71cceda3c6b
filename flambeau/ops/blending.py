"""`where` on random data, without a branch for each element."""
from __future__ import annotations

import math
from typing import Any

from flambeau.core.arrays import Array
from flambeau.core.promotion import FLOAT32, FLOAT64

_BITS = {FLOAT32: "i4", FLOAT64: "i8"}
_WORTHWHILE = 2000  # elements; below that one call beats three


def blend(xp: Any, condition: Array, one: Any, other: Any) -> Array:
    """Return `xp.where(condition, one, other)`.

    A branch on random booleans costs fifteen times the memory traffic, so large arrays are chosen from bit by bit.
    """
    if condition.size < _WORTHWHILE:
        return xp.where(condition, one, other)
    full = one if getattr(one, "shape", ()) else other
    bits = _BITS.get(getattr(full, "dtype", None))
    if bits is None or full.shape != condition.shape:
        return xp.where(condition, one, other)
    if _is_zero(other):
        return _kept(xp, condition, one, bits)
    if _is_zero(one):
        return _kept(xp, ~condition, other, bits)
    if not _is_like(one, full) or not _is_like(other, full):
        return xp.where(condition, one, other)
    return _mixed(xp, condition, one, other, bits)


def _is_zero(value: Any) -> bool:
    return isinstance(value, int | float) and value == 0 and math.copysign(1, value) > 0


def _is_like(value: Any, full: Array) -> bool:
    return isinstance(value, int | float) or value.dtype == full.dtype and value.shape in ((), full.shape)


def _all_bits(xp: Any, condition: Array, bits: str) -> Array:
    """Every bit set where the condition holds, none elsewhere."""
    return xp.negative(condition.view("i1")).astype(bits)


def _kept(xp: Any, condition: Array, values: Array, bits: str) -> Array:
    """`values` where the condition holds, elsewhere 0."""
    chosen = _all_bits(xp, condition, bits)
    chosen &= values.view(bits)
    return chosen.view(values.dtype)


def _mixed(xp: Any, condition: Array, one: Any, other: Any, bits: str) -> Array:
    dtype = "f" + bits[1]
    one, other = (xp.asarray(value, dtype).view(bits) for value in (one, other))
    chosen = _all_bits(xp, condition, bits)
    chosen &= one ^ other
    chosen ^= other
    return chosen.view(dtype)
