"""What may listen in on every op: profiler, capture, anomaly mode, saved-tensor hooks. Free when nobody does."""
from __future__ import annotations

import contextlib
import functools
import threading
from typing import Any

UNHEARD = object()  # what `hear` answers when nobody listens in this thread


class _Here(threading.local):
    """The listeners of one thread: functions (op, args, proceed) -> result, the innermost last."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self.visitors: list[Any] = []  # functions (node, proceed) -> gradients
        self.span: Any = None  # a profiler's: from a name to a block that is recorded under it


_here = _Here()
_counting = threading.Lock()
count = 0  # listeners (and autocasts) in all threads together: the road looks at this alone, once per op


def counted(change: int) -> None:
    global count
    with _counting:
        count += change


def add(listener: Any) -> None:
    """Have `listener(op, args, proceed)` called around every op of this thread; `proceed(op, args)` goes on."""
    counted(1)
    _here.stack.append(listener)


def remove(listener: Any) -> None:
    _here.stack.remove(listener)
    counted(-1)


def listening_here() -> tuple[Any, ...]:
    """Return this thread's listeners, the innermost last."""
    return tuple(_here.stack)


def hear(road: Any, op: Any, args: tuple[Any, ...], *rest: Any) -> Any:
    """Call this thread's innermost listener, with the others still to come inside its `proceed`."""
    stack = _here.stack
    if not stack:
        return UNHEARD
    listener = stack.pop()
    try:
        return listener(op, args, lambda op, args: road(op, args, *rest))
    finally:
        stack.append(listener)


def add_visitor(visitor: Any) -> None:
    """Have `visitor(node, proceed)` called around every node that a backward pass of this thread visits."""
    counted(1)
    _here.visitors.append(visitor)


def remove_visitor(visitor: Any) -> None:
    _here.visitors.remove(visitor)
    counted(-1)


def visit(node: Any, g: Any, tensors: bool) -> Any:
    """Let a node work out its gradients, watched by this thread's visitors."""
    def proceed() -> Any:
        return node.gradients(g, tensors)

    for visitor in _here.visitors:
        proceed = functools.partial(visitor, node, proceed)
    return proceed()


def set_span(span: Any) -> None:
    _here.span = span


def span(name: str) -> Any:
    """Return a block that a profiler of this thread, if there is one, shows under `name`."""
    return contextlib.nullcontext() if _here.span is None else _here.span(name)


class listening:  # noqa: N801  used as `with listening(function):`
    """Have `listener(op, args, proceed)` called around every op in the block; it returns what `proceed` returns."""

    def __init__(self, listener: Any) -> None:
        self.listener = listener

    def __enter__(self) -> None:
        add(self.listener)

    def __exit__(self, *error: object) -> None:
        remove(self.listener)


def fresh_nodes(op: Any, result: Any) -> list[Any]:
    """Return the tape's entries that `op` has just made for its result."""
    outs = result if isinstance(result, tuple | list) else (result,)
    found = {id(node): node for node in (getattr(out, "_node", None) for out in outs) if node is not None}
    return [node for node in found.values() if node.made_by(op)]
