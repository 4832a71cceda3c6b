"""`torch.cuda.memory`: how much memory of a GPU is in use, and where it comes from."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "cuda.devices": "ipc_collect",
    "cuda.memory.allocators":
        "CUDAPluggableAllocator caching_allocator_alloc caching_allocator_delete caching_allocator_disabled "
        "caching_allocator_enable change_current_allocator get_allocator_backend",
    "cuda.memory.amounts":
        "empty_cache max_memory_allocated max_memory_cached max_memory_reserved mem_get_info memory_allocated memory_cached "
        "memory_reserved reset_max_memory_allocated reset_max_memory_cached reset_peak_memory_stats",
    "cuda.memory.limits": "get_per_process_memory_fraction set_per_process_memory_fraction",
    "cuda.memory.pools": "MemPool memory_snapshot use_mem_pool",
    "cuda.memory.stats":
        "host_memory_stats host_memory_stats_as_nested_dict memory_stats memory_stats_as_nested_dict "
        "reset_accumulated_host_memory_stats reset_accumulated_memory_stats reset_peak_host_memory_stats",
    "cuda.memory.summary": "memory_summary",
    "cuda.monitoring": "list_gpu_processes",
})
