# From the page's table, by tools/make_stubs.py.
from flambeau.accelerator.devices import current_accelerator as current_accelerator
from flambeau.accelerator.devices import current_device_index as current_device_idx
from flambeau.accelerator.devices import current_device_index as current_device_index
from flambeau.accelerator.devices import current_stream as current_stream
from flambeau.accelerator.devices import device_count as device_count
from flambeau.accelerator.devices import device_index as device_index
from flambeau.accelerator.devices import get_device_capability as get_device_capability
from flambeau.accelerator.devices import is_available as is_available
from flambeau.accelerator.devices import set_device_index as set_device_idx
from flambeau.accelerator.devices import set_device_index as set_device_index
from flambeau.accelerator.devices import set_stream as set_stream
from flambeau.accelerator.devices import synchronize as synchronize
from flambeau.accelerator.graphs import Graph as Graph
from flambeau.accelerator.memory import empty_cache as empty_cache
from flambeau.accelerator.memory import empty_host_cache as empty_host_cache
from flambeau.accelerator.memory import get_memory_info as get_memory_info
from flambeau.accelerator.memory import max_memory_allocated as max_memory_allocated
from flambeau.accelerator.memory import max_memory_reserved as max_memory_reserved
from flambeau.accelerator.memory import memory_allocated as memory_allocated
from flambeau.accelerator.memory import memory_reserved as memory_reserved
from flambeau.accelerator.memory import memory_stats as memory_stats
from flambeau.accelerator.memory import reset_accumulated_memory_stats as reset_accumulated_memory_stats
from flambeau.accelerator.memory import reset_peak_memory_stats as reset_peak_memory_stats
from flambeau.accelerator import memory as memory

__all__ = ['Graph', 'current_accelerator', 'current_device_idx', 'current_device_index', 'current_stream', 'device_count', 'device_index', 'empty_cache', 'empty_host_cache', 'get_device_capability', 'get_memory_info', 'is_available', 'max_memory_allocated', 'max_memory_reserved', 'memory', 'memory_allocated', 'memory_reserved', 'memory_stats', 'reset_accumulated_memory_stats', 'reset_peak_memory_stats', 'set_device_idx', 'set_device_index', 'set_stream', 'synchronize']
