"""The walk back over the tape: from outputs to leaves, latest op first."""
from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from heapq import heappop, heappush
from typing import Any

from flambeau.autograd import hooks, listeners
from flambeau.autograd.mode import grad_mode
from flambeau.autograd.node import Node
from flambeau.autograd.places import Place
from flambeau.core.arrays import QUIET, SILENT, as_array
from flambeau.core.tensor import UNRECORDED, TensorBase, wrap


class _Passes(threading.local):
    """What is to be called at the end of the pass that this thread is in; None outside of one."""

    ends: list[Any] | None = None
    only_some: bool = False  # whether the gradients of some inputs are wanted, rather than those of all leaves


_passes = _Passes()


def at_end_of_pass(function: Any) -> None:
    """Call `function()` when the backward pass that runs now has reached everything. Raises RuntimeError outside of one."""
    if _passes.ends is None:
        raise RuntimeError("Final callbacks can only be installed during backward pass.")
    _passes.ends.append(function)


def reaches_all_leaves() -> bool:
    """Say whether the pass that runs now adds to the `.grad` of all leaves, as a pass inside it would."""
    return not _passes.only_some


class one_pass:  # noqa: N801  used as `with one_pass():`
    """A whole backward pass, from the outputs to the last `.grad`; passes within it have their own ends."""

    def __init__(self, only_some: bool = False) -> None:
        self.only_some = only_some

    def __enter__(self) -> None:
        self.outer = _passes.ends, _passes.only_some
        _passes.ends, _passes.only_some = [], self.only_some

    def __exit__(self, failed: Any, *_: object) -> None:
        ends = _passes.ends or []
        _passes.ends, _passes.only_some = self.outer
        if failed is None:
            for function in ends:
                function()


class Walk:
    """One backward pass: the gradients on their way, and where they are wanted."""

    def __init__(self, tensors: bool, keep: bool, wanted: set[Any] | None) -> None:
        self.tensors = tensors  # whether gradients are tensors, recorded in turn
        self.keep = keep  # whether the tape is to be walked again
        self.wanted = wanted  # the nodes and leaves to reach; None for all
        self.pending: dict[Node, Any] = {}
        self.heap: list[tuple[int, Node]] = []
        self.leaves: dict[Any, Any] = {}
        self.captured: dict[tuple[Node, int], Any] = {}

    def send(self, target: Any, number: int, g: Any) -> None:
        """Hand a gradient to a node's output or to a leaf, adding to what came before."""
        if isinstance(target, TensorBase):
            if target._view is not None and target._view.made is UNRECORDED:
                return  # no leaf: nobody wrote down how it was made
            before = self.leaves.get(target)
            self.leaves[target] = g if before is None else _sum(before, g)
            return
        before = self.pending.get(target)
        if before is None:
            heappush(self.heap, (target.order, target))
            self.pending[target] = g if target.outputs is None else _at(number, g, len(target.outputs))
        elif target.outputs is None:
            self.pending[target] = _sum(before, g)
        else:
            before[number] = g if before[number] is None else _sum(before[number], g)

    def run(self) -> None:
        """Visit every pending node. An op always comes after the ops that use it, so its gradient is complete."""
        heap, pending, tensors, keep, wanted = self.heap, self.pending, self.tensors, self.keep, self.wanted
        while heap:
            node = heappop(heap)[1]
            g = pending.pop(node)
            if node.hooks is not None:
                g = hooks.before(node, g, tensors)
            if wanted is not None and self.passes_by(node, g):
                continue
            try:
                gradients = listeners.visit(node, g, tensors) if listeners.count else node.gradients(g, tensors)
                if node.post_hooks is not None:
                    gradients = hooks.after(node, gradients, g, tensors)
            except Exception as error:
                hooks.add_trace(node, error)
                raise
            if not keep:
                node.free()
            for part, edge in zip(gradients, node.edges):  # noqa: B905  a gradient for each edge
                if part is None or edge is None:
                    continue
                target, number, shape, dtype = edge
                if wanted is not None and target not in wanted:
                    continue
                if part.shape != shape:
                    part = sum_to(part, shape)
                if (part._array if tensors else part).dtype is not dtype:
                    part = _cast(part, dtype)
                if target not in pending and target.__class__ is Node and target.outputs is None:
                    heappush(heap, (target.order, target))  # what `send` does, for the usual case
                    pending[target] = part
                else:
                    self.send(target, number, part)

    def passes_by(self, node: Node, g: Any) -> bool:
        """Keep the gradient of an output that was asked for; say whether nothing further back was."""
        for number, part in enumerate(g if node.outputs is not None else (g,)):
            if (node, number) in self.captured:
                self.captured[node, number] = part
        wanted = self.wanted
        return wanted is not None and not any(edge is not None and edge[0] in wanted for edge in node.edges)


def _sum(one: Any, other: Any) -> Any:
    total = one + other
    return total if isinstance(total, TensorBase) else as_array(total)  # NumPy makes a scalar of two arrays without dims


def _at(number: int, g: Any, count: int) -> list[Any]:
    grads = [None] * count
    grads[number] = g
    return grads


def sum_to(g: Any, shape: tuple[int, ...]) -> Any:
    """Undo broadcasting: add up the copies that it made."""
    extra = g.ndim - len(shape)
    dims = (*range(extra), *(i + extra for i, size in enumerate(shape) if size == 1 and g.shape[i + extra] != 1))
    if extra < 0 or tuple(1 if i in dims else n for i, n in enumerate(g.shape))[extra:] != shape:
        if math.prod(g.shape) == math.prod(shape) == 1:
            return g.reshape(shape)
        raise RuntimeError(f"a gradient of shape {list(g.shape)} does not fit its input of shape {list(shape)}")
    summed = g.sum(dims, True) if isinstance(g, TensorBase) else g.sum(dims, keepdims=True)
    return summed.reshape(shape)


def _cast(g: Any, dtype: Any) -> Any:
    """Bring a gradient to its input's dtype; a real input takes the real part."""
    if isinstance(g, TensorBase):
        return g._cast(dtype)
    if g.dtype.kind == "c" and dtype.kind != "c":
        g = g.real
    return g.astype(dtype)


def walk_back(starts: Sequence[tuple[Place, Any]], *, keep: bool, create_graph: bool,
              goals: Sequence[Place] | None = None) -> Walk:
    """Send gradients from where they start down the tape, to all leaves or to `goals` alone."""
    walk = Walk(create_graph, keep, None)
    if goals is not None:
        walk.captured = dict.fromkeys(place for place in goals if isinstance(place[0], Node))
        walk.wanted = leading_to({target for target, _ in goals}, [target for (target, _), _ in starts])
    token = QUIET.set(SILENT)
    before, grad_mode.enabled = grad_mode.enabled, create_graph
    try:
        for (target, number), g in starts:
            # a view: nobody may take the user's own array for a fresh one
            walk.send(target, number, g if create_graph else g._array.view())
        walk.run()
    finally:
        grad_mode.enabled = before
        QUIET.reset(token)
    return walk


def leading_to(goals: set[Any], starts: Sequence[Any]) -> set[Any]:
    """Every node between `starts` and `goals`, the goals included."""
    found = set(goals)
    nodes: dict[Any, None] = dict.fromkeys(starts)
    stack = list(nodes)
    while stack:
        for edge in getattr(stack.pop(), "edges", ()):
            if edge is not None and edge[0] not in nodes:
                nodes[edge[0]] = None
                stack.append(edge[0])
    makers = [node for node in nodes if isinstance(node, Node)]
    for node in sorted(makers, key=lambda node: -node.order):  # oldest first, so that inputs are known before users
        if any(edge is not None and edge[0] in found for edge in node.edges):
            found.add(node)
    return found


def deposit(walk: Walk) -> None:
    """Add what arrived at each leaf to its `.grad`."""
    taken: set[int] = set()
    for leaf, g in walk.leaves.items():
        if leaf._hooks is not None:
            g = hooks.before_leaf(leaf, g, walk.tensors)
        if walk.tensors or isinstance(g, TensorBase):
            leaf._grad = g if leaf._grad is None else leaf._grad + g
        else:
            _accumulate(leaf, as_array(g), taken)
        if leaf._hooks is not None:
            hooks.after_leaf(leaf, g)


def _accumulate(leaf: Any, g: Any, taken: set[int]) -> None:
    """Write into the present `.grad`, as PyTorch does, or keep `g`, unless somebody else may hold the same memory."""
    present = leaf._grad
    if present is None:
        is_ours = g.base is None and id(g) not in taken and leaf._hooks is None
        taken.add(id(g))
        leaf._grad = wrap(g if is_ours else g.copy())
    elif present._requires_grad:
        leaf._grad = wrap(present._array + g)
    else:
        present._array += g
        present._storage.version += 1
