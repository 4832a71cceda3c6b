"""Every op, one file per family, one declaration per op. Bodies take arrays; no device and no array library by name.

`torch.ops.aten` has PyTorch's internal names of them.
"""
from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    if name != "aten":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from flambeau.dispatch.overloads import aten

    return aten
