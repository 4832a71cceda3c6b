"""GPUs: how many, which is current, how much memory. Everything asks CuPy, which is imported at the first question."""
from __future__ import annotations

from typing import Any

from flambeau.core import device as devices
from flambeau.core.errors import OutOfMemoryError

__all__ = ["OutOfMemoryError", "current_device", "device", "device_count", "empty_cache", "get_device_capability",
           "get_device_name", "init", "is_available", "is_bf16_supported", "is_initialized",
           "manual_seed", "manual_seed_all", "mem_get_info", "memory_allocated", "memory_reserved",
           "set_device", "synchronize"]


def is_available() -> bool:
    """Say whether CuPy is installed and finds a GPU."""
    return device_count() > 0


def device_count() -> int:
    return devices.cuda_device_count()


def is_initialized() -> bool:
    import sys

    return "cupy" in sys.modules


def init() -> None:
    """Import CuPy and look for a GPU now. Raises AssertionError without CuPy, RuntimeError without a GPU."""
    devices.cupy()


def _index(device: Any) -> int:
    """The number of a GPU given as a number, a name, a device or None (the current one)."""
    if device is None:
        return current_device()
    place = devices.device(device)
    if place.type != "cuda":
        raise ValueError(f"Expected a cuda device, but got: {place}")
    return current_device() if place.index is None else place.index


def current_device() -> int:
    return int(devices.cupy().cuda.runtime.getDevice())


def set_device(device: Any) -> None:
    """Make a GPU the one that "cuda" means."""
    devices.cupy().cuda.Device(_index(device)).use()


class device:  # noqa: N801  PyTorch's name
    """Make a GPU current within a `with` block."""

    def __init__(self, device: Any) -> None:
        self.idx = _index(device)

    def __enter__(self) -> None:
        self._inner = devices.cupy().cuda.Device(self.idx)
        self._inner.__enter__()

    def __exit__(self, *error: object) -> None:
        self._inner.__exit__(*error)


def synchronize(device: Any = None) -> None:
    """Wait until the GPU has done all it was given."""
    devices.cupy().cuda.Device(_index(device)).synchronize()


def get_device_name(device: Any = None) -> str:
    name = devices.cupy().cuda.runtime.getDeviceProperties(_index(device))["name"]
    return name.decode() if isinstance(name, bytes) else str(name)


def get_device_capability(device: Any = None) -> tuple[int, int]:
    facts = devices.cupy().cuda.runtime.getDeviceProperties(_index(device))
    return facts["major"], facts["minor"]


def is_bf16_supported(including_emulation: bool = True) -> bool:
    return is_available() and (including_emulation or get_device_capability() >= (8, 0))


def _pool(device: Any) -> Any:
    cupy = devices.cupy()
    with cupy.cuda.Device(_index(device)):
        return cupy.get_default_memory_pool()


def memory_allocated(device: Any = None) -> int:
    """Count the bytes that live tensors hold."""
    return int(_pool(device).used_bytes()) if is_available() else 0


def memory_reserved(device: Any = None) -> int:
    """Count the bytes the pool holds, in use or ready to be used again."""
    return int(_pool(device).total_bytes()) if is_available() else 0


def mem_get_info(device: Any = None) -> tuple[int, int]:
    """Return the GPU's free and total bytes."""
    free, total = devices.cupy().cuda.Device(_index(device)).mem_info
    return int(free), int(total)


def empty_cache() -> None:
    """Give the pool's unused memory back to the driver."""
    if is_initialized() and is_available():
        cupy = devices.cupy()
        cupy.get_default_memory_pool().free_all_blocks()
        cupy.get_default_pinned_memory_pool().free_all_blocks()


def manual_seed(seed: int) -> None:
    """Seed the current GPU's generator; does nothing without a GPU, so that scripts may always call it."""
    from flambeau.core.random.default import seed_cuda

    seed_cuda(seed)


def manual_seed_all(seed: int) -> None:
    manual_seed(seed)


_LEGACY = {f"{name}Tensor" for name in ("BFloat16", "Bool", "Byte", "Char", "Double", "Float", "Half", "Int", "Long", "Short")}


def __getattr__(name: str) -> Any:
    if name in _LEGACY:  # the classes of old, which few programs use
        import importlib

        return getattr(importlib.import_module("flambeau.legacy"), f"Cuda{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
