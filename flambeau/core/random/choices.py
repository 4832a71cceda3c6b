"""Permutations, and draws from given weights; each takes the engine first."""
from __future__ import annotations

import math
from typing import Any

from flambeau.core.arrays import Array
from flambeau.core.dtype import HALVES
from flambeau.core.random.distributions import DOUBLE, SINGLE, exponential

LARGE_PERMUTATION = (2**32 - 1) // 20  # from here on PyTorch takes 64-bit draws


def permutation(engine: Any, count: int, dtype: Any) -> Array:
    """Return 0, …, count - 1 in random order.

    PyTorch swaps place i with one of the places from i on, for each i in turn.
    """
    xp, swaps = engine.xp, max(count - 1, 0)
    words = engine.words(swaps) if count < LARGE_PERMUTATION else engine.wide_words(swaps)
    places = xp.arange(count, dtype=xp.int64)
    partners = places.copy()
    partners[:swaps] += (words % xp.arange(count, count - swaps, -1, dtype=words.dtype)).astype(xp.int64)
    return after_swaps(xp, places, partners).astype(dtype, copy=False)


def after_swaps(xp: Any, places: Array, partners: Array) -> Array:
    """Say what lies where after swapping place i with partners[i] ≥ i for i = 0, 1, …, without going through them.

    Step i leaves in place i what its partner held. A place holds its own number until a step has put something there,
    then what the last such step k moved away, which is what place k held before step k. So each step points to an
    earlier one; following the pointers, twice as far each round, ends at a number that had not moved.
    """
    count = places.size
    order = xp.sort(partners * count + places) % max(count, 1)  # steps by the place they swap with, then by time
    place = partners[order]
    again = place[1:] == place[:-1]  # the step after this one swaps with the same place
    last_from_afar = (place != order) & ~xp.append(again & (place != order)[1:], xp.zeros(min(count, 1), bool))
    held = places.copy()
    held[place[last_from_afar]] = order[last_from_afar]
    while not xp.array_equal(held, further := held[held]):
        held = further
    result = partners.copy()
    result[order[1:][again]] = held[order[:-1][again]]
    return result


def multinomial(engine: Any, weights: Array, count: int, replacement: bool) -> Array:
    """Draw `count` positions from each row of weights."""
    if replacement and count > 1:
        return with_replacement(engine, weights.astype(SINGLE) if weights.dtype in HALVES else weights, count)
    xp = engine.xp
    races = weights / exponential(engine, weights.shape, weights.dtype)
    if count == 1:
        return xp.argmax(races, axis=-1)[..., None]
    return xp.argsort(-races, axis=-1, kind="stable")[..., :count]


def with_replacement(engine: Any, weights: Array, count: int) -> Array:
    """Draw uniform numbers and look up, in all rows at once, between which cumulative weights they fall."""
    xp = engine.xp
    ends = xp.cumsum(weights, axis=-1)
    ends /= ends[..., -1:].copy()
    ends[..., -1] = 1
    draws = engine.uniform(math.prod(ends.shape[:-1]) * count, DOUBLE).reshape(*ends.shape[:-1], count)
    first, last = xp.zeros(draws.shape, xp.int64), xp.full(draws.shape, ends.shape[-1], xp.int64)
    for _ in range(ends.shape[-1].bit_length()):
        middle = (first + last) // 2
        below = xp.take_along_axis(ends, xp.minimum(middle, ends.shape[-1] - 1), axis=-1) < draws
        first, last = xp.where(below, middle + 1, first), xp.where(below, last, middle)
    return first
