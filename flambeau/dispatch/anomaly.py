"""Anomaly mode: remember where each op was called, and stop at the first gradient that is not a number."""
from __future__ import annotations

import traceback
from typing import Any

from flambeau import autograd
from flambeau.core.arrays import namespace_of
from flambeau.core.tensor import TensorBase
from flambeau.dispatch import modes


class detect_anomaly:  # noqa: N801  PyTorch's name
    """Within a `with` block, have an error in a backward pass show the forward call it belongs to.

    With `check_nan` a gradient that holds NaN is such an error (RuntimeError). Slow: for looking for a fault only.
    """

    def __init__(self, check_nan: bool = True) -> None:
        self.check_nan = check_nan

    def __enter__(self) -> None:
        modes.stack.append(self.watch)

    def __exit__(self, *error: object) -> None:
        modes.stack.remove(self.watch)

    def watch(self, op: Any, args: tuple[Any, ...], proceed: Any) -> Any:
        result = proceed(op, args)
        for out in result if isinstance(result, tuple) else (result,):
            node = out._node if isinstance(out, TensorBase) else None
            if node is not None and node.op is op:
                node.trace = "".join(traceback.format_stack()[:-3])
                if self.check_nan:
                    node.register_hook(_checking(node.name()))
        return result


def _checking(name: str) -> Any:
    def check(sent: tuple[Any, ...], arrived: tuple[Any, ...]) -> None:
        for number, g in enumerate(sent):
            if g is not None and namespace_of(g._array).isnan(g._array).any():
                raise RuntimeError(f"Function '{name}' returned nan values in its {number}th output.")

    return check


class set_detect_anomaly(detect_anomaly):  # noqa: N801  PyTorch's name
    """Turn anomaly mode on or off at once, and back again at the end of a `with` block."""

    _on: list[Any] = []

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        super().__init__(check_nan)
        while self._on:
            modes.stack.remove(self._on.pop())
        if mode:
            self._on.append(self.watch)
            modes.stack.append(self.watch)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        if self.watch in self._on:
            self._on.remove(self.watch)
            modes.stack.remove(self.watch)


# the tape lies below the road and cannot import it; its public page gets these names from here
autograd.detect_anomaly, autograd.set_detect_anomaly = detect_anomaly, set_detect_anomaly  # type: ignore[attr-defined]
