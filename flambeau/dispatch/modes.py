"""What may listen in on every op: profiler, capture, anomaly mode, saved-tensor hooks. Free when nobody does."""
from __future__ import annotations

from typing import Any

# Functions (op, args, proceed) -> result, the innermost last; `proceed(op, args)` goes on. `apply` looks here once per op.
stack: list[Any] = []


def run(op: Any, args: tuple[Any, ...], spread: int) -> Any:
    """Call the innermost listener, with the others still to come inside its `proceed`."""
    from flambeau.dispatch.apply import apply

    listener = stack.pop()
    try:
        return listener(op, args, lambda op, args: apply(op, args, spread))
    finally:
        stack.append(listener)


class listening:  # noqa: N801  used as `with listening(function):`
    """Have `listener(op, args, proceed)` called around every op; it returns what `proceed(op, args)` returns."""

    def __init__(self, listener: Any) -> None:
        self.listener = listener

    def __enter__(self) -> None:
        stack.append(self.listener)

    def __exit__(self, *error: object) -> None:
        stack.remove(self.listener)
