"""`torch.get_device_module`: the page of names that belongs to a kind of device."""
from __future__ import annotations

import importlib
from typing import Any

from flambeau.core import device as devices


def get_device_module(device: devices.device | str | None = None) -> Any:
    """Return `torch.cuda` or `torch.cpu`: for the device named, or what there is.

    Raises RuntimeError for what is no device, and for kinds that have no page.
    """
    if device is None:
        kind = "cuda" if devices.cuda_device_count() else "cpu"
    elif isinstance(device, str | devices.device):
        kind = devices.device(device).type
    else:
        raise RuntimeError(f"Invalid value of device '{device}', expect torch.device, str, or None")
    if kind not in ("cpu", "cuda"):
        raise RuntimeError(f"Device '{kind}' does not have a corresponding module registered as 'torch.{kind}'.")
    return importlib.import_module(f"flambeau.{kind}")  # above this layer
