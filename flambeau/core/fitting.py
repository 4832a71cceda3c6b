"""Python numbers on their way into a dtype: what becomes of them there, and which of them it refuses."""
from __future__ import annotations

import math
from functools import cache
from typing import Any

import ml_dtypes
import numpy

from flambeau.core.dtype import HALVES

_C_NAMES = {"uint8": "uint8_t", "int8": "int8_t", "uint16": "uint16_t", "int16": "int16_t", "uint32": "uint32_t",
            "int32": "int", "uint64": "uint64_t", "int64": "int64_t", "float16": "c10::Half", "bfloat16": "c10::BFloat16",
            "float32": "float", "float64": "double", "complex64": "c10::complex<float>",
            "complex128": "c10::complex<double>"}


def number_for(dtype: Any, value: Any) -> Any:
    """Return a Python number as an array of `dtype` takes it; -1 becomes 255 in uint8, 2.5 becomes 2 in an integer.

    Raises RuntimeError where it does not fit.
    """
    kind = dtype.kind
    if kind == "b":
        return bool(value)
    if isinstance(value, complex):
        if kind != "c":
            raise _misfit(dtype, value)
        return value
    if kind in "iu":
        if not _is_counted(dtype, value):
            raise _misfit(dtype, value)
        return int(value) % (1 << 8 * dtype.itemsize) if kind == "u" else int(value)
    if abs(value) > _largest(dtype) and not math.isinf(value):
        raise _misfit(dtype, value)
    return value if kind == "c" else float(value)


def _is_counted(dtype: Any, value: float) -> bool:
    """Say whether an integer dtype reaches a number. PyTorch lets negative ones into unsigned dtypes, as far as they wrap."""
    if dtype.kind == "u" and isinstance(value, float) and value < 0:
        return False  # only whole numbers wrap
    limit = 1 << 8 * dtype.itemsize - (dtype.kind == "i")
    return -limit - (dtype.kind == "i") < value < limit  # False for NaN too


@cache
def _largest(dtype: Any) -> float:
    facts = ml_dtypes.finfo if dtype in HALVES else numpy.finfo
    return float(facts(dtype).max)


def _misfit(dtype: Any, value: Any) -> RuntimeError:
    return RuntimeError(f"value cannot be converted to type {_C_NAMES.get(dtype.name, dtype.name)} without overflow: it is "
                        f"{value}")
