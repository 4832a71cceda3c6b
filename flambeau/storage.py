"""`torch.storage`: the memory under tensors, by bytes or by elements."""
from __future__ import annotations

import warnings
from typing import Any

import numpy

from flambeau.core import device as devices
from flambeau.core import dtype as dtypes
from flambeau.core import host_memory
from flambeau.core.arrays import Array, namespace_of, owner_of
from flambeau.core.tensor import TensorBase, wrap


class UntypedStorage:
    """The bytes that one or several tensors look at. A write is seen in all of them."""

    def __init__(self, *args: Any, device: Any = None) -> None:
        """Make a storage of so many bytes, or of those in a list."""
        if len(args) > 1 or args and not isinstance(args[0], int | list | tuple):
            raise TypeError("UntypedStorage takes a number of bytes, or a list of them")
        given = args[0] if args else 0
        place = devices.resolve(device)
        bytes_ = numpy.zeros(given, "u1") if isinstance(given, int) else numpy.asarray(given, "u1")
        self._bytes: Array = devices.moved(bytes_, place)

    @classmethod
    def _over(cls, array: Array) -> UntypedStorage:
        made: UntypedStorage = object.__new__(cls)
        made._bytes = _bytes_of(array)
        return made

    @classmethod
    def from_buffer(cls, *args: Any, **kwargs: Any) -> UntypedStorage:
        """Copy the bytes of a buffer."""
        made: UntypedStorage = object.__new__(cls)
        made._bytes = numpy.frombuffer(kwargs.get("buffer", args[0] if args else b""), "u1").copy()
        return made

    @property
    def device(self) -> Any:
        return devices.device_of(self._bytes)

    @property
    def is_cuda(self) -> bool:
        return bool(self.device.type == "cuda")

    def get_device(self) -> int:
        """Return the number of the GPU, -1 on the CPU."""
        return self.device.index if self.is_cuda else -1

    def nbytes(self) -> int:
        return int(self._bytes.nbytes)

    def size(self) -> int:
        return len(self)

    def element_size(self) -> int:
        return 1

    def data_ptr(self) -> int:
        return int(wrap(self._bytes).data_ptr())

    def untyped(self) -> UntypedStorage:
        return self

    def clone(self) -> UntypedStorage:
        return self._with(self._bytes.copy())

    def cpu(self) -> UntypedStorage:
        return self.to(device=devices.CPU)

    def cuda(self, device: Any = None, non_blocking: bool = False) -> UntypedStorage:
        return self.to(device="cuda" if device is None else device)

    def to(self, *, device: Any, non_blocking: bool = False) -> UntypedStorage:
        place = devices.resolve(device)
        return self if place == self.device else self._with(devices.moved(self._bytes, place))

    def _with(self, array: Array) -> UntypedStorage:
        made: UntypedStorage = object.__new__(type(self))
        made._bytes = array
        return made

    def copy_(self, source: Any, non_blocking: bool | None = None) -> UntypedStorage:
        """Take the bytes of another storage of as many. Raises RuntimeError for another number."""
        other = source.untyped()
        if other.nbytes() != self.nbytes():
            raise RuntimeError(f"size does not match, self was {self.nbytes()} bytes but src was {other.nbytes()} bytes")
        self._bytes[...] = devices.moved(other._bytes, self.device)
        return self

    def fill_(self, value: int) -> UntypedStorage:
        self._bytes[...] = value
        return self

    def resizable(self) -> bool:
        return False

    def resize_(self, size: int) -> UntypedStorage:
        """Raise RuntimeError unless it has that size: tensors hold on to their memory."""
        if size != self.nbytes():
            raise RuntimeError("Trying to resize storage that is not resizable: make a new tensor and copy")
        return self

    def is_shared(self) -> bool:
        return False

    def is_pinned(self, device: Any = "cuda") -> bool:
        return host_memory.is_pinned(self._bytes)

    def pin_memory(self, device: Any = "cuda") -> UntypedStorage:
        """Copy to page-locked memory, from which copies to a GPU are faster. Raises RuntimeError without a GPU."""
        bytes_ = host_memory.pinned(self._bytes)
        return self if bytes_ is self._bytes else self._with(bytes_)

    def tolist(self) -> list[int]:
        return [int(value) for value in devices.moved(self._bytes, devices.CPU)]

    def __len__(self) -> int:
        return int(self._bytes.size)

    def __getitem__(self, index: Any) -> Any:
        found = self._bytes[index]
        return self._with(found) if isinstance(index, slice) else int(found)

    def __setitem__(self, index: Any, value: Any) -> None:
        self._bytes[index] = value

    def __iter__(self) -> Any:
        return iter(self.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UntypedStorage) and self.data_ptr() == other.data_ptr() and len(self) == len(other)

    def __hash__(self) -> int:
        return hash((self.data_ptr(), len(self)))

    def __repr__(self) -> str:
        lines = "".join(f" {value}\n" for value in self)
        return f"{lines}[torch.storage.UntypedStorage(device={self.device}) of size {len(self)}]"


def _bytes_of(array: Array) -> Array:
    """Look at all the memory that an array is part of, as bytes."""
    owner = owner_of(array)
    if not owner.flags.c_contiguous:
        owner = owner.transpose(sorted(range(owner.ndim), key=lambda dim: -owner.strides[dim]))
    if not owner.flags.c_contiguous:  # memory of another library, which tells of no more than this
        owner = namespace_of(array).ascontiguousarray(array)
    return owner.reshape(-1).view("u1")


class TypedStorage:
    """The same memory by elements of one dtype. Deprecated in PyTorch; `UntypedStorage` is what is meant to stay."""

    dtype: Any

    def __init__(self, *args: Any, wrap_storage: UntypedStorage | None = None, dtype: Any = None, device: Any = None,
                 _internal: bool = False) -> None:
        self.dtype = dtype or dtypes.get_default_dtype()
        if wrap_storage is not None:
            self._untyped_storage = wrap_storage
            return
        given = args[0] if args else 0
        elements = numpy.zeros(given, self.dtype.numpy) if isinstance(given, int) else numpy.asarray(given, self.dtype.numpy)
        self._untyped_storage = UntypedStorage._over(devices.moved(elements, devices.resolve(device)))

    @property
    def _elements(self) -> Array:
        return self._untyped_storage._bytes.view(self.dtype.numpy)

    @property
    def device(self) -> Any:
        return self._untyped_storage.device

    @property
    def is_cuda(self) -> bool:
        return self._untyped_storage.is_cuda

    def untyped(self) -> UntypedStorage:
        return self._untyped_storage

    def size(self) -> int:
        return len(self)

    def nbytes(self) -> int:
        return self._untyped_storage.nbytes()

    def element_size(self) -> int:
        return int(self.dtype.itemsize)

    def data_ptr(self) -> int:
        return self._untyped_storage.data_ptr()

    def pickle_storage_type(self) -> str:
        return f"{_name_of(self.dtype)}Storage"

    def type(self, dtype: Any = None, non_blocking: bool = False) -> Any:
        """Return the name of this kind of storage, or the elements as another dtype."""
        if dtype is None:
            return f"torch.{self.pickle_storage_type()}"
        return TypedStorage(wrap_storage=UntypedStorage._over(self._elements.astype(dtypes.as_numpy(dtype))), dtype=dtype)

    def clone(self) -> TypedStorage:
        return TypedStorage(wrap_storage=self._untyped_storage.clone(), dtype=self.dtype)

    def cpu(self) -> TypedStorage:
        return TypedStorage(wrap_storage=self._untyped_storage.cpu(), dtype=self.dtype)

    def cuda(self, device: Any = None, non_blocking: bool = False) -> TypedStorage:
        return TypedStorage(wrap_storage=self._untyped_storage.cuda(device, non_blocking), dtype=self.dtype)

    def is_pinned(self, device: Any = "cuda") -> bool:
        return self._untyped_storage.is_pinned(device)

    def pin_memory(self, device: Any = "cuda") -> TypedStorage:
        return TypedStorage(wrap_storage=self._untyped_storage.pin_memory(device), dtype=self.dtype)

    def copy_(self, source: Any, non_blocking: bool | None = None) -> TypedStorage:
        self._elements[...] = devices.moved(source._elements, self.device)
        return self

    def fill_(self, value: Any) -> TypedStorage:
        self._elements[...] = value
        return self

    def tolist(self) -> list[Any]:
        return list(devices.moved(self._elements, devices.CPU).tolist())

    def is_shared(self) -> bool:
        return False

    def __len__(self) -> int:
        return self.nbytes() // self.element_size()

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise RuntimeError("slices are only supported in UntypedStorage.__getitem__")
        return self._elements[index].item()

    def __setitem__(self, index: Any, value: Any) -> None:
        self._elements[index] = value

    def __iter__(self) -> Any:
        return iter(self.tolist())

    def __repr__(self) -> str:
        lines = "".join(f" {value}\n" for value in self)
        return f"{lines}[torch.storage.TypedStorage(dtype={self.dtype}, device={self.device}) of size {len(self)}]"


def _name_of(dtype: Any) -> str:
    from flambeau.dispatch.inplace import pytorch_name

    return pytorch_name(dtype.numpy)


class _OfOneKind(type):
    """The class of `FloatStorage` and its like: what they are asked about is the dtype and the kind of device."""

    dtype: dtypes.dtype
    place: str

    def __instancecheck__(cls, storage: Any) -> bool:
        return isinstance(storage, TypedStorage) and storage.dtype is cls.dtype and storage.device.type == cls.place

    def __call__(cls, *args: Any, wrap_storage: UntypedStorage | None = None, dtype: Any = None, device: Any = None,
                 _internal: bool = False) -> TypedStorage:
        """Make a storage of so many elements, or of those in a list. Raises RuntimeError where a dtype or device is named."""
        for name, value in (("dtype", dtype), ("device", device)):
            if value is not None:
                raise RuntimeError(f"{cls.__name__}.__new__: keyword argument '{name}' cannot be specified: the class says it")
        return TypedStorage(*args, wrap_storage=wrap_storage, dtype=cls.dtype, device=cls.place)


def _storage_class(dtype: dtypes.dtype, place: str = "cpu") -> Any:
    return _OfOneKind(f"{_name_of(dtype)}Storage", (), {
        "dtype": dtype, "place": place, "__module__": "torch" if place == "cpu" else "torch.cuda",
        "__doc__": f"Elements of {dtype} on {'the CPU' if place == 'cpu' else 'a GPU'}."})


BoolStorage, ByteStorage, CharStorage = map(_storage_class, (dtypes.bool_, dtypes.uint8, dtypes.int8))
ShortStorage, IntStorage, LongStorage = map(_storage_class, (dtypes.int16, dtypes.int32, dtypes.int64))
HalfStorage, BFloat16Storage = map(_storage_class, (dtypes.float16, dtypes.bfloat16))
FloatStorage, DoubleStorage = map(_storage_class, (dtypes.float32, dtypes.float64))
ComplexFloatStorage, ComplexDoubleStorage = map(_storage_class, (dtypes.complex64, dtypes.complex128))
Storage = TypedStorage


def of(tensor: TensorBase) -> UntypedStorage:
    """The memory that a tensor looks at."""
    return UntypedStorage._over(tensor._array)


def typed(tensor: TensorBase) -> TypedStorage:
    """The memory that a tensor looks at, by elements of its dtype."""
    warnings.warn("TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage "
                  "class. To access UntypedStorage directly, use tensor.untyped_storage() instead of tensor.storage()",
                  stacklevel=3)
    return TypedStorage(wrap_storage=of(tensor), dtype=dtypes.from_numpy(tensor._array.dtype))


def is_storage(obj: Any, /) -> bool:
    return isinstance(obj, TypedStorage | UntypedStorage)


def elements(storage: Any, dtype: Any) -> Array:
    """The elements of any storage, for a tensor to look at. Raises RuntimeError for a typed one of another dtype."""
    if isinstance(storage, TypedStorage) and storage.dtype.numpy != dtype:
        raise RuntimeError(f"Expected a Storage of type {dtypes.from_numpy(dtype)} or an UntypedStorage, but got "
                           f"{storage.dtype}")
    memory = storage.untyped()._bytes
    return memory[:memory.size // dtype.itemsize * dtype.itemsize].view(dtype)
