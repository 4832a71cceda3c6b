"""`torch.cpu`: the CPU under the names that a GPU has, so that one program serves both."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "cpu.capabilities": "get_capabilities",
    "cpu.devices":
        "Event Stream StreamContext current_device current_stream device_count is_available is_initialized set_device stream "
        "synchronize",
}, parts="amp")
