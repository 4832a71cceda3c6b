"""Distributions that need a fixed number of draws a value, for whole arrays at once; each takes the engine first.

Where PyTorch computes in float64 and casts, so does this; tests/test_random.py compares the values.
"""
from __future__ import annotations

import math
from typing import Any

import numpy

from flambeau.core.arrays import Array
from flambeau.core.dtype import HALVES

DOUBLE, SINGLE = numpy.dtype("f8"), numpy.dtype("f4")


def uniform(engine: Any, shape: tuple[int, ...], dtype: Any, low: float = 0.0, high: float = 1.0) -> Array:
    """Draw from [low, high)."""
    if dtype.kind == "c":
        return paired(uniform(engine, (*shape, 2), real_of(dtype), low, high), dtype)
    compute = DOUBLE if dtype == DOUBLE else SINGLE
    start, end = compute.type(low), compute.type(high)
    values = scaled(engine.uniform(math.prod(shape), compute), end - start, start).astype(dtype, copy=False)
    if dtype in HALVES:  # rounding to so few bits can reach the end that is not part of the range
        values = engine.xp.where(values == dtype.type(high), dtype.type(low), values)
    return values.reshape(shape)


def normal(engine: Any, shape: tuple[int, ...], dtype: Any, mean: float = 0.0, std: float = 1.0,
           one_by_one: bool = False) -> Array:
    """Draw from a normal distribution; `one_by_one` is how PyTorch fills memory with gaps."""
    if dtype.kind == "c":
        return paired(normal(engine, (*shape, 2), real_of(dtype), mean, std / math.sqrt(2), one_by_one), dtype)
    values = engine.normal(math.prod(shape), dtype, one_by_one)
    number = values.dtype.type
    return scaled(values, number(std), number(mean)).astype(dtype, copy=False).reshape(shape)


def scaled(values: Array, factor: Any, shift: Any) -> Array:
    """Return values · factor + shift, rounded once as PyTorch's fused multiply-add does: float64 holds the product."""
    if factor == 1 and shift == 0:
        return values
    return (values.astype(DOUBLE) * float(factor) + float(shift)).astype(values.dtype, copy=False)


def real_of(dtype: Any) -> Any:
    return SINGLE if dtype.itemsize == 8 else DOUBLE


def paired(values: Array, dtype: Any) -> Array:
    """Look at pairs of numbers as complex ones."""
    return values.view(dtype)[..., 0]


def bernoulli(engine: Any, shape: tuple[int, ...], probability: Any) -> Array:
    """Return True with a probability, one for all or an array of them.

    A number takes two words a draw, as a float64 array does; a float32 or half array takes one.
    """
    count = math.prod(shape)
    if not isinstance(probability, int | float):
        compute = DOUBLE if probability.dtype == DOUBLE else SINGLE
        return engine.uniform(count, compute).reshape(shape) < probability.astype(compute, copy=False)
    words = engine.wide_words(count)
    words &= numpy.uint64(2**53 - 1)
    return (words < numpy.uint64(math.ceil(probability * 2**53))).reshape(shape)  # as if compared as numbers in [0, 1)


def exponential(engine: Any, shape: tuple[int, ...], dtype: Any, rate: float = 1.0) -> Array:
    values = engine.xp.log1p(-engine.uniform(math.prod(shape), DOUBLE))
    return (-1 / rate * values).astype(dtype, copy=False).reshape(shape)


def cauchy(engine: Any, shape: tuple[int, ...], dtype: Any, median: float = 0.0, sigma: float = 1.0) -> Array:
    values = engine.xp.tan(math.pi * (engine.uniform(math.prod(shape), DOUBLE) - 0.5))
    return (median + sigma * values).astype(dtype, copy=False).reshape(shape)


def log_normal(engine: Any, shape: tuple[int, ...], dtype: Any, mean: float = 1.0, std: float = 2.0) -> Array:
    """Draw e to the power of a normal number; PyTorch never takes its blocks for it."""
    values = engine.normal(math.prod(shape), DOUBLE, True) * std + mean
    return engine.xp.exp(values).astype(dtype, copy=False).reshape(shape)


def geometric(engine: Any, shape: tuple[int, ...], dtype: Any, probability: float) -> Array:
    """Draw how many trials it takes to the first success."""
    xp = engine.xp
    values = xp.ceil(xp.log(engine.uniform(math.prod(shape), DOUBLE)) / math.log1p(-probability))
    return values.astype(dtype, copy=False).reshape(shape)
