"""`torch.cpu.amp`: the older names of `torch.amp` for the CPU."""
from __future__ import annotations

from flambeau import amp
from flambeau.core.dtype import bfloat16, dtype

__all__ = ["GradScaler", "autocast"]


class autocast(amp.autocast):  # noqa: N801  PyTorch's name
    """`torch.amp.autocast("cpu")`."""

    def __init__(self, enabled: bool = True, dtype: dtype = bfloat16, cache_enabled: bool = True) -> None:
        super().__init__("cpu", dtype, enabled, cache_enabled)


class GradScaler(amp.GradScaler):
    """`torch.amp.GradScaler("cpu")`."""

    def __init__(self, init_scale: float = 2.0**16, growth_factor: float = 2.0, backoff_factor: float = 0.5,
                 growth_interval: int = 2000, enabled: bool = True) -> None:
        super().__init__("cpu", init_scale, growth_factor, backoff_factor, growth_interval, enabled)
