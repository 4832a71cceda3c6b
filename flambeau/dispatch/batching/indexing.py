"""Rules of picking by index tensors, and of writing there."""
from __future__ import annotations

import itertools
from typing import Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.batching.array import BatchedArray
from flambeau.dispatch.batching.border import moved
from flambeau.dispatch.batching.call import Call, aligned, expanded, inner_of


class _Places:
    """Index tensors and dims for all examples, and where the result then has its dims.

    An example's result has the dims that index tensors pick where the first of `dims` was if these are neighbours, else in
    front. Of all examples', they follow the examples if the index tensors vary (one more index tensor then counts the
    examples), and keep their place otherwise.
    """

    def __init__(self, call: Call) -> None:
        self.call = call
        indices, dims = call["indices"], tuple(call["dims"])
        level = call.level
        self.vary = any(isinstance(index, BatchedArray) and index.level is level and index.varies for index in indices)
        self.masks = any(index.dtype.kind == "b" for index in indices)
        self.width = 1 if self.masks else max(index.ndim for index in indices)
        neighbours = all(b - a == 1 for a, b in itertools.pairwise(dims))
        self.start = dims[0] if neighbours else 0
        self.dims: tuple[int, ...] = tuple(dim + 1 for dim in dims)
        self.front = not neighbours or self.vary  # whether NumPy puts what is picked in front
        self.indices = [inner_of(index, level) for index in indices]
        if self.vary and not self.masks:
            self.indices = [aligned(i, self.width) if isinstance(i, BatchedArray) and i.level is level and i.varies
                            else inner_of(i, level) for i in indices]
            counting = namespace_of(_library(self.indices[0])).arange(level.size)
            self.indices.insert(0, counting.reshape((-1, *(1,) * self.width)))
            self.dims = (0, *self.dims)

    def to_examples(self, result: Array) -> Array:
        """Bring what was picked for all examples to the order (examples, *an example's dims)."""
        if self.vary:
            return _dims_moved(result, 1, self.width, self.start + 1)
        return moved(result, self.width, 0) if self.front else result

    def from_examples(self, values: Array) -> Array:
        """Bring values of (examples, *an example's dims) to the order of what would be picked."""
        if self.vary:
            return _dims_moved(values, self.start + 1, self.width, 1)
        return moved(values, 0, self.width) if self.front else values


def _library(value: Any) -> Any:
    while isinstance(value, BatchedArray):
        value = value.value
    return value


def _dims_moved(array: Array, start: int, count: int, to: int) -> Array:
    """Move `count` neighbouring dims from `start` to `to`."""
    if start == to:
        return array
    order = [dim for dim in range(array.ndim) if not start <= dim < start + count]
    return array.transpose((*order[:to], *range(start, start + count), *order[to:]))


def pick(call: Call) -> Any:
    places = _Places(call)
    if places.masks and places.vary:
        raise RuntimeError("vmap: a mask that has other values for each example picks another number of elements from each: "
                           "use torch.where() or masked_fill() instead of x[mask]")
    found = call.go(input=call.front("input"), indices=places.indices, dims=places.dims)
    return places.to_examples(found)


def scatter(call: Call) -> Any:
    places = _Places(call)
    if places.masks and places.vary:
        return NotImplemented
    return call.go(grad=places.from_examples(call.front("grad")), indices=places.indices, dims=places.dims,
                   shape=(call.level.size, *call["shape"]))


def replace(call: Call) -> Any:
    """`x[indices] = values`."""
    places = _Places(call)
    values = call["values"]
    ndim = places.width + call["input"].ndim - len(call["dims"])
    if places.masks or getattr(values, "ndim", 0) > ndim:
        return NotImplemented
    changes = {"input": call.front("input"), "indices": places.indices, "dims": places.dims}
    if hasattr(values, "shape"):
        inner = call.inner("values")
        if call.varies("values"):
            inner = aligned(values, ndim)
        else:
            inner = expanded(inner.reshape((*(1,) * (ndim - values.ndim), *values.shape)), call.level.size)
        changes["values"] = places.from_examples(inner)
    return call.go(**changes)


def look_up(call: Call) -> Any:
    """Rows of one table for all examples. Tables of their own: example by example."""
    return NotImplemented if call.varies("weight") else call.go()
