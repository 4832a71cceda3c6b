"""Into a `vmap` and out of it: ops whose gradients go the other way."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flambeau.core.arrays import Array
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.batching.array import BatchedArray, Level, batched
from flambeau.dispatch.batching.call import expanded
from flambeau.dispatch.op import op


def _out_again(g: Any, level: Level, dim: int) -> Any:
    return leave(g, level, dim)


def _total(g: Any, level: Level) -> Any:
    return added_up(g, level)


@op(batches=True, complex_rules=True, grad={"input": _out_again})
def enter(input: TensorBase | Any, level: Level, dim: int) -> Any:
    """Take what lies along `dim` as the examples."""
    return _under(input, level, dim, lambda array, dim: batched(level, moved(array, dim, 0), varies=True))


@op(batches=True, complex_rules=True, grad={"input": lambda g, level, dim: enter(g, level, dim)})
def leave(input: TensorBase | Any, level: Level, dim: int) -> Any:
    """Put the examples along a new `dim`; what they share is repeated."""
    return _under(input, level, dim, lambda array, dim: moved(_examples(array, level), 0, dim))


def _examples(array: Array, level: Level) -> Array:
    if not isinstance(array, BatchedArray) or array.level is not level:
        return expanded(array, level.size)
    return array.value if array.varies else expanded(array.value, level.size)


@op(batches=True, complex_rules=True, grad={"input": _total})
def share(input: TensorBase | Any, level: Level) -> Any:
    """Let all examples share a tensor from outside. Its gradient is the sum of theirs."""
    return _under(input, level, 0, lambda array, _: batched(level, array, varies=False))


@op(batches=True, complex_rules=True, grad={"input": lambda g, level: share(g, level)})
def added_up(input: TensorBase | Any, level: Level) -> Any:
    """Add up the examples."""
    return _under(input, level, 0, lambda array, _: _sum_of_examples(array, level))


def _under(array: Array, level: Level, dim: int, change: Callable[[Array, int], Array]) -> Array:
    """Change what lies under the batches of every `vmap` inside of `level`; there, `dim` is one later for each that varies."""
    if isinstance(array, BatchedArray) and array.level.number > level.number:
        return array.like(_under(array.value, level, dim + array.varies, change))
    return change(array, dim)


def _sum_of_examples(array: Array, level: Level) -> Array:
    if not isinstance(array, BatchedArray) or array.level is not level:
        return array * level.size
    return array.value.sum(axis=0) if array.varies else array.value * level.size


def moved(array: Array, source: int, to: int) -> Array:
    """Move one dim to another place."""
    if source == to:
        return array[...]
    order = [dim for dim in range(array.ndim) if dim != source]
    order.insert(to, source)
    return array.transpose(tuple(order))


def lifted(args: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Let the examples share every tensor from outside that needs gradients; None where there is none."""
    levels = sorted({level for arg in args for level in levels_of(getattr(arg, "_array", arg))},
                    key=lambda level: level.number)
    changed = tuple(_shared(arg, levels) if isinstance(arg, TensorBase) and arg._requires_grad else arg for arg in args)
    return None if all(new is old for new, old in zip(changed, args, strict=True)) else changed


def _shared(tensor: Any, levels: list[Level]) -> Any:
    known = levels_of(tensor._array)
    for level in levels:
        if level not in known:
            tensor = share(tensor, level)
    return tensor


def repeated_as(prototype: Any, made: Array) -> Array:
    """Copy an array for each example of every `vmap` for which `prototype` varies."""
    if not isinstance(prototype, BatchedArray):
        return made
    inner = repeated_as(prototype.value, made)
    each = expanded(inner, prototype.level.size).copy() if prototype.varies else inner
    return batched(prototype.level, each, prototype.varies)


def levels_of(array: Any) -> list[Level]:
    """Return the levels of the batches that an array is, the innermost `vmap` first."""
    found = []
    while isinstance(array, BatchedArray):
        found.append(array.level)
        array = array.value
    return found
