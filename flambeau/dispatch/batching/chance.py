"""Random numbers inside of `vmap`: refused, the same for all examples, or others for each."""
from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any, ClassVar

from flambeau.core.arrays import as_array
from flambeau.dispatch.batching.array import Level, batched
from flambeau.dispatch.batching.call import Call
from flambeau.dispatch.batching.run import innermost, one_by_one, stacked


class _Running(threading.local):
    """The levels of the `vmap`s that run in this thread, the innermost last."""

    def __init__(self) -> None:
        self.levels: list[Level] = []


running = _Running()


@contextlib.contextmanager
def inside(levels: list[Level]) -> Iterator[None]:
    """Run a block inside of other `vmap`s than now."""
    before, running.levels = running.levels, levels
    try:
        yield
    finally:
        running.levels = before


def drawn(draw: Any, args: tuple[Any, ...]) -> Any:
    """Draw for the innermost `vmap`, and in it for those further out. `args` may name a shape, and hold parameters."""
    if not running.levels:
        return draw(*args)
    level, outer = running.levels[-1], running.levels[:-1]
    with inside(outer):
        if innermost(args) is level:
            return _drawn_with(draw, args, level)
        _check(level)
        if level.randomness == "same":
            return drawn(draw, args)
        at = next((i for i, arg in enumerate(args) if _is_shape(arg)), None)
        if at is None:
            found = [as_array(drawn(draw, args)) for _ in range(level.size)]
            return batched(level, stacked("random", found), varies=True)
        wide = (*args[:at], (level.size, *args[at]), *args[at + 1:])
        return batched(level, drawn(draw, wide), varies=True)


def _check(level: Level) -> None:
    if level.randomness == "error":
        raise RuntimeError("vmap: called random operation while in randomness error mode. Please either use the 'same' or "
                           "'different' randomness flags on vmap or perform the randomness operation out of vmap")


def _refuse_same(level: Level) -> None:
    if level.randomness == "same":
        raise RuntimeError("vmap: with randomness='same' the parameters of random numbers must be the same for all examples "
                           "too; use randomness='different', or draw outside of vmap")


def _is_shape(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(n, int) for n in value)


class _Drawing:
    """A distribution, as an op whose parameters may be batches."""

    name = "random"
    outputs = ()
    kernels: ClassVar[dict[str, Any]] = {}

    def __init__(self, draw: Any) -> None:
        self.body = draw


def _drawn_with(draw: Any, args: tuple[Any, ...], level: Level) -> Any:
    """Draw with parameters of their own for each example."""
    _check(level)
    _refuse_same(level)
    return batched(level, one_by_one(_Drawing(draw), list(args), level), varies=True)


def drawing_op(call: Call) -> Any:
    """The rule of an op that draws for each element of its input: as for one large input."""
    _check(call.level)
    _refuse_same(call.level)
    with inside([level for level in running.levels if level.number < call.level.number]):
        return call.go()


def dropout(call: Call) -> Any:
    """The rule of `native_dropout`: the examples may all lose the same elements."""
    if not call["train"]:
        return call.go()
    _check(call.level)
    with inside([level for level in running.levels if level.number < call.level.number]):
        if call.level.randomness == "different":
            return call.go()
        values = call.inner("input")
        _, kept = call.go(input=values[0, ...])
        scale = 1 / (1 - call["p"]) if call["p"] < 1 else 0.0
        kept = batched(call.level, kept, varies=False)
        return [call["input"] * kept.astype(values.dtype) * scale, kept]
