"""What the brackets of `x[...]` mean: a key for the part that is a view, and index tensors for what must be picked."""
from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

from flambeau.core.arrays import Array, is_array, namespace_of
from flambeau.core.device import device_of, moved
from flambeau.core.promotion import BOOL, INT64
from flambeau.core.tensor import TensorBase, wrap
from flambeau.ops.addressing import out_of_bounds

EVERYTHING = slice(None)


class Subscript(NamedTuple):
    """`key`: ints, slices, Nones and an Ellipsis, all within bounds. `picks`: index tensors at `dims` of that view.

    `last` is the last entry of the key that does something: an int, a slice, None, or Ellipsis for no such entry.
    """

    key: tuple[Any, ...]
    last: Any
    picks: tuple[Any, ...] = ()
    dims: tuple[int, ...] = ()

    def picked_ndim(self, ndim: int) -> int:
        """How many dims are left of `ndim` after picking."""
        shapes = [index._array.shape for index in self.picks]
        if self.picks and self.picks[0]._array.dtype.kind == "b":
            return ndim - len(shapes[0]) + 1
        return ndim - len(shapes) + max(map(len, shapes), default=0)


def plain(index: Any) -> tuple[tuple[Any, ...], Any] | None:
    """Return key and last step of an index that NumPy understands as PyTorch does; bounds are for NumPy to check.

    None where there are other things than ints, slices, None and one Ellipsis.
    """
    items = index if index.__class__ is tuple else (index,)
    last, has_rest = Ellipsis, False
    for item in items:
        kind = item.__class__
        if kind is int or item is None:
            last = item
        elif kind is slice:
            if item.step is not None and item.step < 1:
                return None
            if item != EVERYTHING or item is index:  # even `x[:]` takes a slice, where `x[:, :]` does nothing
                last = item
        elif item is Ellipsis and not has_rest:
            has_rest = True
        else:
            return None
    return (items if has_rest else (*items, ...)), last  # with the dots, ints alone pick a view, not a number


def read(array: Array, index: Any) -> Subscript:
    """Interpret `index` for `array`.

    Raises IndexError for what is out of bounds, too much, or no index, and ValueError for a negative step.
    """
    if isinstance(index, TensorBase) and _picks_alone(array, index._array):
        return Subscript((...,), ..., (index,), (0,))
    items = [_as_plain(item, array) for item in as_items(index)]
    reader = _Reader(array, items)
    for item in items:
        reader.take(item)
    return reader.result()


def _picks_alone(array: Array, index: Array) -> bool:
    """Say whether an index tensor, the usual one, needs no preparation."""
    if index.ndim == 0 or array.ndim == 0 or index.__class__ is not array.__class__:
        return False
    return index.dtype is INT64 or index.dtype is BOOL and index.shape == array.shape[:index.ndim]


def as_items(index: Any) -> tuple[Any, ...]:
    """Split an index into its items. A list that holds more than numbers counts as a tuple, as PyTorch still has it."""
    if isinstance(index, tuple):
        return index
    if not isinstance(index, list) or len(index) >= 32 or not any(_splits(item) for item in index):
        return (index,)
    warnings.warn("indexing with a list of indices is deprecated: write x[tuple(indices)] where each is for a dim of "
                  "its own, else x[torch.tensor(indices)]", UserWarning, stacklevel=4)
    return tuple(index)


def _splits(item: Any) -> bool:
    return item is None or item is Ellipsis or isinstance(item, TensorBase | Sequence | slice)


def _as_plain(item: Any, array: Array) -> Any:
    """Turn an item into an int, a bool, a slice, None, Ellipsis, or a tensor of int64 or bool beside `array`."""
    kind = type(item)
    if kind is int or kind is bool or kind is slice or item is None or item is Ellipsis:
        return item
    if isinstance(item, TensorBase):
        return _from_tensor(item, array)
    if is_array(item):
        return _as_plain(item.item(), array) if item.ndim == 0 else _from_tensor(wrap(item), array)
    if isinstance(item, Sequence) and not isinstance(item, str):
        made = namespace_of(array).asarray(item)
        return _from_tensor(wrap(made if made.size else made.astype(INT64)), array)
    if hasattr(kind, "__index__"):
        return item.__index__()
    error = TypeError if kind is str else IndexError
    raise error("only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices "
                f"(got {kind.__name__})")


def _from_tensor(index: Any, array: Array) -> Any:
    dtype = index._array.dtype
    is_mask = dtype.kind == "b" or dtype.kind == "u" and dtype.itemsize == 1
    if index._array.ndim == 0 and dtype.kind in "biu":
        return bool(index._array) if is_mask else int(index._array)
    if not is_mask and (dtype.kind != "i" or dtype.itemsize < 4):
        raise IndexError(f"tensors used as indices must be long, int, byte or bool tensors, not {index.dtype}")
    if dtype.kind == "u":
        warnings.warn("indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.",
                      UserWarning, stacklevel=6)
    raw = moved(index._array, device_of(array)).astype(bool if is_mask else INT64, copy=False)
    return index if raw is index._array else wrap(raw)


class _Reader:
    """Goes through the items, counting dims of the array (`dim`) and of the view (`at`)."""

    def __init__(self, array: Array, items: list[Any]) -> None:
        self.array = array
        self.missing = array.ndim - sum(map(_dims_of, items))
        self.dim = self.at = 0
        self.key: list[Any] = []
        self.last: Any = Ellipsis
        self.picks: list[tuple[int, Any]] = []
        if self.missing < 0:
            self.refuse_excess(items)

    def refuse_excess(self, items: list[Any]) -> None:
        """Say that there are more indices than dims."""
        if self.array.ndim == 0 and isinstance(items[0], slice):
            raise IndexError("slice() cannot be applied to a 0-dim tensor.")
        if self.array.ndim == 0 and type(items[0]) is int:
            raise IndexError("invalid index of a 0-dim tensor. Use `tensor.item()` in Python to convert a 0-dim tensor "
                             "to a number")
        raise IndexError(f"too many indices for tensor of dimension {self.array.ndim}: shape {list(self.array.shape)} "
                         f"was indexed in {self.array.ndim - self.missing} dims")

    def take(self, item: Any) -> None:
        if type(item) is int:
            self.take_int(item)
        elif isinstance(item, slice):
            self.take_slice(item)
        elif item is None:
            self.key.append(None)
            self.last = None
            self.at += 1
        elif item is Ellipsis:
            self.take_rest()
        elif isinstance(item, bool):
            self.take_bool(item)
        else:
            self.take_tensor(item)

    def take_int(self, index: int) -> None:
        size = self.array.shape[self.dim]
        if not -size <= index < size:
            raise IndexError(out_of_bounds(index, self.dim, size))
        self.key.append(index)
        self.last = index
        self.dim += 1

    def take_slice(self, item: slice) -> None:
        start, stop, step = item.indices(self.array.shape[self.dim])
        if step < 0:
            raise ValueError(f"step must be greater than zero, not {step}; use flip() to reverse a dim")
        self.key.append(slice(start, stop, step))
        if item.start not in (None, 0) or step != 1 or stop != self.array.shape[self.dim]:
            self.last = item
        self.dim += 1
        self.at += 1

    def take_rest(self) -> None:
        """Skip the dims that no item names, the first time; later Ellipses have nothing left to stand for."""
        if Ellipsis not in self.key:
            self.key.append(Ellipsis)
            self.dim += self.missing
            self.at += self.missing

    def take_bool(self, item: bool) -> None:
        """True keeps everything, False nothing, in a new dim."""
        self.key.append(None)
        self.last = None
        self.picks.append((self.at, wrap(namespace_of(self.array).asarray([item]))))
        self.at += 1

    def take_tensor(self, index: Any) -> None:
        """Leave a dim whole, or as many as a mask has, to be picked from afterwards."""
        raw = index._array
        width = _dims_of(index)
        if raw.dtype.kind == "b" and raw.shape != self.array.shape[self.dim:self.dim + width]:
            raise IndexError(f"The shape of the mask {list(raw.shape)} at index {self.dim} does not match the shape of "
                             f"the indexed tensor {list(self.array.shape)} at index {self.dim}")
        self.key.extend((EVERYTHING,) * width)
        self.picks.append((self.at, index))
        self.dim += width
        self.at += width

    def result(self) -> Subscript:
        if Ellipsis not in self.key:
            self.key.append(Ellipsis)
        dims, picks = _without_masks(self.picks)
        return Subscript(tuple(self.key), self.last, picks, dims)


def _dims_of(item: Any) -> int:
    if isinstance(item, TensorBase):
        return int(item._array.ndim) if item._array.dtype.kind == "b" else 1
    return 0 if item is None or item is Ellipsis or isinstance(item, bool) else 1


def _without_masks(picks: list[tuple[int, Any]]) -> tuple[tuple[int, ...], tuple[Any, ...]]:
    """Turn masks into the indices of what they keep, except a mask alone, which array libraries take as it is."""
    if len(picks) > 1:
        picks = [pick for dim, index in picks for pick in expanded(dim, index)]
    _refuse_unlike([index._array.shape for _, index in picks])
    return tuple(dim for dim, _ in picks), tuple(index for _, index in picks)


def expanded(dim: int, index: Any) -> list[tuple[int, Any]]:
    """Return a mask as one index tensor for each of its dims; an index tensor as it is."""
    if index._array.dtype.kind != "b":
        return [(dim, index)]
    return [(dim + i, wrap(found)) for i, found in enumerate(index._array.nonzero())]


def _refuse_unlike(shapes: list[tuple[int, ...]]) -> None:
    """Raise IndexError unless the shapes broadcast."""
    longest = max(map(len, shapes), default=0)
    for back in range(1, longest + 1):
        if len({shape[-back] for shape in shapes if len(shape) >= back} - {1}) > 1:
            raise IndexError("shape mismatch: indexing tensors could not be broadcast together with shapes "
                             + ", ".join(str(list(shape)) for shape in shapes))
