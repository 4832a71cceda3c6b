"""Faster ways to compute an op. A kernel may decline; then the next one is asked, at last the op's body."""
from __future__ import annotations

import functools
import importlib
import importlib.util
import os
from collections.abc import Callable
from typing import Any, TypeVar

from flambeau.core.arrays import namespace_of
from flambeau.core.device import device_of

F = TypeVar("F", bound=Callable[..., Any])


def kernel(of: Callable[..., Any], device: str) -> Callable[[F], F]:
    """Register a faster way to compute the op `of` on "cpu" or "cuda".

    It takes what the body takes and gives what the body gives, to rounding. It returns NotImplemented to decline.
    """
    def register(function: F) -> F:
        of.op.kernels.setdefault(device, []).append(function)  # type: ignore[attr-defined]
        return function

    return register


def run(op: Any, values: list[Any]) -> Any:
    """Ask the kernels for the arrays' device in turn, then the body."""
    for candidate in op.kernels.get(_device_type(values), ()):
        result = candidate(*values)
        if result is not NotImplemented:
            return result
    return op.body(*values)


def _device_type(values: list[Any]) -> str:
    return next((device_of(value).type for value in values if hasattr(value, "strides")), "cpu")


def explain(op: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """Name the kernel that would compute `op(*args)`, or "body"."""
    info = op.op  # type: ignore[attr-defined]
    values = [getattr(arg, "_array", arg) for arg in info.bind(args, kwargs)]
    for candidate in info.kernels.get(_device_type(values), ()):
        if candidate(*values) is not NotImplemented:
            return f"{candidate.__module__}.{candidate.__name__}"
    return f"body, on {namespace_of(values[0]).__name__}"


@functools.cache
def load() -> None:
    """Import the kernels that are here, unless FLAMBEAU_KERNELS=off; the framework is whole without them."""
    name = "flambeau.kernels"
    if os.environ.get("FLAMBEAU_KERNELS") != "off" and importlib.util.find_spec(name) is not None:
        importlib.import_module(name)
