"""The formulas of optimizers, and kernels that compute some of them faster. A kernel may decline, as those of ops may."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flambeau.dispatch.kernel import load

F = TypeVar("F", bound=Callable[..., Any])
Formula = Callable[..., None]

_kernels: dict[Formula, Callable[..., Any]] = {}


def kernel_of(formula: Formula) -> Callable[[F], F]:
    """Register a faster way to compute `formula` on NumPy's arrays; it returns NotImplemented to decline."""
    def register(function: F) -> F:
        _kernels[formula] = function
        return function

    return register


def computed(formula: Formula, arrays: list[Any], numbers: dict[str, Any]) -> bool:
    """Let a kernel apply the formula, in place; say whether one did."""
    load("optimizers")
    kernel = _kernels.get(formula)
    return kernel is not None and kernel(*arrays, **numbers) is not NotImplemented
