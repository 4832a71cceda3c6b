"""The memory behind tensors that are being saved: found once each, and only as far as it is used."""
from __future__ import annotations

from typing import NamedTuple

from flambeau.core.arrays import Array, namespace_of, strides_in_elements
from flambeau.core.device import device_of
from flambeau.core.memory import address_of, reach_of


class Piece(NamedTuple):
    """Where a tensor lies: the number of its storage, how many elements that has, and offset and strides in elements."""

    key: str
    size: int
    offset: int
    strides: tuple[int, ...]


class _Span:
    """A stretch of memory that one or several arrays look at."""

    def __init__(self, key: str, array: Array, flat: Array) -> None:
        self.key = key
        self.flat = flat  # all bytes of the owner, in the order of memory
        self.dtype = array.dtype
        self.start, self.end = reach_of(array)
        self.device = device_of(array)

    def takes(self, array: Array) -> bool:
        """Say whether `array` can be described as elements of this stretch."""
        return bool(array.dtype == self.dtype and (address_of(array) - self.start) % array.itemsize == 0)

    def grow(self, array: Array) -> None:
        start, end = reach_of(array)
        self.start, self.end = min(self.start, start), max(self.end, end)

    def bytes(self) -> Array:
        origin = address_of(self.flat)
        return self.flat[self.start - origin:self.end - origin]


class Memory:
    """Collects arrays (`note`), then says where each lies (`piece`) and what the storages hold (`storages`)."""

    def __init__(self) -> None:
        self._spans: list[_Span] = []
        self._of_owner: dict[int, _Span] = {}
        self._of_array: dict[int, tuple[Array, _Span]] = {}  # the arrays are kept, so that no id is used twice

    def note(self, array: Array) -> None:
        if id(array) in self._of_array:
            return
        owner = memory_owner(array)
        flat = _flat_bytes(owner) if _has_plain_strides(array) else None
        span = self._of_owner.get(id(owner))
        if flat is not None and span is not None and span.takes(array):
            span.grow(array)
            self._of_array[id(array)] = array, span
        elif flat is not None and span is None:
            span = self._of_owner[id(owner)] = self._add(array, flat)
            self._of_array[id(array)] = array, span
        else:  # seen as two types, or in no order that a storage has: a copy of its own
            copied = namespace_of(array).ascontiguousarray(array)
            self._of_array[id(array)] = copied, self._add(copied, _flat_bytes(copied))

    def _add(self, array: Array, flat: Array) -> _Span:
        self._spans.append(_Span(str(len(self._spans)), array, flat))
        return self._spans[-1]

    def piece(self, array: Array) -> Piece:
        noted, span = self._of_array[id(array)]
        offset = (address_of(noted) - span.start) // noted.itemsize if noted.size else 0
        return Piece(span.key, (span.end - span.start) // noted.itemsize, offset, strides_in_elements(noted))

    def storages(self) -> list[tuple[str, Array]]:
        """Return each storage's key and bytes; those of a GPU are copied here one at a time, when they are written."""
        return [(span.key, span.bytes()) for span in self._spans]


def memory_owner(array: Array) -> Array:
    """Return the array that holds the memory, also behind the helper objects that NumPy puts between strided views."""
    owner, holder = array, array
    while (holder := getattr(holder, "base", None)) is not None:
        if hasattr(holder, "transpose"):  # a memoryview has strides too
            owner = holder
    return owner


def _has_plain_strides(array: Array) -> bool:
    return all(stride >= 0 and stride % array.itemsize == 0 for stride in array.strides)


def _flat_bytes(owner: Array) -> Array | None:
    """Return the memory of `owner` as a vector of bytes; None where it has holes."""
    order = sorted(range(owner.ndim), key=lambda dim: -owner.strides[dim])
    dense = owner.transpose(order)
    return dense.reshape(-1).view("u1") if dense.flags.c_contiguous else None
