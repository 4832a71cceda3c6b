"""Tape entries whose saved tensors were handed to a user's hook, which gives them back for backward."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flambeau.autograd.mode import no_grad
from flambeau.autograd.node import Node, Saved
from flambeau.core.arrays import is_array
from flambeau.core.tensor import TensorBase, wrap

Pack = Callable[[Any], Any]


class PackedNode(Node):
    """A node that unpacks what it saved each time its rules run."""

    __slots__ = ()

    def gradients(self, g: Any, tensors: bool) -> Sequence[Any]:
        if self.saved is None:
            raise self.freed()
        packed, self.saved = self.saved, [unpacked(entry) for entry in self.saved]
        try:
            return super().gradients(g, tensors)
        finally:
            self.saved = packed


class Packed:
    """What a pack hook made of one tensor."""

    __slots__ = ("unpack", "value")

    def __init__(self, array: Any, pack: Pack, unpack: Pack) -> None:
        tensor = wrap(array)
        with no_grad():
            self.value = pack(tensor)
        if tensor._storage.version:
            raise RuntimeError("A saved tensor pack hook is modifying its input in place: the forward pass still uses that "
                               "memory. clone() the tensor in the hook and write to the copy")
        self.unpack = unpack

    def tensor(self) -> Any:
        """Raises TypeError when the hook returns anything but a tensor."""
        with no_grad():
            result = self.unpack(self.value)
        if not isinstance(result, TensorBase):
            raise TypeError("Output of saved tensor unpack_hook expected to be a Tensor but got result of type "
                            f"{type(result).__name__}")
        return result


def pack(node: Node, pack: Pack, unpack: Pack) -> None:
    """Hand what a new node saved to the hooks. The values that are no tensors stay."""
    if node.saved is None or not any(_is_packable(value) for value, _, _ in node.saved):
        return
    node.saved = [_packed(entry, pack, unpack) for entry in node.saved]
    if node.__class__ is Node:
        node.__class__ = PackedNode


def _is_packable(value: Any) -> bool:
    return is_array(value) or isinstance(value, TensorBase) or isinstance(value, list) and any(map(is_array, value))


def _packed(entry: Saved, pack: Pack, unpack: Pack) -> Saved:
    value = entry[0]
    if isinstance(value, TensorBase):  # what a Function saved: a tensor with its place on the tape
        return PlacedPack(value, pack, unpack), None, 0
    if is_array(value):
        return Packed(value, pack, unpack), None, 0
    if _is_packable(value):
        return [Packed(member, pack, unpack) for member in value], None, 0
    return entry


class PlacedPack(Packed):
    """A packed tensor whose place on the tape is kept."""

    __slots__ = ("place",)

    def __init__(self, tensor: Any, pack: Pack, unpack: Pack) -> None:
        super().__init__(tensor._array, pack, unpack)
        is_leaf = tensor._requires_grad and tensor._node is None
        self.place = tensor if is_leaf else (tensor._node, tensor._number, tensor._requires_grad)

    def tensor(self) -> Any:
        array = super().tensor()._array
        if isinstance(self.place, TensorBase):
            alias = self.place.view_as(self.place)
            alias._array = array
            return alias
        result = wrap(array)
        result._node, result._number, result._requires_grad = self.place
        return result


def unpacked(entry: Saved) -> Saved:
    value = entry[0]
    if isinstance(value, Packed):
        return value.tensor()._array, None, 0
    if isinstance(value, list):
        return [part.tensor()._array if isinstance(part, Packed) else part for part in value], None, 0
    return entry
