"""The state of a tensor: an array, the version of its memory, and where it stands on the tape."""
from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any, ClassVar

from flambeau.core.arrays import Array, as_array

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


class Storage:
    """A piece of memory, as the tape sees it: how often it was written to, and by whom. Views share it."""

    version = 0  # on the class: an instance is made for every tensor, and most are never written to
    writer: str | None = None
    turned = 0  # the version at which the tensor that it belongs to last got another shape in place

    def bump(self, writer: str, depth: int = 1) -> None:
        """Count a write by the op `writer`, called from `depth` frames up."""
        self.version += 1
        frame = sys._getframe(depth)
        while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("flambeau."):
            frame = frame.f_back
        self.writer = f"{writer} ({frame.f_code.co_filename}:{frame.f_lineno})"


class InferenceStorage(Storage):
    """Memory made in inference mode: no gradient can go through it, so nobody counts the writes."""

    def bump(self, writer: str, depth: int = 1) -> None:
        pass


class _Making(threading.local):
    storage: type[Storage] = Storage  # what new tensors of this thread get; inference mode changes it


making = _Making()


# How a view came about, where that keeps the tape from following writes to its memory.
UNRECORDED = "in no_grad mode"
UNRECORDED_LEAF = "in no_grad mode, and then asked for its own gradient"
AMONG_SEVERAL = "by a function that returns several views"
BY_FUNCTION = "by a Function of the user's, whose gradient is its own affair"


class View:
    """How a view was made from its base: the steps to take again, and the version its place on the tape is good for.

    `made`: one of the above, or None for a view that may be written to. One made by a Function has no steps.
    """

    __slots__ = ("base", "made", "seen", "steps")

    def __init__(self, base: TensorBase, steps: tuple[Any, ...] | None, seen: int, made: str | None = None) -> None:
        self.base, self.steps, self.seen, self.made = base, steps, seen, made


class TensorBase:
    """What every tensor carries. The public class adds the methods."""

    __slots__ = ("__dict__", "__weakref__", "_array", "_grad", "_hooks", "_node", "_number", "_requires_grad",
                 "_storage", "_view")

    _rows_of: ClassVar[Any] = None  # makes the sparse gradient of a table; the sparse tensors register it here
    _public: ClassVar[type[Tensor]]  # the class with the methods; it registers itself here

    _array: Array
    _storage: Storage
    _requires_grad: bool
    _node: Any  # the tape's entry that made this tensor; None for a leaf
    _number: int  # which of the node's outputs this is
    _grad: Tensor | None
    _view: View | None  # set on views
    _hooks: Any  # set on leaves with hooks

    def _carrier(self) -> Any:
        """Return the tensor that stands on the tape for this one: itself, or the values of a sparse one."""
        return self

    def _gradient_for_carrier(self, g: Any) -> Any:
        return g

    def _gradient_of_carrier(self, g: Any) -> Any:
        """Return the gradient of the carrier as the gradient of this tensor."""
        return g

    if TYPE_CHECKING:
        def __getattr__(self, name: str) -> Any: ...  # every tensor is of the public class, and so has its methods


def fill(tensor: Any, array: Array, storage: Storage | None = None) -> Any:
    """Give a bare tensor object its state: a leaf around `array` that needs no gradient."""
    tensor._array = array
    tensor._storage = making.storage() if storage is None else storage
    tensor._requires_grad = False
    tensor._node = tensor._grad = tensor._view = tensor._hooks = None
    tensor._number = 0
    return tensor


def wrap(array: Any, storage: Storage | None = None) -> Tensor:
    """Return a tensor around `array`, without copying."""
    return fill(object.__new__(TensorBase._public), as_array(array), storage)
