"""`torch.cuda`: GPUs, through CuPy, which is imported at the first question. This page lists names only."""
from __future__ import annotations

from flambeau.core.page import page

_TENSORS = "BFloat16", "Bool", "Byte", "Char", "Double", "Float", "Half", "Int", "Long", "Short"

__getattr__, __dir__, __all__ = page(__name__, {
    "core.errors": "AcceleratorError OutOfMemoryError",
    "cuda.current":
        "StreamContext current_blas_handle current_solver_handle current_stream default_stream get_stream_from_external "
        "set_stream stream",
    "cuda.devices":
        "_lazy_init=init can_device_access_peer cudart current_device device device_count device_of init ipc_collect "
        "is_available is_initialized set_device synchronize",
    "cuda.errors": "CudaError DeferredCudaCallError check_error cudaStatus",
    "cuda.graphs.callables": "make_graphed_callables",
    "cuda.graphs.capture": "CUDAGraph graph graph_pool_handle is_current_stream_capturing",
    "cuda.green_contexts": "GreenContext",
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
    "cuda.monitoring":
        "clock_rate device_memory_used list_gpu_processes memory_usage power_draw temperature utilization",
    "cuda.properties":
        "get_arch_list get_device_capability get_device_name get_device_properties get_gencode_flags has_half has_magma "
        "is_bf16_supported is_tf32_supported",
    "cuda.random":
        "default_generators get_rng_state get_rng_state_all initial_seed manual_seed manual_seed_all seed seed_all "
        "set_rng_state set_rng_state_all",
    "cuda.storages":
        "BFloat16Storage BoolStorage ByteStorage CharStorage ComplexDoubleStorage ComplexFloatStorage DoubleStorage "
        "FloatStorage HalfStorage IntStorage LongStorage ShortStorage",
    "cuda.streams": "Event ExternalStream Stream",
    "cuda.sync": "get_sync_debug_mode set_sync_debug_mode",
    "legacy": " ".join(f"{name}Tensor=Cuda{name}Tensor" for name in _TENSORS),
}, parts="amp graphs green_contexts memory nvtx profiler random streams")
