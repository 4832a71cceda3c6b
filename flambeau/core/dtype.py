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
        self.is_floating_point = kind in "fe"  # "e": an exponent alone, for scales
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
float8_e4m3fnuz = dtype("float8_e4m3fnuz", ml_dtypes.float8_e4m3fnuz, "f")
float8_e5m2fnuz = dtype("float8_e5m2fnuz", ml_dtypes.float8_e5m2fnuz, "f")
float8_e8m0fnu = dtype("float8_e8m0fnu", ml_dtypes.float8_e8m0fnu, "e")
complex64 = cfloat = dtype("complex64", "c8", "c")
complex128 = cdouble = dtype("complex128", "c16", "c")
bool_ = dtype("bool", "?", "b")

ALL = (uint8, uint16, uint32, uint64, int8, int16, int32, int64, float16, float32, float64, bfloat16,
       float8_e4m3fn, float8_e5m2, float8_e4m3fnuz, float8_e5m2fnuz, float8_e8m0fnu, complex64, complex128, bool_)


def _packed(name: str, kind: str) -> dtype:
    """A byte that a program packs smaller numbers into: it is stored, copied and viewed, and never computed with.

    A record of one field tells NumPy the types apart and has no arithmetic.
    """
    return dtype(name, [(name, "u1")], kind)


int1, int2, int3, int4, int5, int6, int7 = (_packed(f"int{bits}", "i") for bits in range(1, 8))
uint1, uint2, uint3, uint4, uint5, uint6, uint7 = (_packed(f"uint{bits}", "u") for bits in range(1, 8))
float4_e2m1fn_x2 = _packed("float4_e2m1fn_x2", "f")  # two numbers a byte

PACKED = (int1, int2, int3, int4, int5, int6, int7, uint1, uint2, uint3, uint4, uint5, uint6, uint7, float4_e2m1fn_x2)

_REAL = {complex64: float32, complex128: float64}
_COMPLEX = {float64: complex128}
_OF_NUMPY = {known.numpy: known for known in ALL + PACKED}

HALVES = frozenset(known.numpy for known in ALL if known.is_floating_point and known.itemsize <= 2)  # computed in float32


def is_packed(numpy_type: Any) -> bool:
    """Say whether a NumPy type is a byte of smaller numbers, which nothing computes with."""
    return numpy_type.names is not None


def refuse_packed(numpy_type: Any, what: str) -> None:
    """Raise NotImplementedError for bytes of smaller numbers, which a program takes apart itself."""
    if is_packed(numpy_type):
        raise NotImplementedError(f'"{what}" not implemented for {from_numpy(numpy_type)}: its bytes hold smaller numbers that '
                                  "a program packs itself; view(torch.uint8) shows them")


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
