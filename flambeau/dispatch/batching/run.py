"""How an op runs on batches: by its rule, which sees all examples at once, or else example by example."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flambeau.core.arrays import Array, as_array, namespace_of
from flambeau.dispatch.batching.array import BatchedArray, Level, batched
from flambeau.dispatch.batching.call import Call, inner_of
from flambeau.dispatch.kernel import run


def raw(op: Any, values: list[Any]) -> Any:
    """Run an op's body on arrays and batches of them: for the innermost `vmap` first, whose rule comes back here."""
    level = innermost(values)
    if level is None:
        return run(op, values)
    if not _varies(values, level):
        return _wrapped(raw(op, [inner_of(value, level) for value in values]), level, varies=False)
    from flambeau.dispatch.batching.rules import rule_of

    rule = rule_of(op)
    results = NotImplemented if rule is None else rule(Call(op, values, level))
    if results is NotImplemented:
        results = one_by_one(op, values, level)
    return _wrapped(results, level, varies=True)


def innermost(values: Sequence[Any]) -> Level | None:
    """Return the level of the innermost `vmap` that one of the values belongs to."""
    found: Level | None = None
    for value in values:
        level = value.level if isinstance(value, BatchedArray) else innermost(value) if value.__class__ is list else None
        if level is not None and (found is None or level.number > found.number):
            found = level
    return found


def _varies(values: Sequence[Any], level: Level) -> bool:
    return any(value.varies and value.level is level if isinstance(value, BatchedArray)
               else value.__class__ is list and _varies(value, level) for value in values)


def _wrapped(results: Any, level: Level, *, varies: bool) -> Any:
    """Wrap each result, but one that a rule wrapped itself."""
    if results is None or isinstance(results, BatchedArray) and results.level is level:
        return results
    if isinstance(results, tuple | list):
        return [_wrapped(result, level, varies=varies) for result in results]
    return batched(level, as_array(results), varies)


def one_by_one(op: Any, values: list[Any], level: Level) -> Any:
    """Run an op on each example, and stack what comes out."""
    if not level.size:
        raise RuntimeError(f"vmap: {op.name}() runs example by example, and no example tells nothing about its result")
    found = [raw(op, [_example(value, level, i) for value in values]) for i in range(level.size)]
    if op.outputs:
        return [None if parts[0] is None else stacked(op.name, parts) for parts in zip(*found, strict=True)]
    return stacked(op.name, found)


def _example(value: Any, level: Level, i: int) -> Any:
    if value.__class__ is list:
        return [_example(member, level, i) for member in value]
    if isinstance(value, BatchedArray) and value.level is level:
        return value.value[i, ...] if value.varies else value.value
    return value


def stacked(name: str, parts: Sequence[Any]) -> Array:
    """Stack the results for the examples along a new first dim. Raises RuntimeError where their shapes differ."""
    parts = [as_array(part) for part in parts]
    if len({part.shape for part in parts}) > 1:
        raise RuntimeError(f"vmap: {name}() has results of another shape for each example, "
                           f"{', '.join(str(list(part.shape)) for part in parts[:3])}, …: call it outside of vmap")
    if innermost(parts) is None:
        return namespace_of(parts[0]).stack(parts)
    from flambeau.dispatch.op import find

    return raw(find("joining.stack"), [list(parts), 0])


def write(target: BatchedArray, key: tuple[Any, ...], part: Any) -> None:
    """Write into a part of each example. Raises RuntimeError where the examples share the memory but not what is written."""
    from flambeau.dispatch.batching.call import aligned

    level = innermost([part])
    if level is not None and level.number > target.level.number or _varies([part], target.level) and not target.varies:
        part.__array__()
    if not target.varies:
        target.value[key] = inner_of(part, target.level)
        return
    place = target[key]
    if isinstance(part, BatchedArray) and part.level is target.level:
        part = aligned(part, place.ndim) if part.varies else part.value
    if isinstance(part, BatchedArray) and not isinstance(target.value, BatchedArray):
        part.__array__()
    target.value[(slice(None), *(key if Ellipsis in key else (*key, ...)))] = part
