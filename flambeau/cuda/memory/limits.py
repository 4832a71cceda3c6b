"""How much of a GPU's memory this program may take."""
from __future__ import annotations

from typing import Any

from flambeau.core import device as devices
from flambeau.cuda.devices import present


def set_per_process_memory_fraction(fraction: float, device: Any = None) -> None:
    """Have taking more than a part of all memory raise OutOfMemoryError.

    Raises TypeError for what is no float, and ValueError for one outside of 0 to 1.
    """
    with present(device) as place:
        if not isinstance(fraction, float):
            raise TypeError(f"Invalid type for fraction argument, must be `float`, got {type(fraction).__name__}")
        if not 0 <= fraction <= 1:
            raise ValueError(f"Invalid fraction value: {fraction}. Allowed range: 0~1")
        limit = max(int(fraction * place.mem_info[1]), 1)  # CuPy takes 0 for no limit
        devices.cupy().get_default_memory_pool().set_limit(size=limit)


def get_per_process_memory_fraction(device: Any = None) -> float:
    """Return the part of all memory that this program may take: 1 unless a limit was set."""
    with present(device) as place:
        limit = devices.cupy().get_default_memory_pool().get_limit()
        return min(limit / place.mem_info[1], 1.0) if limit else 1.0
