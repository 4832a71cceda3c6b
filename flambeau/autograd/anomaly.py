"""Anomaly mode: remember where each op was called, and stop at the first gradient that is not a number."""
from __future__ import annotations

import traceback
from typing import Any

from flambeau.autograd import listeners
from flambeau.core.arrays import namespace_of


class detect_anomaly:  # noqa: N801  PyTorch's name
    """Within a `with` block, have an error in a backward pass show the forward call it belongs to.

    With `check_nan` a gradient that holds NaN is such an error (RuntimeError). Slow: for looking for a fault only.
    """

    def __init__(self, check_nan: bool = True) -> None:
        self.check_nan = check_nan

    def __enter__(self) -> None:
        listeners.add(self.watch)

    def __exit__(self, *error: object) -> None:
        listeners.remove(self.watch)

    def watch(self, op: Any, args: tuple[Any, ...], proceed: Any) -> Any:
        result = proceed(op, args)
        for node in listeners.fresh_nodes(op, result):
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
            listeners.remove(self._on.pop())
        if mode:
            self._on.append(self.watch)
            listeners.add(self.watch)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        if self.watch in self._on:
            self._on.remove(self.watch)
            listeners.remove(self.watch)


def is_anomaly_enabled() -> bool:
    """Say whether anomaly mode is on for good; that of a `detect_anomaly` block counts as well."""
    return bool(_watching())


def is_anomaly_check_nan_enabled() -> bool:
    """Say whether gradients are looked at for NaN when anomaly mode is on."""
    found = _watching()
    return found[-1].__self__.check_nan if found else True


def set_anomaly_enabled(mode: bool, check_nan: bool = True) -> None:
    """Turn anomaly mode on or off."""
    set_detect_anomaly(mode, check_nan)


def _watching() -> list[Any]:
    return [each for each in listeners.listening_here() if isinstance(getattr(each, "__self__", None), detect_anomaly)]
