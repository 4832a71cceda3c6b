"""Whole numbers: which range a dtype allows, and draws from it."""
from __future__ import annotations

import math
from typing import Any

import numpy

from flambeau.core.arrays import Array

WIDE_RANGE = 2**28  # from here on PyTorch takes 64-bit draws, or small remainders would come up more often
LOWEST, END = -(2**63), 2**64
DIGITS = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}  # a float type counts to 2 to the power of these
HALF_MAX = 65504
C_NAMES = {"bool": "bool", "uint8": "unsigned char", "int8": "signed char", "uint16": "short unsigned int",
           "int16": "short int", "uint32": "unsigned int", "int32": "int", "uint64": "long unsigned int",
           "int64": "long int", "float16": "c10::Half", "bfloat16": "c10::BFloat16", "float32": "float",
           "float64": "double"}


def integers(engine: Any, shape: tuple[int, ...], dtype: Any, low: int, high: int) -> Array:
    """Draw from low, …, high - 1."""
    span = high - low
    words = (engine.wide_words if span >= WIDE_RANGE else engine.words)(math.prod(shape))
    if span < END:
        words %= words.dtype.type(span)
    values = words.astype(numpy.int64) if words.itemsize < 8 else words.view(numpy.int64)
    if low and span < END:
        values += low
    return values.astype(dtype, copy=False).reshape(shape)


def any_integers(engine: Any, shape: tuple[int, ...], dtype: Any) -> Array:
    """Draw from 0 up to the largest number of an integer type, or up to the last one a float type counts to."""
    words = (engine.wide_words if dtype.name in ("int64", "float64") else engine.words)(math.prod(shape))
    words %= words.dtype.type(largest(dtype) + 1)
    return words.astype(dtype).reshape(shape)


def largest(dtype: Any) -> int:
    """Return up to where `dtype` counts without gaps."""
    if dtype.kind == "b":
        return 1
    return 2**DIGITS[dtype.name] if dtype.name in DIGITS else int(numpy.iinfo(dtype).max)


def checked_range(dtype: Any, low: int, high: int | None) -> tuple[int, int]:
    """Return the range that PyTorch draws from when asked for `low` to `high` in a dtype.

    Raises RuntimeError for a range that is empty or outside the dtype.
    """
    if dtype.name not in C_NAMES:
        raise RuntimeError("check_random_bounds handles only integral, floating-point and boolean types, not "
                           f"{dtype.name}")
    if high is None:
        return full_range(dtype) if low == LOWEST else (check_end("from", low, dtype), largest(dtype) + 1)
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    check_end("from", low, dtype)
    check_end("to - 1", high - 1, dtype)
    return (inner_low(dtype, low), inner_high(dtype, high)) if dtype.name in DIGITS else (low, high)


def full_range(dtype: Any) -> tuple[int, int]:
    if dtype.name not in ("int64", "float64", "float32", "bfloat16"):
        raise RuntimeError("random_full_64_bits_range_kernel_cpu handles only int64, double, float and bfloat16, not "
                           f"{dtype.name}; give `to`, or a larger `from`")
    return LOWEST, LOWEST + END


def check_end(word: str, value: int, dtype: Any) -> int:
    """Refuse an end that the dtype cannot hold, and warn where it holds it but skips some numbers on the way."""
    name = C_NAMES.get(dtype.name, dtype.name)
    if not holds(dtype, value):
        raise RuntimeError(f"{word} is out of bounds for {name}: {value} cannot be drawn as {dtype.name}")
    digits = DIGITS.get(dtype.name)
    if digits is not None and abs(value) > 2**digits:
        import warnings

        warnings.warn(f"{word} is out of bounds [-(2^{digits}), 2^{digits}]. Due to precision limitations {name} can "
                      "support discrete uniform distribution only within this range.", UserWarning, stacklevel=5)
    return value


def holds(dtype: Any, value: int) -> bool:
    if dtype.kind in "iu":
        limits = numpy.iinfo(dtype)
        return bool(limits.min <= value <= limits.max)
    if dtype.kind == "b":
        return 0 <= value <= 1
    return dtype.name != "float16" or abs(value) <= HALF_MAX


def inner_low(dtype: Any, low: int) -> int:
    """Move an end that rounds to outside the range to the next number that the float type has."""
    rounded = int(dtype.type(low + 1))
    return low if rounded >= low else rounded + step_near(dtype, low + 1)


def inner_high(dtype: Any, high: int) -> int:
    rounded = int(dtype.type(high - 1))
    return high if rounded < high else rounded - step_near(dtype, high - 1)


def step_near(dtype: Any, value: int) -> int:
    return 1 << max(abs(value).bit_length() - DIGITS[dtype.name], 0)
