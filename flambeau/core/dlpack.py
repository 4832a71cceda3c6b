"""DLPack: arrays handed to other libraries and taken from theirs, over the same memory.

NumPy and CuPy do the exchange. They know no bfloat16 and no 8-bit floats: those travel as whole numbers of their size, and
the one byte that names the kind of number is written into the capsule here, or read from it.
"""
from __future__ import annotations

import ctypes
import enum
from typing import Any

import numpy

from flambeau.core import dtype as dtypes
from flambeau.core.arrays import Array, namespace_of
from flambeau.core.device import cupy, device_of


class DLDeviceType(enum.IntEnum):
    """Kinds of memory, as DLPack numbers them."""

    kDLCPU = 1
    kDLCUDA = 2
    kDLCUDAHost = 3
    kDLOpenCL = 4
    kDLVulkan = 7
    kDLMetal = 8
    kDLVPI = 9
    kDLROCM = 10
    kDLROCMHost = 11
    kDLExtDev = 12
    kDLCUDAManaged = 13
    kDLOneAPI = 14
    kDLWebGPU = 15
    kDLHexagon = 16
    kDLMAIA = 17


_ON_HOST = {DLDeviceType.kDLCPU, DLDeviceType.kDLCUDAHost, DLDeviceType.kDLROCMHost}
_CODES = {dtypes.bfloat16.numpy: 4, dtypes.float8_e4m3fn.numpy: 10, dtypes.float8_e5m2.numpy: 12}
_UINT = 1


# ------------------------------------------------------------------------------------- what is in a capsule


class _DLTensor(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("device_type", ctypes.c_int32), ("device_id", ctypes.c_int32),
                ("ndim", ctypes.c_int32), ("code", ctypes.c_uint8), ("bits", ctypes.c_uint8), ("lanes", ctypes.c_uint16),
                ("shape", ctypes.c_void_p), ("strides", ctypes.c_void_p), ("byte_offset", ctypes.c_uint64)]


class _Managed(ctypes.Structure):
    _fields_ = [("tensor", _DLTensor), ("context", ctypes.c_void_p), ("deleter", ctypes.c_void_p)]


class _ManagedVersioned(ctypes.Structure):
    _fields_ = [("major", ctypes.c_uint32), ("minor", ctypes.c_uint32), ("context", ctypes.c_void_p),
                ("deleter", ctypes.c_void_p), ("flags", ctypes.c_uint64), ("tensor", _DLTensor)]


_KINDS: dict[bytes, Any] = {b"dltensor": _Managed, b"dltensor_versioned": _ManagedVersioned}
_is_valid = ctypes.pythonapi.PyCapsule_IsValid
_is_valid.argtypes, _is_valid.restype = [ctypes.py_object, ctypes.c_char_p], ctypes.c_int
_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.argtypes, _pointer.restype = [ctypes.py_object, ctypes.c_char_p], ctypes.c_void_p


def is_capsule(value: Any) -> bool:
    return type(value).__name__ == "PyCapsule"


def _described(capsule: Any) -> Any:
    """Return the tensor that a capsule holds. Raises RuntimeError where it holds none, or none any longer."""
    for name, kind in _KINDS.items():
        if _is_valid(capsule, name):
            return kind.from_address(_pointer(capsule, name)).tensor
    raise RuntimeError("from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so "
                       "you might have already constructed a tensor from it once.")


# ------------------------------------------------------------------------------------- giving


def device_pair(array: Array) -> tuple[DLDeviceType, int]:
    """Return where an array is, in DLPack's numbers."""
    place = device_of(array)
    return (DLDeviceType.kDLCPU, 0) if place.type == "cpu" else (DLDeviceType.kDLCUDA, place.index or 0)


def exported(array: Array, **options: Any) -> Any:
    """Return a capsule over the memory of an array. `options`: those of `__dlpack__` that are not None go to its library."""
    asked = {name: value for name, value in options.items() if value is not None}
    code = _CODES.get(array.dtype)
    if code is None:
        return array.__dlpack__(**asked)
    capsule = array.view(f"u{array.itemsize}").__dlpack__(**asked)
    _described(capsule).code = code
    return capsule


# ------------------------------------------------------------------------------------- taking


class _Producer:
    """Stands for another library's tensor, or a bare capsule, in front of the library that takes it."""

    def __init__(self, source: Any) -> None:
        self.source = source
        self.kind: Any = None  # the dtype that travels as whole numbers

    def __dlpack__(self, **options: Any) -> Any:
        capsule = self.source if is_capsule(self.source) else self.source.__dlpack__(**options)
        described = _described(capsule)
        self.kind = next((kind for kind, code in _CODES.items() if code == described.code and described.lanes == 1), None)
        if self.kind is not None:
            described.code = _UINT
        return capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        if is_capsule(self.source):
            described = _described(self.source)
            return described.device_type, described.device_id
        kind, index = self.source.__dlpack_device__()
        return int(kind), int(index)


def imported(source: Any, copy: bool | None = None) -> Array:
    """Return an array over the memory of a tensor of any library, or of a capsule; `copy` as in `from_dlpack`.

    Raises RuntimeError for what is neither, BufferError for memory that no array can be over.
    """
    if not is_capsule(source) and not hasattr(source, "__dlpack__"):
        raise RuntimeError(f"from_dlpack received an invalid capsule: {type(source).__name__} has no __dlpack__; "
                           "use torch.as_tensor for numbers and lists")
    producer = _Producer(source)
    array = _library_for(producer.__dlpack_device__()[0]).from_dlpack(producer, **_copying(source, copy))
    if min(array.strides, default=0) < 0:
        raise ValueError("At least one stride in the given tensor is negative, and tensors with negative strides are not "
                         "supported; make a copy first")
    array = array if producer.kind is None else array.view(producer.kind)
    return namespace_of(array).array(array, order="K") if copy and is_capsule(source) else array


def _copying(source: Any, copy: bool | None) -> dict[str, Any]:
    """A capsule cannot be asked for a copy: it is what it is."""
    return {} if copy is None or is_capsule(source) else {"copy": copy}


def _library_for(kind: int) -> Any:
    if kind in _ON_HOST:
        return numpy
    if kind in (DLDeviceType.kDLCUDA, DLDeviceType.kDLCUDAManaged):
        return cupy()
    names = {member.value: member.name for member in DLDeviceType}
    raise BufferError(f"from_dlpack: memory of kind {names.get(kind, kind)} is neither the host's nor a CUDA GPU's; copy the "
                      "tensor to the CPU in its own library first")
