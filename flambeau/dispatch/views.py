"""Views of one memory on the tape: where a view stands after its base, or another view, was written to."""
from __future__ import annotations

from typing import Any

from flambeau.autograd.mode import enable_grad, grad_mode
from flambeau.core.arrays import Array, shares_memory, strides_in_elements
from flambeau.core.memory import address_of
from flambeau.core.tensor import AMONG_SEVERAL, UNRECORDED, View, making


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
    out._view = View(base, steps, source._storage.version, None if known is None else known.made)
    if not grad_mode.enabled:
        out._view.made = UNRECORDED
        out._requires_grad = base._requires_grad  # PyTorch says so, though no gradient gets past it


def among_several(parts: Any) -> Any:
    """Mark the results of a function that returns several views: no one of them may be written to on its own."""
    for part in parts:
        view = getattr(part, "_view", None)
        if view is not None and view.made is None:
            view.made = AMONG_SEVERAL
    return parts


def on_its_own(result: Any) -> Any:
    """Make a view of what nobody else holds a tensor like any other, which can be written to and detached in place."""
    if getattr(result, "_view", None) is not None:
        result._view, result._storage = None, making.storage()
    return result


def refresh(tensor: Any) -> None:
    """Give a view its new place on the tape when its memory was written to since."""
    view = tensor._view
    version = tensor._storage.version
    if view.seen == version or view.steps is None:
        return
    if view.seen < tensor._storage.turned:
        view.steps = (_straight(view.base._array, tensor._array),)
    if view.base._requires_grad:
        if view.made is not None:
            if grad_mode.enabled:
                raise outlived(view)
            return
        with enable_grad():  # the view was recorded, wherever it is used now
            again = follow(view.base, view.steps)
        tensor._node, tensor._number, tensor._requires_grad = again._node, again._number, again._requires_grad
    view.seen = version


def _straight(base: Array, array: Array) -> tuple[Any, ...]:
    """Return the one step from a base to a view of it by strides: the base has another shape than when the view was made."""
    from flambeau.dispatch.op import find

    offset = (address_of(array) - address_of(base)) // array.itemsize
    source = tuple(base.shape), strides_in_elements(base)
    return find("strides.as_strided"), (tuple(array.shape), strides_in_elements(array), offset, source)


def outlived(view: View) -> RuntimeError:
    """The error for a view whose place on the tape cannot be found again."""
    return RuntimeError(f"A view was created {view.made} and its base or another view of its base has been modified "
                        "inplace. Nobody can tell where gradients would go: make the view after the write, or clone() it")


def follow(value: Any, steps: tuple[Any, ...]) -> Any:
    """Take the steps from a base to its view again, on a tensor or an array."""
    from flambeau.dispatch.apply import apply

    for op, rest in steps:
        value = apply(op, (value, *rest))
    return value
