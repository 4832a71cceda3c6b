"""Which dtype comes out when several go in.

PyTorch's rules, not NumPy's: a tensor with dims outranks a 0-dim tensor, and that a Python number, unless the lesser
one is of a higher kind (bool < integer < float < complex).
"""
from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, TypeAlias

import ml_dtypes
import numpy

from flambeau.core.dtype import HALVES, default_complex, default_float, refuse_packed

Numpy: TypeAlias = "numpy.dtype[Any]"

BOOL, INT64 = numpy.dtype(bool), numpy.dtype("i8")
FLOAT32, FLOAT64 = numpy.dtype("f4"), numpy.dtype("f8")
COMPLEX64, COMPLEX128 = numpy.dtype("c8"), numpy.dtype("c16")
BFLOAT16 = numpy.dtype(ml_dtypes.bfloat16)

_KINDS = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}


def kind_of(dtype: Numpy) -> int:
    """0 for bool, 1 for integers, 2 for floats, 3 for complex.

    Raises NotImplementedError for bytes that hold packed numbers.
    """
    if dtype in HALVES:
        return 2
    refuse_packed(dtype, "promote_types")
    return _KINDS[dtype.kind]


@cache
def promote_types(one: Numpy, other: Numpy) -> Numpy:
    """Return the smallest dtype, of the higher of the two kinds, that both fit.

    Raises RuntimeError for an unsigned integer of 16 or more bits with a signed one, which PyTorch has no answer for.
    """
    if one == other:
        return one
    low, high = sorted((one, other), key=kind_of)
    if kind_of(high) == 3 and kind_of(low) == 2:
        return COMPLEX128 if FLOAT64 in (low, high) or high == COMPLEX128 else COMPLEX64
    if kind_of(low) != kind_of(high):
        return high
    if kind_of(high) == 2 and one.itemsize <= 2 and other.itemsize <= 2:
        return FLOAT32  # neither half type holds the other
    if kind_of(high) == 1 and one.kind != other.kind:
        unsigned, signed = (one, other) if one.kind == "u" else (other, one)
        if unsigned.itemsize > 1:
            raise RuntimeError(f"Promotion for uint16, uint32, uint64 types is not supported, attempted to promote "
                               f"{unsigned.name} and {signed.name}; convert one of them first")
        return signed if signed.itemsize > 1 else numpy.dtype("i2")
    return one if one.itemsize > other.itemsize else other


def of_number(value: Any) -> Numpy:
    """Return the dtype that a Python number stands for."""
    if isinstance(value, bool):
        return BOOL
    if isinstance(value, int):
        return INT64
    return default_complex() if isinstance(value, complex) else default_float()


def _over(higher: Numpy | None, lower: Numpy | None) -> Numpy | None:
    """Let the group that outranks decide, unless the other is of a higher kind."""
    if higher is None or lower is None:
        return lower if higher is None else higher
    if kind_of(higher) == 2 and kind_of(lower) == 3:
        return COMPLEX128 if higher == FLOAT64 else COMPLEX64
    return higher if kind_of(higher) >= kind_of(lower) else promote_types(higher, lower)


def result_type(arrays: Iterable[Any], numbers: Iterable[Any] = ()) -> Numpy:
    """Return the common dtype of arrays and Python numbers."""
    with_dims: Numpy | None = None
    without_dims: Numpy | None = None
    number: Numpy | None = None
    for array in arrays:
        if array.ndim:
            with_dims = array.dtype if with_dims is None else promote_types(with_dims, array.dtype)
        else:
            without_dims = array.dtype if without_dims is None else promote_types(without_dims, array.dtype)
    for value in numbers:
        number = of_number(value) if number is None else promote_types(number, of_number(value))
    result = _over(with_dims, _over(without_dims, number))
    assert result is not None, "result_type of nothing"
    return result


def can_cast(source: Numpy, target: Numpy) -> bool:
    """Say whether PyTorch lets a result of dtype `source` be written into a tensor of dtype `target`."""
    return kind_of(source) <= kind_of(target) and not (kind_of(target) == 0 and kind_of(source) != 0)
