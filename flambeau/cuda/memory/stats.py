"""All that is counted about memory, under PyTorch's keys.

CuPy's pool tells bytes in use and held; the road to it adds peaks and sums. It does not tell how many blocks are live, how
they are split, or what the pool of page-locked memory holds: these keys are there and 0.
"""
from __future__ import annotations

from typing import Any

from flambeau.core.gpu_memory import Counts
from flambeau.cuda.devices import init, is_initialized, present
from flambeau.cuda.memory.amounts import allocator, max_memory_allocated, max_memory_reserved, memory_allocated, memory_reserved

_BY_SIZE = ("allocation", "segment", "active", "inactive_split", "allocated_bytes", "reserved_bytes", "active_bytes",
            "inactive_split_bytes", "requested_bytes")
_NUMBERS = ("num_alloc_retries", "num_ooms", "num_oom_rejections", "num_sync_all_streams", "num_device_alloc",
            "num_device_free")


def _metric(current: int = 0, peak: int = 0, allocated: int = 0, freed: int = 0) -> dict[str, int]:
    return {"current": current, "peak": peak, "allocated": allocated, "freed": max(freed, 0)}


def _counted(device: Any, counts: Counts) -> dict[str, dict[str, int]]:
    """What is known: the rest is 0."""
    used, reserved = memory_allocated(device), memory_reserved(device)
    in_use = _metric(used, max_memory_allocated(device), counts.taken, counts.taken - used)
    return {
        "allocation": _metric(allocated=counts.allocations),
        "allocated_bytes": in_use,
        "active_bytes": in_use,
        "reserved_bytes": _metric(reserved, max_memory_reserved(device), counts.grown, counts.grown - reserved),
        "requested_bytes": _metric(allocated=counts.requested),
    }


def memory_stats_as_nested_dict(device: Any = None) -> dict[str, Any]:
    """Return what is counted about a GPU's memory, in dicts by kind, size of block and measure; {} without a GPU."""
    if not is_initialized():
        return {}
    counts = allocator().of_gpu[present(device).id]
    known = _counted(device, counts)
    stats: dict[str, Any] = {
        name: {"all": dict(known.get(name, _metric())), "small_pool": _metric(), "large_pool": _metric()} for name in _BY_SIZE}
    stats |= {"oversize_allocations": _metric(), "oversize_segments": _metric(), "reserved_bytes_by_private_pools": {}}
    return stats | dict.fromkeys(_NUMBERS, 0) | {"num_ooms": counts.ooms, "max_split_size": -1}


def memory_stats(device: Any = None) -> dict[str, Any]:
    """Return what is counted about a GPU's memory, such as "allocated_bytes.all.peak"; nothing without a GPU."""
    return _flat(memory_stats_as_nested_dict(device))


def reset_accumulated_memory_stats(device: Any = None) -> None:
    """Begin again to add up what was taken and given back. Raises AssertionError without CuPy."""
    allocator().of_gpu[present(device).id].forget_sums()


def host_memory_stats_as_nested_dict() -> dict[str, Any]:
    """Return what is counted about page-locked memory, in dicts: all 0, and nothing without a GPU."""
    if not is_initialized():
        return {}
    stats: dict[str, Any] = {
        name: _metric() for name in ("allocations", "allocated_bytes", "active_requests", "active_bytes")}
    for name in ("host_alloc_time", "host_free_time"):
        stats[name] = dict.fromkeys(("total", "max", "min", "count", "avg"), 0)
    return stats | {"num_host_alloc": 0, "num_host_free": 0}


def host_memory_stats() -> dict[str, Any]:
    """Return what is counted about page-locked memory: all 0, and nothing without a GPU."""
    return _flat(host_memory_stats_as_nested_dict())


def reset_peak_host_memory_stats() -> None:
    """Do nothing: nothing is counted. Raises AssertionError without CuPy, RuntimeError without a GPU."""
    init()


def reset_accumulated_host_memory_stats() -> None:
    """Do nothing: nothing is counted. Raises AssertionError without CuPy, RuntimeError without a GPU."""
    init()


def _flat(stats: dict[str, Any]) -> dict[str, Any]:
    from collections import OrderedDict

    return OrderedDict(sorted(_leaves("", stats)))


def _leaves(prefix: str, stats: dict[str, Any]) -> list[tuple[str, Any]]:
    leaves: list[tuple[str, Any]] = []
    for name, value in stats.items():
        leaves += _leaves(f"{prefix}{name}.", value) if isinstance(value, dict) else [(prefix + name, value)]
    return leaves
