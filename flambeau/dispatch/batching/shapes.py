"""Rules of ops that look at an example's elements in another order or shape."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import is_array
from flambeau.dispatch.batching.array import BatchedArray
from flambeau.dispatch.batching.call import Call, aligned, expanded, inner_of

ALL = slice(None)


def reshape(call: Call) -> Any:
    shape = tuple(call["shape"])
    if -1 in shape and call[call.op.parameters[0]].size:
        known = 1
        for n in shape:
            known *= n if n != -1 else 1
        if known and call["input"].size % known == 0:
            shape = tuple(call["input"].size // known if n == -1 else n for n in shape)
    return call.go(shape=(call.level.size, *shape))


def expand(call: Call) -> Any:
    shape = tuple(call["shape"])
    if len(shape) < call["input"].ndim:
        return NotImplemented
    return call.go(input=aligned(call["input"], len(shape)), shape=(call.level.size, *shape))


def squeeze(call: Call) -> Any:
    return call.go(dims=tuple(dim + 1 for dim in call["dims"]))


def unsqueeze(call: Call) -> Any:
    return call.go(dim=call["dim"] + 1)


def permute(call: Call) -> Any:
    ndim = call["input"].ndim
    return call.go(dims=(0, *(dim % ndim + 1 for dim in call["dims"])))


def transpose(call: Call) -> Any:
    ndim = max(call["input"].ndim, 1)
    if not call["input"].ndim:
        return call.inner("input")
    return call.go(dim0=call["dim0"] % ndim + 1, dim1=call["dim1"] % ndim + 1)


def turn(call: Call) -> Any:
    ndim = call["input"].ndim
    if ndim > 2:
        return NotImplemented
    return call.inner("input").swapaxes(1, 2) if ndim == 2 else call.inner("input")[...]


def part(call: Call) -> Any:
    return call.go(key=(ALL, *call["key"]))


def surround(call: Call) -> Any:
    return call.go(shape=(call.level.size, *call["shape"]), key=(ALL, *call["key"]))


def replace(call: Call) -> Any:
    key = (ALL, *call["key"])
    changes = {"input": call.front("input"), "key": key}
    if call.varies("src"):
        changes["src"] = aligned(call["src"], changes["input"][key].ndim - 1)
    return call.go(**changes)


def roll(call: Call) -> Any:
    array, dims = call.inner("input"), call["dims"]
    if dims is None:
        flat = call.go(input=array.reshape((call.level.size, -1)) if array.size else array, dims=1)
        return flat.reshape(array.shape)
    ndim = max(call["input"].ndim, 1)
    return call.go(dims=tuple(dim % ndim + 1 for dim in dims) if isinstance(dims, tuple | list) else dims % ndim + 1)


def pad(call: Call) -> Any:
    return call.go(widths=((0, 0), *call["widths"]))


def join(call: Call) -> Any:
    """`cat` and `stack`."""
    tensors = call["tensors"]
    ndim = tensors[0].ndim
    if any(tensor.ndim != ndim for tensor in tensors):
        return NotImplemented
    fronts = [_front(tensor, call) for tensor in tensors]
    return call.go(tensors=fronts, dim=call["dim"] % (ndim + (call.op.name == "stack") or 1) + 1)


def _front(value: Any, call: Call) -> Any:
    if isinstance(value, BatchedArray) and value.level is call.level and value.varies:
        return value.value
    return expanded(inner_of(value, call.level), call.level.size) if is_array(value) else value
