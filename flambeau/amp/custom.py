"""Autocast around a custom `Function`: which precision its forward runs in, and the same for its backward."""
from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flambeau.amp.autocast_mode import autocast, get_autocast_dtype, is_autocast_enabled
from flambeau.core.dtype import dtype, float64
from flambeau.core.tensor import TensorBase


def custom_fwd(fwd: Callable[..., Any] | None = None, *, device_type: str, cast_inputs: dtype | None = None) -> Any:
    """Decorate the `forward` of a `Function` that may run under autocast.

    `cast_inputs`: run it outside autocast, with floating-point tensors of this dtype.
    """
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)

    @functools.wraps(fwd)
    def call(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        ctx._dtype, enabled = get_autocast_dtype(device_type), is_autocast_enabled(device_type)
        ctx._fwd_used_autocast = enabled and cast_inputs is None
        if cast_inputs is None or not enabled:
            return fwd(ctx, *args, **kwargs)
        with autocast(device_type, enabled=False):
            return fwd(ctx, *_cast(args, device_type, cast_inputs), **_cast(kwargs, device_type, cast_inputs))

    return call


def custom_bwd(bwd: Callable[..., Any] | None = None, *, device_type: str) -> Any:
    """Decorate the `backward` of such a `Function`: it runs under autocast where its forward did."""
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)

    @functools.wraps(bwd)
    def call(ctx: Any, *args: Any, **kwargs: Any) -> Any:
        with autocast(device_type, dtype=ctx._dtype, enabled=ctx._fwd_used_autocast):
            return bwd(ctx, *args, **kwargs)

    return call


def _cast(value: Any, device_type: str, wanted: dtype) -> Any:
    """Bring the floating-point tensors of one kind of device in a nest of containers to a dtype."""
    if isinstance(value, TensorBase):
        fits = value.is_floating_point() and value.device.type == device_type and value.dtype != float64
        return value.to(wanted) if fits else value
    if isinstance(value, dict):
        return {key: _cast(item, device_type, wanted) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_cast(item, device_type, wanted) for item in value)
    return value
