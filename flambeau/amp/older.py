"""Autocast's state by the older names, with the kind of device in them."""
from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from flambeau.amp import autocast_mode
from flambeau.amp.state import state


def _older(name: str, now: Callable[..., Any], kind: str) -> Callable[..., Any]:
    """Return a function of an older name: it warns, and calls the newer one with the kind of device first."""
    def call(*args: Any) -> Any:
        warnings.warn(f"torch.{name}() is deprecated. Please use torch.{now.__name__}('{kind}') instead.", DeprecationWarning,
                      stacklevel=2)
        return now(kind, *args)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"Call `{now.__name__}` for {kind}; that name is the newer one."
    return call


is_autocast_cpu_enabled = _older("is_autocast_cpu_enabled", autocast_mode.is_autocast_enabled, "cpu")
set_autocast_cpu_enabled = _older("set_autocast_cpu_enabled", autocast_mode.set_autocast_enabled, "cpu")
get_autocast_cpu_dtype = _older("get_autocast_cpu_dtype", autocast_mode.get_autocast_dtype, "cpu")
set_autocast_cpu_dtype = _older("set_autocast_cpu_dtype", autocast_mode.set_autocast_dtype, "cpu")
get_autocast_gpu_dtype = _older("get_autocast_gpu_dtype", autocast_mode.get_autocast_dtype, "cuda")
set_autocast_gpu_dtype = _older("set_autocast_gpu_dtype", autocast_mode.set_autocast_dtype, "cuda")
is_autocast_ipu_enabled = _older("is_autocast_ipu_enabled", autocast_mode.is_autocast_enabled, "ipu")
set_autocast_ipu_enabled = _older("set_autocast_ipu_enabled", autocast_mode.set_autocast_enabled, "ipu")
get_autocast_ipu_dtype = _older("get_autocast_ipu_dtype", autocast_mode.get_autocast_dtype, "ipu")
set_autocast_ipu_dtype = _older("set_autocast_ipu_dtype", autocast_mode.set_autocast_dtype, "ipu")
is_autocast_xla_enabled = _older("is_autocast_xla_enabled", autocast_mode.is_autocast_enabled, "xla")
set_autocast_xla_enabled = _older("set_autocast_xla_enabled", autocast_mode.set_autocast_enabled, "xla")
get_autocast_xla_dtype = _older("get_autocast_xla_dtype", autocast_mode.get_autocast_dtype, "xla")
set_autocast_xla_dtype = _older("set_autocast_xla_dtype", autocast_mode.set_autocast_dtype, "xla")


def autocast_increment_nesting() -> int:
    """Enter a block in which the weights' copies are kept; return how deep that is."""
    state.depth += 1
    return state.depth


def autocast_decrement_nesting() -> int:
    """Leave it; at depth 0, `clear_autocast_cache` is the caller's to call."""
    state.depth -= 1
    return state.depth
