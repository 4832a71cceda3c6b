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
    """The hooks of a leaf: on its gradient, and after it was added to `.grad`. `accumulator` finds the node that a user
    was shown for it, and may have hung hooks on too."""

    __slots__ = ("accumulator", "after", "before")

    def __init__(self) -> None:
        self.before: dict[int, Any] = {}
        self.after: dict[int, Any] = {}
        self.accumulator: Any = lambda: None


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


class Keeper:
    """The hook that has a tensor which is no leaf keep its gradient too."""

    __slots__ = ("owner",)

    def __init__(self, tensor: Any) -> None:
        self.owner = weakref.ref(tensor)  # the node must not keep its own output alive

    def __call__(self, g: Any) -> None:
        owner = self.owner()
        if owner is not None:
            owner._grad = g if owner._grad is None else owner._grad + g


def retain_grad(tensor: Any) -> None:
    add_tensor_hook(tensor, Keeper(tensor))


def retains_grad(tensor: Any) -> bool:
    return _keeper_of(tensor) is not None


def _keeper_of(tensor: Any) -> tuple[dict[int, Any], int] | None:
    """Where the hook that keeps a tensor's gradient hangs: a table and the key in it."""
    for number, table in getattr(tensor._node, "hooks", None) or ():
        for key, hook in table.items():
            if number == tensor._number and isinstance(hook, Keeper) and hook.owner() is tensor:
                return table, key
    return None


class placing:  # noqa: N801  used as `with placing(tensor):`
    """Around giving a tensor a new place on the tape: its gradient is kept there then, no more at the old one."""

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor

    def __enter__(self) -> None:
        self.found = _keeper_of(self.tensor)

    def __exit__(self, *error: object) -> None:
        if self.found is not None:
            table, key = self.found
            table.pop(key)
            retain_grad(self.tensor)


def _as_tensor(g: Any) -> Any:
    return g if g is None or isinstance(g, TensorBase) else wrap(as_array(g))


def _as_before(g: Any, tensors: bool) -> Any:
    return g._array if isinstance(g, TensorBase) and not tensors else g


def _through(table: dict[int, Any], g: Any) -> Any:
    """Pass a gradient through the hooks of one output."""
    for hook in sorted(table.values(), key=lambda hook: isinstance(hook, Keeper)):  # retain_grad sees the final one
        changed = hook(g)
        if changed is not None:
            g = _accepted(hook, changed, g)
    return g


def _accepted(hook: Any, changed: Any, g: Any) -> Any:
    """Return what a hook made of a gradient. Raises when it is none for the same tensor."""
    name = getattr(hook, "__name__", repr(hook))
    if not isinstance(changed, TensorBase):
        raise TypeError(f"expected Variable, but hook returned '{type(changed).__name__}'")
    if changed._array.shape != g._array.shape:
        raise RuntimeError(f"hook '{name}' has changed the size of value: from {list(g._array.shape)} to "
                           f"{list(changed._array.shape)}")
    if changed._array.dtype != g._array.dtype:
        raise RuntimeError(f"hook '{name}' has changed the type of value (was {g._array.dtype} got {changed._array.dtype})")
    return changed


def _tuple_from(hook: Any, changed: Any, grads: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what a node's hook made of several gradients. Raises when they are not as many."""
    if changed is None:
        return grads
    if not isinstance(changed, tuple):
        raise TypeError(f"expected tuple, but hook returned '{type(changed).__name__}'")
    if len(changed) != len(grads):
        name = getattr(hook, "__name__", repr(hook))
        raise RuntimeError(f"hook '{name}' has returned an incorrect number of values (got {len(changed)}, but expected "
                           f"{len(grads)})")
    return changed


def before(node: Any, g: Any, tensors: bool) -> Any:
    """Run the hooks on a node's incoming gradients."""
    grads = tuple(_as_tensor(part) for part in (g if node.outputs is not None else [g]))
    for number, table in node.hooks:
        if number is None:
            for hook in list(table.values()):
                grads = _tuple_from(hook, hook(grads), grads)
        elif grads[number] is not None:
            grads = (*grads[:number], _through(table, grads[number]), *grads[number + 1:])
    parts = [_as_before(part, tensors) for part in grads]
    return parts if node.outputs is not None else parts[0]


def after(node: Any, gradients: Any, g: Any, tensors: bool) -> Any:
    """Run the hooks on what a node sends on: hook(gradients of inputs, gradients of outputs)."""
    inputs = node.inputs()
    arrived = tuple(_as_tensor(part) for part in (g if node.outputs is not None else [g]))
    sent = tuple(None if at is None else _as_tensor(gradients[at]) for at in inputs)
    for hook in list(node.post_hooks.values()):
        sent = _tuple_from(hook, hook(sent, arrived), sent)
    changed = list(gradients)
    for at, part in zip(inputs, sent, strict=True):
        if at is not None:
            changed[at] = _as_before(part, tensors)
    return changed


def at_leaf(leaf: Any, g: Any, tensors: bool) -> Any:
    return _as_before(_through(leaf._hooks.before, _as_tensor(g)), tensors)


def before_leaf(leaf: Any, g: Any, tensors: bool) -> Any:
    """Run what acts on a leaf's gradient on its way to `.grad`."""
    g = at_leaf(leaf, g, tensors)
    node = leaf._hooks.accumulator()
    return g if node is None or node.hooks is None else before(node, g, tensors)


def after_leaf(leaf: Any, g: Any) -> None:
    """Run what waits for a leaf's `.grad`."""
    for hook in list(leaf._hooks.after.values()):
        hook(leaf)
    node = leaf._hooks.accumulator()
    if node is not None and node.post_hooks is not None:
        after(node, (), g, False)


def add_trace(node: Any, error: Exception) -> None:
    """Add where the forward ran, when anomaly mode wrote it down."""
    trace = getattr(node, "trace", None)
    if trace is not None:
        error.add_note(f"The forward call that made {node.name()}:\n{trace}")
