"""An op that is called on batches, as its rule sees it."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array, is_array
from flambeau.dispatch.batching.array import BatchedArray, Level


def inner_of(value: Any, level: Level) -> Any:
    """Return a value one `vmap` further out: of a batch that varies, all examples along the first dim."""
    if value.__class__ is list:
        return [inner_of(member, level) for member in value]
    return value.value if isinstance(value, BatchedArray) and value.level is level else value


def aligned(batch: BatchedArray, ndim: int) -> Array:
    """Return all examples, each with dims of size 1 in front so that it has `ndim` of them."""
    shape = batch.shape
    if len(shape) >= ndim:
        return batch.value
    return batch.value.reshape((batch.level.size, *(1,) * (ndim - len(shape)), *shape))


def expanded(value: Array, size: int) -> Array:
    """Repeat an array for each example, without copying."""
    from flambeau.dispatch.batching.run import raw
    from flambeau.dispatch.op import find

    return raw(find("shape.expand"), [value, (size, *value.shape)])


class Call:
    """The op, its arguments by name, and the level whose examples are to be computed at once."""

    __slots__ = ("level", "op", "values")

    def __init__(self, op: Any, values: list[Any], level: Level) -> None:
        self.op, self.values, self.level = op, values, level

    def __getitem__(self, name: str) -> Any:
        """The argument as the body would have it: an array or batch that looks like one example's."""
        return self.values[self.op.parameters.index(name)]

    def has(self, name: str) -> bool:
        return name in self.op.parameters

    def varies(self, name: str) -> bool:
        value = self[name]
        return isinstance(value, BatchedArray) and value.level is self.level and value.varies

    def arrays(self) -> list[str]:
        """The names of the arguments that are arrays."""
        return [name for name, value, wanted in zip(self.op.parameters, self.values, self.op.tensors, strict=True)
                if wanted and not isinstance(value, list) and is_array(value)]

    def inner(self, name: str) -> Any:
        """The argument with its examples along the first dim, if it varies, or as they share it."""
        return inner_of(self[name], self.level)

    def front(self, name: str) -> Any:
        """The argument with examples along the first dim in any case."""
        return self.inner(name) if self.varies(name) else expanded(self.inner(name), self.level.size)

    def fronts(self) -> dict[str, Any]:
        return {name: self.front(name) for name in self.arrays()}

    def go(self, **changed: Any) -> Any:
        """Run the op one `vmap` further out, on all examples, with some of its arguments changed."""
        from flambeau.dispatch.batching.run import raw

        return raw(self.op, [changed[name] if name in changed else inner_of(value, self.level)
                             for name, value in zip(self.op.parameters, self.values, strict=True)])
