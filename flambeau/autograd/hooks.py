"""Functions that users attach to tensors and nodes, and how a backward pass calls them."""
from __future__ import annotations

import itertools
import weakref
from typing import Any

from flambeau.core.arrays import as_array
from flambeau.core.tensor import TensorBase, wrap

_next_key = itertools.count().__next__


class RemovableHandle:
    """Takes a hook away again: `handle.remove()`, or at the end of a `with` block."""

    __slots__ = ("id", "places")

    def __init__(self, *places: dict[int, Any]) -> None:
        self.id = next(key for key in iter(_next_key, None) if not any(key in place for place in places))  # of a file, maybe
        self.places = [_reference(place) for place in places]

    @classmethod
    def adding(cls, place: dict[int, Any], hook: Any) -> RemovableHandle:
        handle = cls(place)
        place[handle.id] = hook
        return handle

    def remove(self) -> None:
        for find in self.places:
            place = find()
            if place is not None:
                place.pop(self.id, None)

    def __reduce__(self) -> Any:
        return _restored, (self.id, [find() for find in self.places])

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *error: object) -> None:
        self.remove()


def _restored(key: int, places: list[Any]) -> RemovableHandle:
    """A handle that was pickled together with the dicts its hook is in; keys given from now on are other ones."""
    global _next_key
    handle = RemovableHandle(*[place for place in places if place is not None])
    _next_key = itertools.count(max(handle.id, key) + 1).__next__
    handle.id = key
    return handle


def _reference(place: dict[int, Any]) -> Any:
    """A weak reference where the dict allows one, so that a handle keeps no model alive."""
    try:
        return weakref.ref(place)
    except TypeError:
        return lambda: place


class LeafHooks:
    """The hooks of a leaf: on its gradient, and after it was added to `.grad`."""

    __slots__ = ("after", "before")

    def __init__(self) -> None:
        self.before: dict[int, Any] = {}
        self.after: dict[int, Any] = {}


def leaf_hooks(leaf: Any) -> LeafHooks:
    if leaf._hooks is None:
        leaf._hooks = LeafHooks()
    hooks: LeafHooks = leaf._hooks
    return hooks


def add_tensor_hook(tensor: Any, hook: Any) -> RemovableHandle:
    """Run `hook(grad)` when the gradient of `tensor` is known; what it returns takes the gradient's place."""
    return RemovableHandle.adding(hooks_of(tensor), hook)


def hooks_of(tensor: Any) -> dict[int, Any]:
    """The table of hooks on a tensor's gradient."""
    return leaf_hooks(tensor).before if tensor._node is None else node_hooks(tensor._node, tensor._number)


def add_node_hook(node: Any, number: int | None, hook: Any) -> RemovableHandle:
    """Attach to one output of a node, or (number None) to all of them at once, as a tuple."""
    return RemovableHandle.adding(node_hooks(node, number), hook)


def node_hooks(node: Any, number: int | None) -> dict[int, Any]:
    if node.hooks is None:
        node.hooks = []
    for at, table in node.hooks:
        if at == number:
            return table
    node.hooks.append((number, {}))
    return node.hooks[-1][1]


def retain_grad(tensor: Any) -> None:
    """Have a tensor that is no leaf keep its gradient too."""
    keeper = weakref.ref(tensor)  # the node must not keep its own output alive

    def keep(g: Any) -> None:
        owner = keeper()
        if owner is not None:
            owner._grad = g if owner._grad is None else owner._grad + g

    keep.retains = True  # type: ignore[attr-defined]
    add_tensor_hook(tensor, keep)


def retains_grad(tensor: Any) -> bool:
    if tensor._node is None or tensor._node.hooks is None:
        return False
    tables = [table for number, table in tensor._node.hooks if number == tensor._number]
    return any(hasattr(hook, "retains") for table in tables for hook in table.values())


def _as_tensor(g: Any) -> Any:
    return g if g is None or isinstance(g, TensorBase) else wrap(as_array(g))


def _as_before(g: Any, tensors: bool) -> Any:
    return g._array if isinstance(g, TensorBase) and not tensors else g


def _through(table: dict[int, Any], g: Any) -> Any:
    """Pass a gradient through the hooks of one output."""
    for hook in sorted(table.values(), key=lambda hook: hasattr(hook, "retains")):  # retain_grad sees the final one
        changed = hook(g)
        if changed is not None:
            g = changed
    return g


def before(node: Any, g: Any, tensors: bool) -> Any:
    """Run the hooks on a node's incoming gradients."""
    grads = [_as_tensor(part) for part in (g if node.outputs is not None else [g])]
    for number, table in node.hooks:
        if number is None:
            for hook in list(table.values()):
                changed = hook(tuple(grads))
                grads = grads if changed is None else list(changed)
        elif grads[number] is not None:
            grads[number] = _through(table, grads[number])
    grads = [_as_before(part, tensors) for part in grads]
    return grads if node.outputs is not None else grads[0]


def after(node: Any, gradients: Any, g: Any, tensors: bool) -> Any:
    """Run the hooks on what a node sends on: hook(gradients of inputs, gradients of outputs)."""
    arrived = tuple(_as_tensor(part) for part in (g if node.outputs is not None else [g]))
    sent = tuple(_as_tensor(part) for part in gradients)
    for hook in list(node.post_hooks.values()):
        changed = hook(sent, arrived)
        sent = sent if changed is None else tuple(changed)
    return [_as_before(part, tensors) for part in sent]


def at_leaf(leaf: Any, g: Any, tensors: bool) -> Any:
    return _as_before(_through(leaf._hooks.before, _as_tensor(g)), tensors)


def after_leaf(leaf: Any) -> None:
    for hook in list(leaf._hooks.after.values()):
        hook(leaf)


def add_trace(node: Any, error: Exception) -> None:
    """Add where the forward ran, when anomaly mode wrote it down."""
    trace = getattr(node, "trace", None)
    if trace is not None:
        error.add_note(f"The forward call that made {node.name()}:\n{trace}")
