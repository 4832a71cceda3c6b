"""Modules without starting values."""
from __future__ import annotations

from typing import Any

from flambeau.core.random import fork_rng


def skip_init(module_cls: Any, *args: Any, **kwargs: Any) -> Any:
    """Make a module whose parameters have no values in particular, to be loaded or set next; no random numbers are used up.

    Raises RuntimeError for what is no module class with an argument `device`.
    """
    import inspect

    from flambeau.nn.module import Module

    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    with fork_rng():
        return module_cls(*args, **{"device": "cpu", **kwargs})
