"""`with autocast("cuda"):` and the functions that ask for or set its state."""
from __future__ import annotations

import functools
import warnings
from typing import Any

from flambeau.amp.policies import POLICIES
from flambeau.amp.state import state, switch
from flambeau.core.device import cuda_device_count, device
from flambeau.core.dtype import bfloat16, dtype, float16


def is_autocast_available(device_type: str) -> bool:
    """Say whether autocast knows a kind of device. Raises RuntimeError for a name that is no device."""
    return device(device_type).type in POLICIES


class autocast:  # noqa: N801  PyTorch's name
    """Run products of matrices in a half type and sums and losses in float32, in a `with` block or a function.

    `device_type`: "cpu" or "cuda". `dtype`: the half type; bfloat16 on the CPU and float16 on CUDA unless given.
    `cache_enabled`: cast each weight once in the block. Only forward passes belong inside: gradients take the types that
    their forward had. Raises ValueError and RuntimeError for what is no kind of device.
    """

    def __init__(self, device_type: str, dtype: dtype | None = None, enabled: bool = True,
                 cache_enabled: bool | None = None) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type)}`")
        if not is_autocast_available(device_type):
            raise RuntimeError(f"User specified an unsupported autocast device_type '{device_type}'")
        self.device = device_type
        self.fast_dtype = state.dtypes[device_type] if dtype is None else dtype
        self._enabled = bool(enabled) and _can_run(device_type, self.fast_dtype)
        self._cache_enabled = cache_enabled
        self._before: list[Any] = []

    def __enter__(self) -> autocast:
        self._before.append((state.enabled[self.device], state.dtypes[self.device], state.caching))
        state.depth += 1
        state.dtypes[self.device] = self.fast_dtype
        if self._cache_enabled is not None:
            state.caching = self._cache_enabled
        switch(self.device, self._enabled)
        return self

    def __exit__(self, *error: object) -> None:
        enabled, state.dtypes[self.device], state.caching = self._before.pop()
        state.depth -= 1
        if not state.depth:
            state.copies.clear()
        switch(self.device, enabled)

    def __call__(self, function: Any) -> Any:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return call


def _can_run(kind: str, wanted: dtype) -> bool:
    """Say whether autocast can do what is asked, with a warning where it cannot."""
    if kind == "cuda" and not cuda_device_count():
        warnings.warn("CUDA is not available. Disabling autocast.", stacklevel=3)
        return False
    if wanted not in (bfloat16, float16):
        warnings.warn(f"In {kind.upper()} autocast, but the target dtype {wanted} is not supported. Disabling autocast.\n"
                      f"{kind.upper()} Autocast only supports dtypes of torch.bfloat16, torch.float16 currently.", stacklevel=3)
        return False
    return True


def is_autocast_enabled(device_type: str | None = None) -> bool:
    """Say whether autocast is on for a kind of device, CUDA unless another is named."""
    return state.enabled[device_type or "cuda"]


def set_autocast_enabled(device_type: str | bool, enabled: bool | None = None) -> None:
    """Switch autocast on or off for a kind of device, CUDA unless one is named."""
    kind, wanted = ("cuda", device_type) if isinstance(device_type, bool) else (device_type, enabled)
    switch(kind, bool(wanted))


def get_autocast_dtype(device_type: str) -> dtype:
    """Return the half type that autocast uses on a kind of device."""
    return state.dtypes[device_type]


def set_autocast_dtype(device_type: str, dtype: dtype) -> None:
    state.dtypes[device_type] = dtype


def is_autocast_cache_enabled() -> bool:
    return state.caching


def set_autocast_cache_enabled(enabled: bool) -> None:
    state.caching = enabled


def clear_autocast_cache() -> None:
    """Forget the weights' copies in the lower precision."""
    state.copies.clear()
