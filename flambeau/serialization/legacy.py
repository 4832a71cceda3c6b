"""The format of PyTorch before 1.6: pickles one after another, then the storages.

The pickles are a magic number, the format's version, the writer's sizes and byte order, the object, and the keys of the
storages; each storage is the number of its elements in 8 bytes and then the elements.
"""
from __future__ import annotations

import pickle
import pickletools
import struct
from collections.abc import Callable
from typing import Any

import numpy

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.device import device_of, moved
from flambeau.core.dtype import dtype
from flambeau.core.tensor import Storage
from flambeau.serialization.names import StorageKind
from flambeau.serialization.rebuilding import Loaded
from flambeau.serialization.unpickling import unpickled

MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # a pickled number
_VERSION = 1001
_COUNT = struct.Struct("<q")


def load_legacy(data: Any, name: str, find_name: Callable[[tuple[str, str]], Any],
                place: Callable[[Array, str], Array]) -> Any:
    """Return the object in `data`, the bytes of a file.

    Raises RuntimeError for a file that is cut off or damaged, pickle.UnpicklingError where a pickle is.
    """
    _, version, system, content, keys, end = _parts(data, name)
    if _plain(version) != _VERSION:
        raise RuntimeError(f"{name}: Invalid protocol version: {_plain(version)!r:.40}; {_VERSION} is known")
    facts = _plain(system)
    if not isinstance(facts, dict) or facts.get("little_endian") is not True:
        raise RuntimeError(f"{name}: written on a machine with the other byte order; load it with PyTorch once and "
                           "save it again")
    storages = _Storages(name, place, len(data) - end)
    found = unpickled(content, find_name, storages.find)
    storages.fill(_plain(keys), data, end)
    return found


def _parts(data: Any, name: str) -> tuple[Any, ...]:
    """Return the five pickles, and where the storages begin."""
    from io import BytesIO

    file, parts, start = BytesIO(data), [], 0
    try:
        for _ in range(5):
            file.seek(start)
            end = start
            for _opcode, _argument, at in pickletools.genops(file):
                end = (at or 0) + 1
            parts.append(bytes(data[start:end]))
            start = end
    except ValueError as error:
        raise RuntimeError(f"{name}: the file is cut off or damaged: {error}") from error
    return *parts, start


def _plain(content: bytes) -> Any:
    """Return what a pickle without tensors and names holds."""
    def none(_: Any) -> Any:
        return None

    return unpickled(content, none, none)


def _width(kind: dtype | None) -> int:
    """Return the bytes of an element; storages of dtypes younger than the format count bytes."""
    return 1 if kind is None else kind.itemsize


class _Storages:
    """The storages that the object's pickle refers to: made empty, filled from what follows it."""

    def __init__(self, name: str, place: Callable[[Array, str], Array], available: int) -> None:
        self.name, self.place, self.available = name, place, available
        self.loaded: dict[str, Loaded] = {}

    def find(self, reference: Any) -> Any:
        """Return the storage that a pickle refers to; of a module written with its source, the class."""
        match reference:
            case ("module", kind, _, _):
                return kind
            case ("storage", StorageKind(dtype=kind), str(key), str(location), int(size), view) if size >= 0:
                if key not in self.loaded:
                    self.loaded[key] = self._made(size * _width(kind), kind, location)
                return self._part(self.loaded[key]._replace(dtype=kind), _width(kind), view)
        raise pickle.UnpicklingError(f"the reference {reference!r:.120} is not one to a storage")

    def _made(self, size: int, kind: dtype | None, location: str) -> Loaded:
        self.available -= size  # so that a file can make us reserve no more than its own size
        if self.available < 0:
            raise RuntimeError(f"{self.name}: the file is cut off or damaged: its storages want more bytes than it has")
        return Loaded(self.place(numpy.zeros(size, "u1"), location), kind, Storage())

    def _part(self, whole: Loaded, width: int, view: Any) -> Loaded:
        """Return the part of a storage that old files call a view of it."""
        match view:
            case None:
                return whole
            case (_, int(offset), int(size)) if 0 <= offset and 0 <= size and (offset + size) * width <= len(whole.bytes):
                return whole._replace(bytes=whole.bytes[offset * width:(offset + size) * width])
        raise pickle.UnpicklingError(f"the view {view!r:.80} is not one within its storage")

    def fill(self, keys: Any, data: Any, at: int) -> None:
        """Put the bytes behind the pickles into the storages, in the order of `keys`."""
        if not isinstance(keys, list) or set(keys) != set(self.loaded):
            raise RuntimeError(f"{self.name}: the file is damaged: the list of its storages is not that of its tensors")
        for key in keys:
            at = self._fill_one(key, data, at)

    def _fill_one(self, key: str, data: Any, at: int) -> int:
        target, width = self.loaded[key].bytes, _width(self.loaded[key].dtype)
        start = at + _COUNT.size
        end = start + len(target)
        if end > len(data) or _COUNT.unpack(data[at:start])[0] * width != len(target):
            raise RuntimeError(f"{self.name}: the file is cut off or damaged: storage {key} is not where it is said to be")
        content = numpy.frombuffer(data, "u1", len(target), start)
        target[...] = content if namespace_of(target) is numpy else moved(content, device_of(target))
        return end
