"""What a GPU is: its name, size and abilities."""
from __future__ import annotations

from functools import cache
from typing import Any

from flambeau.core import device as devices
from flambeau.cuda.devices import device_count, is_available, present

# What PyTorch calls them, and CUDA.
_NAMES = {
    "major": "major", "minor": "minor", "is_multi_gpu_board": "isMultiGpuBoard", "is_integrated": "integrated",
    "multi_processor_count": "multiProcessorCount", "total_memory": "totalGlobalMem",
    "max_threads_per_multi_processor": "maxThreadsPerMultiProcessor", "max_threads_per_block": "maxThreadsPerBlock",
    "warp_size": "warpSize", "regs_per_multiprocessor": "regsPerMultiprocessor",
    "shared_memory_per_block": "sharedMemPerBlock", "shared_memory_per_block_optin": "sharedMemPerBlockOptin",
    "shared_memory_per_multiprocessor": "sharedMemPerMultiprocessor", "clock_rate": "clockRate",
    "memory_clock_rate": "memoryClockRate", "memory_bus_width": "memoryBusWidth", "L2_cache_size": "l2CacheSize",
    "pci_bus_id": "pciBusID", "pci_device_id": "pciDeviceID", "pci_domain_id": "pciDomainID",
}
MIB = 1024 * 1024


class _CudaDeviceProperties:
    """What CUDA says of a GPU, under PyTorch's names."""

    name: str
    uuid: Any
    gcnArchName: str  # noqa: N815  PyTorch's name
    major: int
    minor: int
    total_memory: int
    multi_processor_count: int
    pci_bus_id: int
    pci_device_id: int
    pci_domain_id: int
    L2_cache_size: int

    def __init__(self, facts: dict[str, Any]) -> None:
        import uuid

        self.name = self.gcnArchName = _text(facts["name"])
        self.uuid = uuid.UUID(bytes=bytes(facts["uuid"])[:16].ljust(16, b"\0"))  # CuPy cuts it off at a zero
        for name, origin in _NAMES.items():
            setattr(self, name, facts[origin])

    def __repr__(self) -> str:
        return (f"_CudaDeviceProperties(name='{self.name}', major={self.major}, minor={self.minor}, "
                f"total_memory={self.total_memory // MIB}MB, multi_processor_count={self.multi_processor_count}, "
                f"uuid={self.uuid}, pci_bus_id={self.pci_bus_id}, pci_device_id={self.pci_device_id}, "
                f"pci_domain_id={self.pci_domain_id}, L2_cache_size={self.L2_cache_size // MIB}MB)")


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def get_device_properties(device: Any = None) -> _CudaDeviceProperties:
    """Return what CUDA says of a GPU. Raises AssertionError without CuPy, or for a number that no GPU has."""
    return _properties(devices.cupy(), present(device).id)


@cache
def _properties(cupy: Any, index: int) -> _CudaDeviceProperties:
    return _CudaDeviceProperties(cupy.cuda.runtime.getDeviceProperties(index))


def get_device_name(device: Any = None) -> str:
    return get_device_properties(device).name


def get_device_capability(device: Any = None) -> tuple[int, int]:
    """Return the compute capability, such as (9, 0)."""
    facts = get_device_properties(device)
    return facts.major, facts.minor


def get_arch_list() -> list[str]:
    """Return the architectures that kernels are compiled for: those of the GPUs here, since they are compiled when needed."""
    found = {get_device_capability(index) for index in range(device_count())}
    return [f"sm_{major}{minor}" for major, minor in sorted(found)]


def get_gencode_flags() -> str:
    """Return NVCC's flags for the architectures that kernels are compiled for."""
    numbers = [arch.removeprefix("sm_") for arch in get_arch_list()]
    return " ".join(f"-gencode compute=compute_{number},code=sm_{number}" for number in numbers)


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """Say whether there is a GPU that computes with bfloat16, in hardware unless `including_emulation`."""
    return is_available() and (including_emulation or get_device_capability() >= (8, 0))


def is_tf32_supported() -> bool:
    """Say whether the current GPU has TF32: from compute capability 8.0 on."""
    return is_available() and get_device_capability() >= (8, 0)


has_half = True  # NumPy and CuPy compute with half types everywhere
has_magma = False  # linear algebra is cuSOLVER's
