"""How each kind of plain value is written: numbers, text, containers, and torch's own small values."""
from __future__ import annotations

import pickle
import struct
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flambeau.core.device import device
from flambeau.core.dtype import dtype
from flambeau.core.layout import layout
from flambeau.core.size import Size

if TYPE_CHECKING:
    from flambeau.serialization.pickling import Writer


def write_none(writer: Writer, obj: None) -> None:
    writer.out += pickle.NONE


def write_bool(writer: Writer, obj: bool) -> None:
    writer.out += pickle.NEWTRUE if obj else pickle.NEWFALSE


def write_int(writer: Writer, obj: int) -> None:
    if 0 <= obj < 256:
        writer.out += pickle.BININT1 + bytes([obj])
    elif -(2**31) <= obj < 2**31:
        writer.out += pickle.BININT + struct.pack("<i", obj)
    else:
        digits = pickle.encode_long(obj)
        if len(digits) > 255:
            raise pickle.PicklingError(f"save: {writer.where()} is an integer of more than 2040 bits")
        writer.out += pickle.LONG1 + bytes([len(digits)]) + digits


def write_float(writer: Writer, obj: float) -> None:
    writer.out += pickle.BINFLOAT + struct.pack(">d", obj)


def write_complex(writer: Writer, obj: complex) -> None:
    writer.call("__builtin__", "complex", obj.real, obj.imag)


def write_str(writer: Writer, obj: str) -> None:
    if not writer.known(obj):
        encoded = obj.encode("utf-8", "surrogatepass")
        writer.out += pickle.BINUNICODE + struct.pack("<I", len(encoded)) + encoded
        writer.remember(obj)


def write_bytes(writer: Writer, obj: bytes) -> None:
    writer.call("_codecs", "encode", obj.decode("latin1"), "latin1")


def write_bytearray(writer: Writer, obj: bytearray) -> None:
    if not writer.known(id(obj)):
        writer.call("__builtin__", "bytearray", bytes(obj))
        writer.remember(id(obj), obj)


def write_list(writer: Writer, obj: list[Any]) -> None:
    if writer.known(id(obj)):
        return
    writer.out += pickle.EMPTY_LIST
    writer.remember(id(obj), obj)
    writer.out += pickle.MARK
    for place, item in enumerate(obj):
        writer.child(place, item)
    writer.out += pickle.APPENDS


def write_tuple(writer: Writer, obj: tuple[Any, ...]) -> None:
    if id(obj) in writer.open:
        raise pickle.PicklingError(f"save: {writer.where()} contains itself")
    writer.open.add(id(obj))
    writer.out += pickle.MARK if obj else b""
    for place, item in enumerate(obj):
        writer.child(place, item)
    writer.out += pickle.TUPLE if obj else pickle.EMPTY_TUPLE
    writer.open.remove(id(obj))


def write_dict(writer: Writer, obj: dict[Any, Any]) -> None:
    if not writer.known(id(obj)):
        writer.out += pickle.EMPTY_DICT
        writer.remember(id(obj), obj)
        write_items(writer, obj.items())


def write_ordered_dict(writer: Writer, obj: OrderedDict[Any, Any]) -> None:
    if writer.known(id(obj)):
        return
    writer.call("collections", "OrderedDict")
    writer.remember(id(obj), obj)
    write_items(writer, obj.items())
    if vars(obj):  # such as the versions of a model's state_dict
        write_dict(writer, vars(obj))
        writer.out += pickle.BUILD


def write_items(writer: Writer, items: Iterable[tuple[Any, Any]]) -> None:
    writer.out += pickle.MARK
    for key, value in items:
        writer.write(key)
        writer.child(key, value)
    writer.out += pickle.SETITEMS


def write_counter(writer: Writer, obj: Counter[Any]) -> None:
    if not writer.known(id(obj)):
        writer.call("collections", "Counter", dict(obj))
        writer.remember(id(obj), obj)


def write_set(writer: Writer, obj: Any) -> None:
    if not writer.known(id(obj)):
        writer.call("__builtin__", type(obj).__name__, list(obj))
        writer.remember(id(obj), obj)


def write_size(writer: Writer, obj: Size) -> None:
    writer.call("torch", "Size", tuple(obj))


def write_device(writer: Writer, obj: device) -> None:
    writer.call("torch", "device", *([obj.type] if obj.index is None else [obj.type, obj.index]))


def write_dtype(writer: Writer, obj: dtype) -> None:
    writer.name("torch", obj.name)


def write_layout(writer: Writer, obj: layout) -> None:
    writer.call("torch.serialization", "_get_layout", repr(obj))


def write_numpy_number(writer: Writer, obj: Any) -> None:
    item = obj.item()
    writer.write_as(WRITERS.get(type(item)), item)


WRITERS: dict[type, Callable[[Writer, Any], None]] = {
    type(None): write_none, bool: write_bool, int: write_int, float: write_float, complex: write_complex,
    str: write_str, bytes: write_bytes, bytearray: write_bytearray, list: write_list, tuple: write_tuple,
    dict: write_dict, OrderedDict: write_ordered_dict, Counter: write_counter, set: write_set,
    frozenset: write_set, Size: write_size, device: write_device, dtype: write_dtype, layout: write_layout,
}
