"""`vmap`: ops on an array for each example at once. See `array` for what such a batch is, and `rules` for how ops take one.

The road asks `used` alone, and that only for arguments that are not plain arrays of one dtype.
"""
from __future__ import annotations

from typing import Any

used = False  # whether there ever was a batch


def holds_batch(values: Any) -> bool:
    """Say whether one of an op's arguments, or a member of its sequence, is a batch."""
    from flambeau.dispatch.batching.array import BatchedArray

    return any(isinstance(value, BatchedArray) or value.__class__ is list and holds_batch(value) for value in values)


def compute(op: Any, values: list[Any]) -> Any:
    """Run an op's body on values of which some are batches."""
    from flambeau.dispatch.batching.run import raw

    return raw(op, values)


def lifted(args: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Bring tensors from outside of a `vmap` into it where their gradients will be wanted; None where there are none."""
    from flambeau.dispatch.batching.border import lifted

    return lifted(args)


def beside(prototype: Any, made: Any) -> Any:
    """Return a new array, as memory of its own for each example where `prototype` has that."""
    if not used or not holds_batch([prototype]):
        return made
    from flambeau.dispatch.batching.border import repeated_as

    return repeated_as(prototype, made)


def drawn(draw: Any, args: tuple[Any, ...]) -> Any:
    """Draw random numbers where a `vmap` may be running: `draw(*args)` by its `randomness`."""
    if not used:
        return draw(*args)
    from flambeau.dispatch.batching.chance import drawn

    return drawn(draw, args)
