"""How to record an op: worked out once for each set of arguments that need gradients."""
from __future__ import annotations

from operator import itemgetter
from typing import Any

from flambeau.core.tensor import TensorBase, wrap

ARGUMENT, OUTPUT, SHAPE, CONSTANT = "argument", "output", "shape", "constant"


class Step:
    """One rule to run: which of the values it takes, and the edge (or edges, for a joint rule) it answers for."""

    __slots__ = ("edges", "joint", "rule", "take")

    def __init__(self, rule: Any, take: list[int], edges: Any) -> None:
        self.rule = rule
        self.edges = edges
        self.joint = isinstance(edges, tuple)
        # one index would make itemgetter return a bare value
        self.take = itemgetter(*take) if len(take) > 1 else lambda values: (values[take[0]],)

    def run(self, values: list[Any]) -> Any:
        return self.rule(*self.take(values))

    def is_all_of(self, count: int) -> bool:
        """Say whether the rule takes all `count` values in their order."""
        places = list(range(count))
        return not self.joint and list(self.take(places)) == places


class Plan:
    """What to save and which rules to run.

    `inputs`: positions of the arguments that get an edge. `saves`: (kind, what) of each saved value, which a rule finds
    after the gradients of the outputs. `steps`: the rules. `counted`: for each input that PyTorch's nodes count, its place
    among the edges, or None.
    """

    __slots__ = ("counted", "inputs", "names", "rule", "saves", "saves_arrays", "steps", "width")

    def __init__(self, layout: Layout, inputs: tuple[int, ...], saves: dict[str, tuple[str, Any]],
                 steps: list[Step]) -> None:
        self.inputs = inputs
        self.counted = tuple(inputs.index(at) if at in inputs else None for at in sorted(layout.counted() | {*inputs}))
        self.width = len(inputs)
        self.names = tuple(saves)
        self.saves = tuple(saves.values())
        self.steps = tuple(steps)
        self.saves_arrays = any(kind is OUTPUT or kind is ARGUMENT and layout.is_tensor(name)
                                for name, (kind, _) in saves.items())
        # the usual case: one gradient, from a rule that takes g and then all that was saved, in that order
        self.rule = steps[0].rule if len(steps) == 1 and steps[0].is_all_of(layout.grads + len(saves)) else None

    @classmethod
    def of(cls, op: Any, mask: int, count: int) -> Plan | None:
        """Plan for the arguments in `mask`, where a sequence argument was spread out over `count` positions."""
        layout = Layout(op, count)
        wanted = [(key, rule) for key, rule in op.rules.items()
                  if any(mask >> position & 1 for name in _as_tuple(key) for position in layout.positions(name))]
        if not wanted:
            return None
        inputs = tuple(position for key, _ in wanted for name in _as_tuple(key) for position in layout.positions(name)
                       if mask >> position & 1)
        saves: dict[str, tuple[str, Any]] = {}
        steps = []
        for key, rule in wanted:
            needed = tuple(bool(mask >> at & 1) for name in _as_tuple(key) for at in layout.positions(name))
            take = [layout.find(name, saves, needed) for name in _names_in(rule)]
            steps.append(Step(rule, take, _edges(key, layout, inputs)))
        return cls(layout, inputs, saves, steps)

    def run(self, values: list[Any]) -> Any:
        """Run the rules on `[g, …, saved values]`; return one gradient for each edge."""
        if self.rule is not None:
            return (self.rule(*values),)
        results: list[Any] = [None] * self.width
        for step in self.steps:
            if not step.joint:
                results[step.edges] = step.run(values)
                continue
            for edge, part in zip(step.edges, step.run(values), strict=True):
                if edge is not None:
                    results[edge] = part
        return results

    def revive(self, node: Any, values: list[Any]) -> None:
        """Turn saved arrays back into tensors with their place on the tape, for gradients of gradients."""
        edge_of = dict(zip(self.inputs, node.edges, strict=True))
        for i, (kind, what) in enumerate(self.saves, start=1):
            if kind is OUTPUT and values[i] is not None:
                values[i] = _placed(wrap(values[i]), node, what)
            elif kind is ARGUMENT and not isinstance(what, slice):
                values[i] = _revived(values[i], edge_of.get(what))
            elif kind is ARGUMENT:
                found = range(what.start, what.stop)
                values[i] = [_revived(value, edge_of.get(at)) for at, value in zip(found, values[i], strict=True)]


class Layout:
    """Where an op's arguments, outputs and constants are found by name."""

    def __init__(self, op: Any, count: int) -> None:
        self.op = op
        self.extra = 0 if op.sequence is None else count - 1
        self.grads = max(len(op.outputs), 1)

    def position(self, name: str) -> int:
        index: int = self.op.parameters.index(name)
        return index + (self.extra if self.op.sequence is not None and index > self.op.sequence else 0)

    def is_tensor(self, name: str) -> bool:
        return bool(self.op.tensors[self.op.parameters.index(name)])

    def counted(self) -> set[int]:
        """The positions that a node of PyTorch's has an edge for even when they need no gradient. (A number is one of
        them only as the `other` of an operator.)"""
        names = [name for key in self.op.rules for name in _as_tuple(key)]
        return {at for name in names for at in self.positions(name)
                if name == "other" or self.op.strict >> self.op.parameters.index(name) & 1}

    def is_sequence(self, name: str) -> bool:
        return self.op.sequence is not None and self.op.parameters[self.op.sequence] == name

    def positions(self, name: str) -> range:
        start = self.position(name)
        return range(start, start + 1 + (self.extra if self.is_sequence(name) else 0))

    def place(self, name: str) -> Any:
        """The position of an argument, or the slice of a sequence."""
        found = self.positions(name)
        return slice(found.start, found.stop) if self.is_sequence(name) else found.start

    def find(self, wanted: str, saves: dict[str, tuple[str, Any]], needed: tuple[bool, ...]) -> int:
        """Return where a rule's parameter will be among the values, adding it to what is saved."""
        op = self.op
        if wanted == "g":
            return 0
        if wanted.startswith("g_") and wanted[2:] in op.outputs:
            return int(op.outputs.index(wanted[2:]))
        if wanted == "needs":
            wanted = f"needs {needed}"
            saves.setdefault(wanted, (CONSTANT, needed))
        elif wanted in ("out", "out_if_kept"):
            saves.setdefault(wanted, (OUTPUT, 0))
        elif wanted in op.parameters:
            saves.setdefault(wanted, (ARGUMENT, self.place(wanted)))
        elif wanted in op.outputs:
            saves.setdefault(wanted, (OUTPUT, op.outputs.index(wanted)))
        elif wanted.endswith("_shape") and wanted[:-6] in op.parameters:
            saves.setdefault(wanted, (SHAPE, self.place(wanted[:-6])))
        else:
            raise TypeError(f"the rule of {op.name} asks for {wanted!r}, which is no argument, output or shape of it")
        return self.grads + list(saves).index(wanted)


def _as_tuple(key: Any) -> tuple[str, ...]:
    return key if isinstance(key, tuple) else (key,)


def _names_in(rule: Any) -> tuple[str, ...]:
    code = rule.__code__
    return tuple(code.co_varnames[:code.co_argcount])


def _edges(key: Any, layout: Layout, inputs: tuple[int, ...]) -> Any:
    """The edge that a rule answers for, or a tuple of edges (None where nothing is needed) for a joint rule."""
    positions = [position for name in _as_tuple(key) for position in layout.positions(name)]
    if isinstance(key, tuple) or layout.is_sequence(key):
        return tuple(inputs.index(position) if position in inputs else None for position in positions)
    return inputs.index(positions[0])


def _placed(tensor: Any, node: Any, number: int) -> Any:
    tensor._node, tensor._number, tensor._requires_grad = node, number, True
    return tensor


def _revived(value: Any, edge: Any) -> Any:
    """Return a saved argument as the tensor it was."""
    if not hasattr(value, "strides"):
        return value
    if edge is None:
        return wrap(value)
    target, number = edge[0], edge[1]
    if not isinstance(target, TensorBase):
        return _placed(wrap(value), target, number)
    if target._array is value:
        return target
    alias = target.view_as(target)  # the leaf was given other memory (`.data =`) since
    alias._array = value
    return alias
