"""The element types, under PyTorch's names."""
from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy


class dtype:  # noqa: N801  PyTorch's name
    """An element type: its name, the NumPy type that stores it, and what kind of number it is."""

    __slots__ = ("is_complex", "is_floating_point", "is_signed", "itemsize", "name", "numpy")

    def __init__(self, name: str, numpy_type: Any, kind: str) -> None:
        self.name = name
        self.numpy = numpy.dtype(numpy_type)
        self.itemsize = self.numpy.itemsize
        self.is_floating_point = kind == "f"
        self.is_complex = kind == "c"
        self.is_signed = kind in "ifc"

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name

    def to_real(self) -> dtype:
        return _REAL.get(self, self)

    def to_complex(self) -> dtype:
        return _COMPLEX.get(self, self if self.is_complex else complex64)


uint8 = dtype("uint8", "u1", "u")
uint16 = dtype("uint16", "u2", "u")
uint32 = dtype("uint32", "u4", "u")
uint64 = dtype("uint64", "u8", "u")
int8 = dtype("int8", "i1", "i")
int16 = short = dtype("int16", "i2", "i")
int32 = int_ = dtype("int32", "i4", "i")
int64 = long = dtype("int64", "i8", "i")
float16 = half = dtype("float16", "f2", "f")
float32 = float_ = dtype("float32", "f4", "f")
float64 = double = dtype("float64", "f8", "f")
bfloat16 = dtype("bfloat16", ml_dtypes.bfloat16, "f")
float8_e4m3fn = dtype("float8_e4m3fn", ml_dtypes.float8_e4m3fn, "f")
float8_e5m2 = dtype("float8_e5m2", ml_dtypes.float8_e5m2, "f")
complex64 = cfloat = dtype("complex64", "c8", "c")
complex128 = cdouble = dtype("complex128", "c16", "c")
bool_ = dtype("bool", "?", "b")

ALL = (uint8, uint16, uint32, uint64, int8, int16, int32, int64, float16, float32, float64, bfloat16,
       float8_e4m3fn, float8_e5m2, complex64, complex128, bool_)

_REAL = {complex64: float32, complex128: float64}
_COMPLEX = {float64: complex128}
_OF_NUMPY = {known.numpy: known for known in ALL}

HALVES = frozenset({float16.numpy, bfloat16.numpy, float8_e4m3fn.numpy, float8_e5m2.numpy})  # computed in float32

_PYTHON_TYPES = {bool: bool_, int: int64, float: float32, complex: complex64}


def from_numpy(numpy_type: Any) -> dtype:
    """Return the dtype that `numpy_type` stores.

    Raises TypeError for types that PyTorch has no tensor of, such as strings and objects.
    """
    try:
        return _OF_NUMPY[numpy_type]
    except KeyError:
        pass
    native = numpy.dtype(numpy_type).newbyteorder("=")
    if native in _OF_NUMPY:
        return _OF_NUMPY[native]
    raise TypeError(
        f"can't convert np.ndarray of type {native.type.__module__}.{native.type.__name__}. The only supported types "
        "are: float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, uint32, uint16, "
        "uint8, and bool."
    )


def as_numpy(wanted: Any) -> numpy.dtype[Any]:
    """Return the NumPy type of a dtype, or of Python's `float`, `int`, `bool`, `complex`."""
    if isinstance(wanted, dtype):
        return wanted.numpy
    if wanted is float:
        return default_float()
    if wanted in _PYTHON_TYPES:
        return _PYTHON_TYPES[wanted].numpy
    raise TypeError(f"dtype must be torch.dtype, not {type(wanted).__name__}: {wanted!r}")


class _Default:
    float: dtype = float32


def default_float() -> numpy.dtype[Any]:
    """Return the NumPy type that integers become where a float is needed."""
    return _Default.float.numpy


def default_complex() -> numpy.dtype[Any]:
    return _Default.float.to_complex().numpy


def get_default_dtype() -> dtype:
    """Return the dtype of float tensors made without naming one."""
    return _Default.float


def set_default_dtype(d: dtype) -> None:
    """Choose the dtype of float tensors made without naming one.

    Raises TypeError unless `d` is a floating-point dtype.
    """
    if not isinstance(d, dtype) or not d.is_floating_point:
        raise TypeError(f"only floating-point types are supported as the default type, got {d!r}")
    _Default.float = d
