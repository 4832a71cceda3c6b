"""Whole numbers, permutations, and draws from given weights; each takes the engine first."""
from __future__ import annotations

import math
from typing import Any

import numpy

from flambeau.core.arrays import Array
from flambeau.core.random.distributions import DOUBLE, exponential

WIDE_RANGE = 2**28  # from here on PyTorch takes 64-bit draws, or small remainders would come up more often
LARGE_PERMUTATION = (2**32 - 1) // 20  # likewise for shuffling
DIGITS = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}


def integers(engine: Any, shape: tuple[int, ...], dtype: Any, low: int, high: int) -> Array:
    """Draw from low, …, high - 1."""
    span = high - low
    draw = engine.wide_words if span >= WIDE_RANGE else engine.words
    words = draw(math.prod(shape))
    offsets = words if span >= 2**64 else words % words.dtype.type(span)
    values = offsets.astype(engine.xp.uint64) + engine.xp.uint64(low % 2**64)  # wraps to the right signed number
    return converted(values, dtype, shape)


def any_integers(engine: Any, shape: tuple[int, ...], dtype: Any) -> Array:
    """Draw from 0 up to the largest number of an integer type, or up to the last one a float type counts to."""
    draw = engine.wide_words if dtype.name in ("int64", "float64") else engine.words
    words = draw(math.prod(shape))
    return converted((words % words.dtype.type(end_of(dtype))).astype(engine.xp.uint64), dtype, shape)


def end_of(dtype: Any) -> int:
    if dtype.kind == "b":
        return 2
    return 2**DIGITS[dtype.name] + 1 if dtype.name in DIGITS else int(numpy.iinfo(dtype).max) + 1


def converted(values: Array, dtype: Any, shape: tuple[int, ...]) -> Array:
    return values.view(numpy.int64).astype(dtype, copy=False).reshape(shape)


def permutation(engine: Any, count: int, dtype: Any) -> Array:
    """Return 0, …, count - 1 in random order: PyTorch swaps place i with one of those from i on, for each i in turn."""
    places = numpy.arange(count, dtype=numpy.int64)
    swaps = max(count - 1, 0)
    words = engine.words(swaps) if count < LARGE_PERMUTATION else engine.wide_words(swaps)
    words = numpy.asarray(words if engine.xp is numpy else words.get()).astype(numpy.uint64)
    partners = places.copy()
    partners[:swaps] += (words % numpy.arange(count, 1, -1, dtype=numpy.uint64)).astype(numpy.int64)
    return engine.xp.asarray(after_swaps(places, partners).astype(dtype, copy=False))


def after_swaps(places: Array, partners: Array) -> Array:
    """Say what lies where after swapping place i with partners[i] ≥ i for i = 0, 1, …, without going through them.

    Step i leaves in place i what its partner held. A place holds its own number until a step has put something there,
    then what the last such step k moved away, which is what place k held before step k. So each step points to an
    earlier one; following the pointers, twice as far each round, ends at a number that had not moved.
    """
    count = places.size
    order = numpy.sort(partners * count + places) % max(count, 1)  # steps by the place they swap with, then by time
    place = partners[order]
    from_afar = place != order
    held = places.copy()
    held[place[from_afar]] = order[from_afar]  # the last step into each place wins
    while not numpy.array_equal(held, further := held[held]):
        held = further
    repeated = place[1:] == place[:-1]  # another step swapped with the same place before
    result = partners.copy()
    result[order[1:][repeated]] = held[order[:-1][repeated]]
    return result


def multinomial(engine: Any, weights: Array, count: int, replacement: bool) -> Array:
    """Draw `count` positions from each row of weights."""
    if replacement and count > 1:
        return with_replacement(engine, weights, count)
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
