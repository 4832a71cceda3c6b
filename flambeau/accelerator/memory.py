"""How much memory of a GPU is in use. All raise RuntimeError without a GPU."""
from __future__ import annotations

from typing import Any

from flambeau.accelerator.devices import needed
from flambeau.cuda.memory import amounts, stats

__all__ = ["empty_cache", "empty_host_cache", "get_memory_info", "max_memory_allocated", "max_memory_reserved",
           "memory_allocated", "memory_reserved", "memory_stats", "reset_accumulated_memory_stats", "reset_peak_memory_stats"]


def empty_cache() -> None:
    """Give the pools' unused memory back to the driver."""
    needed()
    amounts.empty_cache()


def empty_host_cache() -> None:
    """Give page-locked memory that is not in use back to the system."""
    needed()
    amounts.empty_host_cache()


def get_memory_info(device_index: Any = None, /) -> tuple[int, int]:
    """Return the GPU's free and total bytes."""
    return amounts.mem_get_info(needed(device_index))


def memory_stats(device_index: Any = None, /) -> dict[str, Any]:
    """Return what is counted about a GPU's memory, such as "allocated_bytes.all.peak"."""
    return stats.memory_stats(needed(device_index))


def memory_allocated(device_index: Any = None, /) -> int:
    """Count the bytes that live tensors hold."""
    return amounts.memory_allocated(needed(device_index))


def max_memory_allocated(device_index: Any = None, /) -> int:
    """Count the bytes that live tensors held when they held most."""
    return amounts.max_memory_allocated(needed(device_index))


def memory_reserved(device_index: Any = None, /) -> int:
    """Count the bytes the pool holds, in use or ready to be used again."""
    return amounts.memory_reserved(needed(device_index))


def max_memory_reserved(device_index: Any = None, /) -> int:
    """Count the bytes the pool held when it held most."""
    return amounts.max_memory_reserved(needed(device_index))


def reset_peak_memory_stats(device_index: Any = None, /) -> None:
    """Look for the most in use from now on."""
    amounts.reset_peak_memory_stats(needed(device_index))


def reset_accumulated_memory_stats(device_index: Any = None, /) -> None:
    """Begin again to add up what was taken and given back."""
    stats.reset_accumulated_memory_stats(needed(device_index))
