"""`torch.accelerator`: whatever computes beside the CPU, without saying what it is: here, CUDA."""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "accelerator.devices":
        "current_accelerator current_device_idx=current_device_index current_device_index current_stream device_count "
        "device_index get_device_capability is_available set_device_idx=set_device_index set_device_index set_stream "
        "synchronize",
    "accelerator.graphs": "Graph",
    "accelerator.memory":
        "empty_cache empty_host_cache get_memory_info max_memory_allocated max_memory_reserved memory_allocated "
        "memory_reserved memory_stats reset_accumulated_memory_stats reset_peak_memory_stats",
}, parts="memory")
