"""Writes plain objects and tensors as a pickle that PyTorch reads with `weights_only=True`.

Python's own pickler would write the names of flambeau's classes; these are the names PyTorch has for the same things.
"""
from __future__ import annotations

import pickle
import struct
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

import numpy

from flambeau.core.device import device, device_of
from flambeau.core.dtype import dtype
from flambeau.core.layout import layout
from flambeau.core.size import Size
from flambeau.core.tensor import TensorBase
from flambeau.serialization.memory import Memory
from flambeau.serialization.names import STORAGES


def pickled(obj: Any) -> tuple[bytes, Memory]:
    """Return the pickle of `obj` and the memory behind its tensors.

    Raises pickle.PicklingError for what `load` could not read back, saying where it is.
    """
    memory = Memory()
    _Writer(memory, is_dry=True).write(obj)  # to see how far each piece of memory is used
    writer = _Writer(memory, is_dry=False)
    writer.out += pickle.PROTO + b"\x02"
    writer.write(obj)
    return bytes(writer.out + pickle.STOP), memory


class _Writer:
    """Appends the opcodes of pickle protocol 2 for one object after another."""

    def __init__(self, memory: Memory, is_dry: bool) -> None:
        self.memory = memory
        self.is_dry = is_dry
        self.out = bytearray()
        self.memo: dict[Any, tuple[int, Any]] = {}  # keeps what it knows by id alive
        self.path: list[Any] = []  # keys and places on the way to the present object
        self.open: set[int] = set()  # tuples and the like on that way, which have no number yet

    def write(self, obj: Any) -> None:
        self._write_as(_WRITERS.get(type(obj)) or _writer_by_class(obj), obj)

    def _write_as(self, write: Callable[[_Writer, Any], None] | None, obj: Any) -> None:
        if write is None:
            raise pickle.PicklingError(f"save: cannot write {self._where()}, a {_class_name(obj)}{_remedy(obj)}")
        write(self, obj)

    def _where(self) -> str:
        return "obj" + "".join(f"[{key!r}]" for key in self.path)

    def known(self, key: Any) -> bool:
        """Write a reference to what was written before, if it was."""
        if key not in self.memo:
            return False
        place = self.memo[key][0]
        self.out += pickle.BINGET + bytes([place]) if place < 256 else pickle.LONG_BINGET + struct.pack("<I", place)
        return True

    def remember(self, key: Any, obj: Any = None) -> None:
        """Give what was just written a number."""
        place = len(self.memo)
        self.memo[key] = place, obj
        self.out += pickle.BINPUT + bytes([place]) if place < 256 else pickle.LONG_BINPUT + struct.pack("<I", place)

    def name(self, module: str, name: str) -> None:
        if not self.known((module, name)):
            self.out += pickle.GLOBAL + f"{module}\n{name}\n".encode("ascii")
            self.remember((module, name))

    def call(self, module: str, name: str, *args: Any) -> None:
        """Write the call of a function, by name, that makes the object."""
        self.name(module, name)
        _write_tuple(self, args)
        self.out += pickle.REDUCE

    def child(self, key: Any, obj: Any) -> None:
        self.path.append(key)
        self.write(obj)
        self.path.pop()


def _writer_by_class(obj: Any) -> Callable[[_Writer, Any], None] | None:
    """Return how to write an object whose class is not itself in the table."""
    if isinstance(obj, TensorBase):
        return _write_tensor
    return _write_numpy_number if isinstance(obj, numpy.generic) else None


def _class_name(obj: Any) -> str:
    return f"{type(obj).__module__}.{type(obj).__qualname__}"


def _remedy(obj: Any) -> str:
    if hasattr(obj, "state_dict"):
        return ": files hold values, not code; save its state_dict() and load that into a new one"
    if isinstance(obj, numpy.ndarray):
        return ": save torch.from_numpy(array)"
    return (": files hold tensors, numbers, strings, bytes, lists, tuples, dicts and sets of them, so that loading one "
            "never runs code; save what it is made of")


def _write_none(writer: _Writer, obj: None) -> None:
    writer.out += pickle.NONE


def _write_bool(writer: _Writer, obj: bool) -> None:
    writer.out += pickle.NEWTRUE if obj else pickle.NEWFALSE


def _write_int(writer: _Writer, obj: int) -> None:
    if 0 <= obj < 256:
        writer.out += pickle.BININT1 + bytes([obj])
    elif -(2**31) <= obj < 2**31:
        writer.out += pickle.BININT + struct.pack("<i", obj)
    else:
        digits = pickle.encode_long(obj)
        if len(digits) > 255:
            raise pickle.PicklingError(f"save: {writer._where()} is an integer of more than 2040 bits")
        writer.out += pickle.LONG1 + bytes([len(digits)]) + digits


def _write_float(writer: _Writer, obj: float) -> None:
    writer.out += pickle.BINFLOAT + struct.pack(">d", obj)


def _write_complex(writer: _Writer, obj: complex) -> None:
    writer.call("__builtin__", "complex", obj.real, obj.imag)


def _write_str(writer: _Writer, obj: str) -> None:
    if not writer.known(obj):
        encoded = obj.encode("utf-8", "surrogatepass")
        writer.out += pickle.BINUNICODE + struct.pack("<I", len(encoded)) + encoded
        writer.remember(obj)


def _write_bytes(writer: _Writer, obj: bytes) -> None:
    writer.call("_codecs", "encode", obj.decode("latin1"), "latin1")


def _write_bytearray(writer: _Writer, obj: bytearray) -> None:
    if not writer.known(id(obj)):
        writer.call("__builtin__", "bytearray", bytes(obj))
        writer.remember(id(obj), obj)


def _write_list(writer: _Writer, obj: list[Any]) -> None:
    if writer.known(id(obj)):
        return
    writer.out += pickle.EMPTY_LIST
    writer.remember(id(obj), obj)
    writer.out += pickle.MARK
    for place, item in enumerate(obj):
        writer.child(place, item)
    writer.out += pickle.APPENDS


def _write_tuple(writer: _Writer, obj: tuple[Any, ...]) -> None:
    if id(obj) in writer.open:
        raise pickle.PicklingError(f"save: {writer._where()} contains itself")
    writer.open.add(id(obj))
    writer.out += pickle.MARK if obj else b""
    for place, item in enumerate(obj):
        writer.child(place, item)
    writer.out += pickle.TUPLE if obj else pickle.EMPTY_TUPLE
    writer.open.remove(id(obj))


def _write_dict(writer: _Writer, obj: dict[Any, Any]) -> None:
    if not writer.known(id(obj)):
        writer.out += pickle.EMPTY_DICT
        writer.remember(id(obj), obj)
        _write_items(writer, obj.items())


def _write_ordered_dict(writer: _Writer, obj: OrderedDict[Any, Any]) -> None:
    if writer.known(id(obj)):
        return
    writer.call("collections", "OrderedDict")
    writer.remember(id(obj), obj)
    _write_items(writer, obj.items())
    if vars(obj):  # such as the versions of a model's state_dict
        _write_dict(writer, vars(obj))
        writer.out += pickle.BUILD


def _write_items(writer: _Writer, items: Iterable[tuple[Any, Any]]) -> None:
    writer.out += pickle.MARK
    for key, value in items:
        writer.write(key)
        writer.child(key, value)
    writer.out += pickle.SETITEMS


def _write_counter(writer: _Writer, obj: Counter[Any]) -> None:
    if not writer.known(id(obj)):
        writer.call("collections", "Counter", dict(obj))
        writer.remember(id(obj), obj)


def _write_set(writer: _Writer, obj: Any) -> None:
    if not writer.known(id(obj)):
        writer.call("__builtin__", type(obj).__name__, list(obj))
        writer.remember(id(obj), obj)


def _write_size(writer: _Writer, obj: Size) -> None:
    writer.call("torch", "Size", tuple(obj))


def _write_device(writer: _Writer, obj: device) -> None:
    writer.call("torch", "device", *([obj.type] if obj.index is None else [obj.type, obj.index]))


def _write_dtype(writer: _Writer, obj: dtype) -> None:
    writer.name("torch", obj.name)


def _write_layout(writer: _Writer, obj: layout) -> None:
    writer.call("torch.serialization", "_get_layout", repr(obj))


def _write_numpy_number(writer: _Writer, obj: Any) -> None:
    item = obj.item()
    writer._write_as(_WRITERS.get(type(item)), item)


def _write_tensor(writer: _Writer, obj: Any) -> None:
    from flambeau.nn import Parameter

    if writer.known(id(obj)):
        return
    if isinstance(obj, Parameter):
        writer.name("torch._utils", "_rebuild_parameter")
        writer.out += pickle.MARK
        _write_plain_tensor(writer, obj, requires_grad=False)
        _write_bool(writer, obj.requires_grad)
        _write_ordered_dict(writer, OrderedDict())
        writer.out += pickle.TUPLE + pickle.REDUCE
    else:
        _write_plain_tensor(writer, obj, obj.requires_grad)
    writer.remember(id(obj), obj)


def _write_plain_tensor(writer: _Writer, obj: Any, requires_grad: bool) -> None:
    """Write the call of PyTorch's function that makes a tensor out of a storage; newer dtypes have a newer function."""
    array = obj._array
    if writer.is_dry:
        writer.memory.note(array)
        return
    piece = writer.memory.piece(array)
    is_typed = obj.dtype in STORAGES
    writer.name("torch._utils", "_rebuild_tensor_v2" if is_typed else "_rebuild_tensor_v3")
    writer.out += pickle.MARK
    _write_storage(writer, obj, piece.key, piece.size if is_typed else piece.size * array.itemsize)
    rest: tuple[Any, ...] = (piece.offset, tuple(array.shape), piece.strides, requires_grad, OrderedDict())
    for value in rest:
        writer.write(value)
    if not is_typed:
        _write_dtype(writer, obj.dtype)
    writer.out += pickle.TUPLE + pickle.REDUCE


def _write_storage(writer: _Writer, tensor: Any, key: str, size: int) -> None:
    """Write the reference to a storage, which lies beside the pickle in the archive."""
    writer.out += pickle.MARK
    _write_str(writer, "storage")
    if tensor.dtype in STORAGES:
        writer.name("torch", STORAGES[tensor.dtype])
    else:
        writer.name("torch.storage", "UntypedStorage")
    for value in (key, str(device_of(tensor._array)), size):
        writer.write(value)
    writer.out += pickle.TUPLE + pickle.BINPERSID


_WRITERS: dict[type, Callable[[_Writer, Any], None]] = {
    type(None): _write_none, bool: _write_bool, int: _write_int, float: _write_float, complex: _write_complex,
    str: _write_str, bytes: _write_bytes, bytearray: _write_bytearray, list: _write_list, tuple: _write_tuple,
    dict: _write_dict, OrderedDict: _write_ordered_dict, Counter: _write_counter, set: _write_set,
    frozenset: _write_set, Size: _write_size, device: _write_device, dtype: _write_dtype, layout: _write_layout,
}
