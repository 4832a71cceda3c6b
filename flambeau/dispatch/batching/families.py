"""Rules that many ops share."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from flambeau.dispatch.batching.array import batched
from flambeau.dispatch.batching.call import Call, aligned

DIMS = ("dim", "dims", "dim0", "dim1", "dim2", "dimension")


def elementwise(call: Call, names: Sequence[str] = ()) -> Any:
    """Line the dims of the examples up from the last. What they share is repeated: a body may write over either operand."""
    names = names or call.arrays()
    ndim = max(call[name].ndim for name in names)
    return call.go(**{name: aligned(call[name], ndim) if call.varies(name) else call.front(name) for name in names
                      if call.varies(name) or call[name].ndim == ndim})


def as_it_is(call: Call) -> Any:
    return call.go()


def stack(call: Call) -> Any:
    """Line stacks of matrices up. Left alone where a vector may stand for a matrix."""
    names = call.arrays()
    ndim = max(call[name].ndim for name in names)
    if any(call[name].ndim != ndim for name in names):
        return NotImplemented
    return call.go(**{name: call.inner(name) if call.varies(name) else call.inner(name)[None, ...] for name in names})


def overwrite(call: Call) -> Any:
    """The first argument's examples take the values of the second's, which broadcast."""
    names = call.arrays()
    if len(names) == 1:
        return call.go()
    first, second = names
    ndim = call[first].ndim
    return call.go(**{first: call.front(first)} | ({second: aligned(call[second], ndim)} if call.varies(second) else {}))


def fill(call: Call) -> Any:
    if not call.varies("value"):
        return call.go()
    from flambeau.dispatch.batching.run import raw
    from flambeau.dispatch.op import find

    value = call["value"].astype(call["input"].dtype, copy=False)
    return raw(find("shape.expand"), [value, call["input"].shape]).copy()


def masked_fill(call: Call) -> Any:
    if not call.varies("value"):
        return elementwise(call, ("input", "mask"))
    from flambeau.dispatch.batching.run import raw
    from flambeau.dispatch.op import find

    return raw(find("masking.choose"), [call["mask"], call["value"].astype(call["input"].dtype, copy=False), call["input"]])


def clone(call: Call) -> Any:
    """A memory format is that of an example."""
    return call.go() if "channels_last" not in str(call["memory_format"]) else NotImplemented


def along_dims(call: Call) -> Any:
    """Every example's dims move one place back."""
    fronts = call.fronts()
    ndims = {call[name].ndim for name in fronts}
    if len(ndims) > 1 or ndims == {0} and not call.has("dim"):
        return NotImplemented
    ndim = ndims.pop()
    changes = {name: _shifted(call[name], _ndim_meant(call, ndim)) for name in DIMS if call.has(name)}
    if None in changes.values():
        return NotImplemented
    if call.has("shape"):
        changes["shape"] = (call.level.size, *call["shape"])
    if ndim == 0:
        return _flattened(call.go(**{name: front.reshape((call.level.size, 1)) for name, front in fronts.items()}, **changes),
                          call.level.size)
    return call.go(**fronts, **changes)


def _ndim_meant(call: Call, ndim: int) -> int:
    """The number of dims that a negative dim counts from: those of the result, where a gradient rule gives its shape."""
    return len(call["shape"]) if call.has("shape") else ndim


def _shifted(dim: Any, ndim: int) -> Any:
    if dim is None:
        return None
    if isinstance(dim, tuple | list):
        return tuple(_shifted(each, ndim) for each in dim)
    if not -max(ndim, 1) <= dim < max(ndim, 1):
        raise IndexError(f"Dimension out of range (expected to be in range of [{-max(ndim, 1)}, {max(ndim, 1) - 1}], but got "
                         f"{dim})")
    return int(dim) % max(ndim, 1) + 1


def _flattened(results: Any, size: int) -> Any:
    if isinstance(results, tuple | list):
        return [_flattened(result, size) for result in results]
    return results.reshape((size,))


def reduce(call: Call) -> Any:
    """As `along_dims`; all dims of an example are laid out as one first."""
    size, (name,) = call.level.size, call.arrays()
    array, dim = call.inner(name), call["dim"]
    shape = call[name].shape
    if dim is not None and dim != () and shape:
        return call.go(dim=_shifted(dim, len(shape)))
    results = call.go(**{name: array.reshape((size, math.prod(shape)))}, dim=1)
    if not call.has("keepdim") or not call["keepdim"]:
        return results
    kept = (size, *(1,) * len(shape))
    return [part.reshape(kept) for part in results] if call.op.outputs else results.reshape(kept)


def images(call: Call) -> Any:
    """Put the examples into the first dim, and take them out of the result's."""
    size = call.level.size
    fronts = call.fronts()
    if not size or any(call[name].ndim < 2 for name in fronts):
        return NotImplemented
    count = {call[name].shape[0] for name in fronts}
    if len(count) > 1 or count == {0}:
        return NotImplemented
    changes: dict[str, Any] = {name: front.reshape((-1, *front.shape[2:])) for name, front in fronts.items()}
    if call.has("size"):
        changes["size"] = (size * call["size"][0], *call["size"][1:])
    result = call.go(**changes)
    return result.reshape((size, -1, *result.shape[1:]))


def loss(call: Call) -> Any:
    """Compute every element's loss, then reduce each example's by itself."""
    reduction, size = call["reduction"], call.level.size
    names = call.arrays()
    ndim = max(call[name].ndim for name in names)
    losses = call.go(**{name: aligned(call[name], ndim) for name in names if call.varies(name)}, reduction="none")
    if reduction == "none":
        return losses
    from flambeau.dispatch.batching.run import raw
    from flambeau.dispatch.op import find

    each = batched(call.level, losses.reshape((size, math.prod(losses.shape[1:]))), varies=True)
    return raw(find(f"reduction.{reduction}"), [each, (0,), False, None])



def standardize(call: Call) -> Any:
    """Normalize all examples at once; weights of their own come after."""
    if any(call[name] is not None and call.varies(name) for name in ("weight", "bias")):
        return _scaled(call)
    ndim = call["input"].ndim
    return call.go(input=call.front("input"), axes=tuple(axis % ndim + 1 for axis in call["axes"]))


def _scaled(call: Call) -> Any:
    from flambeau.dispatch.batching.run import raw

    values = [None if name in ("weight", "bias") else value
              for name, value in zip(call.op.parameters, call.values, strict=True)]
    result, average, var = raw(call.op, values)
    if call["weight"] is not None:
        result = result * call["weight"].reshape(call["shape"])
    if call["bias"] is not None:
        result = result + call["bias"].reshape(call["shape"])
    return [result.astype(call["input"].dtype, copy=False), average, var]


def standardize_backward(call: Call) -> Any:
    """Each example has a gradient of the weights of its own: as if they had a first dim for the examples."""
    size, ndim = call.level.size, call["g"].ndim
    shape = (size, *(1,) * (ndim - len(call["shape"])), *call["shape"])
    return call.go(**call.fronts(), axes=tuple(axis % ndim + 1 for axis in call["axes"]), shape=shape,
                   bias_shape=(size, *call["bias_shape"]) if call["bias_shape"] is not None else None)
