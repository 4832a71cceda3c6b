"""One entry of the tape: the op that ran, what its rules will ask for, and where its gradients go."""
from __future__ import annotations

import functools
import itertools
import weakref
from collections.abc import Sequence
from typing import Any, NamedTuple

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import HALVES
from flambeau.core.promotion import FLOAT32, FLOAT64
from flambeau.core.tensor import Storage, TensorBase, wrap

# Where a gradient goes: (node or leaf, which of the node's outputs, the input's shape, its dtype); None: nowhere.
Edge = tuple[Any, int, tuple[int, ...], Any] | None
# What a rule asks for: (value, storage, the storage's version then); the storage is None for what cannot change.
Saved = tuple[Any, Any, int]

next_order = itertools.count(-1, -1).__next__  # the latest op has the lowest number, and comes first in a heap


class Node:
    """A recorded op. `gradients` turns the gradients of its outputs into those of its inputs, edge by edge."""

    __slots__ = ("__weakref__", "edges", "hooks", "metadata_", "op", "order", "outputs", "plan", "post_hooks", "saved",
                 "shown", "trace")

    edges: list[Edge]
    hooks: Any  # [(output number, {key: hook})] run on a gradient that arrives
    op: Any
    order: int
    outputs: list[tuple[tuple[int, ...], Any, Any] | None] | None  # (shape, dtype, namespace) each; None when there is one
    plan: Any
    post_hooks: Any  # {key: hook} run when the node is done
    saved: list[Saved] | None  # None once it was freed
    shown: Any  # the `AccumulateGrad`s that a user was shown, kept with what he hung on them
    trace: Any  # the forward's traceback, in anomaly mode

    def gradients(self, g: Any, tensors: bool) -> Sequence[Any]:
        """Run the rules on raw arrays, or on tensors when the gradient itself is to be differentiated."""
        values = [g]
        if self.saved is None:
            raise self.freed()
        for value, storage, version in self.saved:
            if storage is not None and storage.version != version:
                if self.plan.names[len(values) - 1] != "out_if_kept":
                    raise stale(self, value, storage, version)
                value = None  # the rule can do without
            values.append(value)
        if tensors:
            self.plan.revive(self, values)
        if self.outputs is not None:
            return self._carefully(g if self.op.partial else _filled(g, self.outputs, tensors), values[1:])
        dtype = (g._array if tensors else g).dtype
        if dtype is FLOAT32 or dtype is FLOAT64:
            return self.plan.run(values)
        return self._carefully([g], values[1:])

    def _carefully(self, grads: list[Any], saved: list[Any]) -> Sequence[Any]:
        """As above for several outputs, half types (computed in float32) and complex numbers (conjugated around)."""
        conjugate = not self.op.complex_rules and any(g is not None and _is_complex(g) for g in grads)
        if conjugate:
            grads = _conjugated(grads)
        results = self.plan.run([_in_float32(value) for value in (*grads, *saved)])
        return _conjugated(results) if conjugate else results

    def freed(self) -> RuntimeError:
        return RuntimeError(
            "Trying to backward through the graph a second time (or directly access saved tensors after they have already "
            f"been freed): {self.name()} has no saved values left. Specify retain_graph=True in the first .backward() or "
            "autograd.grad() if you need to go back twice"
        )

    def free(self) -> None:
        """Drop what was saved. A node that saved only shapes and numbers may run again, as PyTorch's may."""
        if self.plan.saves_arrays:
            self.saved = None

    # What PyTorch's grad_fn offers.

    def name(self) -> str:
        return str(self.op.grad_name)

    def made_by(self, op: Any) -> bool:
        return self.op is op

    def inputs(self) -> tuple[int | None, ...]:
        """For each input that PyTorch counts, its place among the edges; None when it needs no gradient."""
        return self.plan.counted

    @property
    def next_functions(self) -> tuple[tuple[Any, int], ...]:
        edges = [None if at is None else self.edges[at] for at in self.inputs()]
        self.shown = tuple((None, 0) if edge is None else (as_function(edge[0]), edge[1]) for edge in edges)
        return self.shown

    @property
    def metadata(self) -> dict[Any, Any]:
        try:
            return self.metadata_
        except AttributeError:
            self.metadata_: dict[Any, Any] = {}
            return self.metadata_

    def register_hook(self, hook: Any) -> Any:
        from flambeau.autograd.hooks import RemovableHandle

        if self.post_hooks is None:
            self.post_hooks = {}
        return RemovableHandle.adding(self.post_hooks, hook)

    def register_prehook(self, hook: Any) -> Any:
        from flambeau.autograd.hooks import RemovableHandle, add_node_hook

        handle: RemovableHandle = add_node_hook(self, None, hook)
        return handle

    def __repr__(self) -> str:
        return f"<{type(self).__name__} object at {id(self):#x}>"


class GradientEdge(NamedTuple):
    """A place on the tape: the entry that made a tensor, and which of its outputs that tensor is."""

    node: Any
    output_nr: int


class AccumulateGrad(Node):
    """The end of the tape as `grad_fn.next_functions` shows it: a leaf, whose `.grad` is added to."""

    __slots__ = ("variable",)

    def __init__(self, variable: Any) -> None:
        self.variable = variable
        self.hooks = self.post_hooks = None
        self.outputs, self.edges = None, []

    def name(self) -> str:
        return "torch::autograd::AccumulateGrad"

    def inputs(self) -> tuple[int | None, ...]:
        return ()


def accumulator(leaf: Any) -> AccumulateGrad:
    """The one `AccumulateGrad` of a leaf, which lives as long as somebody holds it."""
    from flambeau.autograd.hooks import leaf_hooks

    known = leaf_hooks(leaf)
    made = known.accumulator()
    if made is None:
        made = AccumulateGrad(leaf)
        known.accumulator = weakref.ref(made)
    return made


def as_function(target: Any) -> Node:
    """What a user is shown of a place on the tape: a node, under the name of its op."""
    if isinstance(target, TensorBase):
        return accumulator(target)
    if target.__class__.__name__ not in target.name():
        target.__class__ = _named(target.__class__, target.name())
    return target


@functools.cache
def _named(kind: type[Node], name: str) -> type[Node]:
    return type(name, (kind,), {"__slots__": ()})


def _is_complex(g: Any) -> bool:
    return bool((g._array if isinstance(g, TensorBase) else g).dtype.kind == "c")


def _conjugated(grads: Sequence[Any]) -> list[Any]:
    return [g if g is None else g.conj() for g in grads]


def _in_float32(value: Any) -> Any:
    """Widen half types: NumPy would round after each step of a rule, and sum bfloat16 in bfloat16."""
    if isinstance(value, TensorBase):
        return value.float() if value._array.dtype in HALVES else value
    return value.astype(FLOAT32) if getattr(value, "dtype", None) in HALVES else value


def _filled(grads: list[Any], outputs: list[Any], tensors: bool) -> list[Any]:
    """Return one gradient for each output: zeros for an output that nobody used, None for one that has no gradient."""
    return [_zeros(about, tensors) if g is None and about is not None else g for g, about in zip(grads, outputs, strict=True)]


def _zeros(about: tuple[tuple[int, ...], Any, Any], tensor: bool) -> Any:
    shape, dtype, namespace = about
    zeros = namespace.zeros(shape, dtype)
    return wrap(zeros) if tensor else zeros


def stale(node: Node, value: Array, storage: Storage, version: int) -> RuntimeError:
    """Say which op needed a value that was written to since, and who wrote."""
    position = next(i for i, entry in enumerate(node.saved or ()) if entry[0] is value)
    wanted = node.plan.names[position]
    value = value[0] if isinstance(value, list) else value  # of the members of a sequence one was written to
    return RuntimeError(
        "one of the variables needed for gradient computation has been modified by an inplace operation: "
        f"{node.op.name} needs `{wanted}` ({namespace_of(value).__name__} array of {value.dtype} {list(value.shape)}) for "
        f"its gradient, which is at version {storage.version}; expected version {version} instead. It was written to by "
        f"{storage.writer}; use the out-of-place form there, or clone() before {node.op.name}"
    )
