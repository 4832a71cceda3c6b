"""Views of one memory on the tape: where a view stands after its base, or another view, was written to."""
from __future__ import annotations

from typing import Any

from flambeau.autograd.mode import enable_grad, grad_mode
from flambeau.core.arrays import shares_memory
from flambeau.core.tensor import View


def link(out: Any, op: Any, args: tuple[Any, ...]) -> None:
    """Tie the output of a view op to its base, unless the op had to copy."""
    source = args[0]
    if not shares_memory(out._array, source._array):
        return
    out._storage = source._storage
    known = source._view
    step = (op, args[1:])
    base = source if known is None else known.base
    steps = (step,) if known is None else None if known.steps is None else (*known.steps, step)
    out._view = View(base, steps, source._storage.version if grad_mode.enabled else -1)


def refresh(tensor: Any) -> None:
    """Give a view its new place on the tape when its memory was written to since. Views made unrecorded stay so."""
    view = tensor._view
    version = tensor._storage.version
    if view.seen in (version, -1) or view.steps is None:
        return
    view.seen = version
    if view.base._requires_grad:
        with enable_grad():  # the view was recorded, wherever it is used now
            again = follow(view.base, view.steps)
        tensor._node, tensor._number, tensor._requires_grad = again._node, again._number, again._requires_grad


def follow(value: Any, steps: tuple[Any, ...]) -> Any:
    """Take the steps from a base to its view again, on a tensor or an array."""
    from flambeau.dispatch.apply import apply

    for op, rest in steps:
        value = apply(op, (value, *rest))
    return value
