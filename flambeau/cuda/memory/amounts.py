"""Bytes in use now, and at most. All are 0 where there is no GPU."""
from __future__ import annotations

import warnings
from typing import Any

from flambeau.core import device as devices
from flambeau.core.gpu_memory import CountingAllocator, allocator_of
from flambeau.cuda.devices import is_available, is_initialized, present


def allocator() -> CountingAllocator:
    """Return what counts the memory of GPUs. Raises AssertionError without CuPy, RuntimeError without a GPU."""
    return allocator_of(devices.cupy())


def memory_allocated(device: Any = None) -> int:
    """Count the bytes that live tensors hold."""
    if not is_available():
        return 0
    with present(device):
        return allocator().used_bytes()


def max_memory_allocated(device: Any = None) -> int:
    """Count the bytes that live tensors held when they held most."""
    return max(_count(device, "peak_used"), memory_allocated(device))


def memory_reserved(device: Any = None) -> int:
    """Count the bytes the pool holds, in use or ready to be used again."""
    if not is_available():
        return 0
    with present(device):
        return allocator().total_bytes()


def max_memory_reserved(device: Any = None) -> int:
    """Count the bytes the pool held when it held most."""
    return max(_count(device, "peak_reserved"), memory_reserved(device))


def _count(device: Any, name: str) -> int:
    return int(getattr(allocator().of_gpu[present(device).id], name)) if is_available() else 0


def reset_peak_memory_stats(device: Any = None) -> None:
    """Look for the most in use from now on. Raises AssertionError without CuPy, RuntimeError without a GPU."""
    with present(device) as place:
        counts = allocator().of_gpu[place.id]
        counts.peak_used, counts.peak_reserved = allocator().used_bytes(), allocator().total_bytes()


def mem_get_info(device: Any = None) -> tuple[int, int]:
    """Return the GPU's free and total bytes."""
    free, total = present(device).mem_info
    return int(free), int(total)


def empty_cache() -> None:
    """Give the pools' unused memory back to the driver."""
    if is_initialized():
        for pool in allocator().pools:
            pool.free_all_blocks()
        empty_host_cache()


def empty_host_cache() -> None:
    """Give page-locked memory that is not in use back to the system."""
    if is_initialized():
        devices.cupy().get_default_pinned_memory_pool().free_all_blocks()


def memory_cached(device: Any = None) -> int:
    """The name of old of `memory_reserved`."""
    _warn_of_old("memory_cached", "memory_reserved")
    return memory_reserved(device)


def max_memory_cached(device: Any = None) -> int:
    """The name of old of `max_memory_reserved`."""
    _warn_of_old("max_memory_cached", "max_memory_reserved")
    return max_memory_reserved(device)


def reset_max_memory_allocated(device: Any = None) -> None:
    """The name of old of `reset_peak_memory_stats`, which resets all peaks."""
    _warn_of_old("reset_max_memory_allocated", "reset_peak_memory_stats")
    reset_peak_memory_stats(device)


def reset_max_memory_cached(device: Any = None) -> None:
    """The name of old of `reset_peak_memory_stats`, which resets all peaks."""
    _warn_of_old("reset_max_memory_cached", "reset_peak_memory_stats")
    reset_peak_memory_stats(device)


def _warn_of_old(name: str, successor: str) -> None:
    warnings.warn(f"torch.cuda.{name} is the name of old of torch.cuda.{successor}; use that", FutureWarning, stacklevel=3)
