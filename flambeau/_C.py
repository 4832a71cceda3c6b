"""`torch._C`: what programs take from there, by its names. A page of names."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "core.device": "device",
    "core.dtype": "dtype",
    "core.layout": "layout memory_format",
    "core.random": "Generator",
    "core.size": "Size",
    "dispatch.overriding": "DisableTorchFunction DisableTorchFunctionSubclass _disabled_torch_function_impl=disabled",
})
