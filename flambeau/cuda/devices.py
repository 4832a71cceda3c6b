"""Which GPUs there are, and which of them is current."""
from __future__ import annotations

from typing import Any

from flambeau.core import device as devices
from flambeau.core.tensor import TensorBase


def is_available() -> bool:
    """Say whether CuPy is installed and finds a GPU."""
    return device_count() > 0


def device_count() -> int:
    return devices.cuda_device_count()


def is_initialized() -> bool:
    """Say whether a GPU is in use by now: whether CuPy was needed for something."""
    import sys

    return "cupy" in sys.modules and is_available()


def init() -> None:
    """Import CuPy and look for a GPU now. Raises AssertionError without CuPy, RuntimeError without a GPU."""
    devices.cupy()


def needed_for(what: str) -> Any:
    """Return CuPy. Raises RuntimeError where it is missing: what PyTorch raises for a class that needs a GPU."""
    try:
        return devices.cupy()
    except AssertionError as error:
        raise RuntimeError(f"{what} requires CUDA support: {error}") from error


def index_of(device: Any = None) -> int:
    """Return the number of a GPU given as a number, a name, a device or None: the current one, -1 where there is none.

    Raises ValueError for a device of another kind.
    """
    if isinstance(device, int):
        return device
    if device is not None:
        place = devices.device(device)
        if place.type != "cuda":
            raise ValueError(f"Expected a cuda device, but got: {place}; write 'cuda', 'cuda:0' or 0")
        if place.index is not None:
            return place.index
    return current_device() if is_available() else -1


def present(device: Any = None) -> Any:
    """Return CuPy's `Device` of a GPU.

    Raises AssertionError without CuPy, RuntimeError without a GPU, AssertionError for a number that no GPU has.
    """
    cupy = devices.cupy()
    index = index_of(device)
    if not 0 <= index < device_count():
        raise AssertionError(f"Invalid device id: there is no GPU {index}, only {device_count()}, counted from 0")
    return cupy.cuda.Device(index)


def current_device() -> int:
    return int(devices.cupy().cuda.runtime.getDevice())


def set_device(device: Any) -> None:
    """Make a GPU the one that "cuda" means. A number below 0 changes nothing."""
    index = index_of(device)
    if index >= 0:
        present(index).use()


class device:  # noqa: N801  PyTorch's name
    """Make a GPU current within a `with` block. A number below 0 changes nothing."""

    def __init__(self, device: Any) -> None:
        self.idx = index_of(device)
        self.prev_idx = -1

    def __enter__(self) -> None:
        if self.idx >= 0:
            self.prev_idx = current_device()
            set_device(self.idx)

    def __exit__(self, type: Any, value: Any, traceback: Any) -> None:
        if self.idx >= 0:
            self.idx = current_device()
            set_device(self.prev_idx)


class device_of(device):  # noqa: N801  PyTorch's name
    """Make the GPU of a tensor or storage current within a `with` block; do nothing for one on the CPU."""

    def __init__(self, obj: Any) -> None:
        is_there = isinstance(obj, TensorBase) or hasattr(obj, "get_device")
        super().__init__(obj.get_device() if is_there and obj.is_cuda else -1)


def synchronize(device: Any = None) -> None:
    """Wait until the GPU has done all it was given."""
    present(device).synchronize()


def can_device_access_peer(device: Any, peer_device: Any) -> bool:
    """Say whether one GPU can read the memory of another without going through the host."""
    one, other = present(device), present(peer_device)
    return bool(devices.cupy().cuda.runtime.deviceCanAccessPeer(one.id, other.id))


def ipc_collect() -> None:
    """Give back memory that other processes were shown and have let go: CuPy holds none, so there is nothing to do.

    Raises AssertionError without CuPy, RuntimeError without a GPU.
    """
    init()


def cudart() -> Any:
    """Return CuPy's CUDA runtime, whose functions bear the names of CUDA's without the "cuda" in front."""
    return devices.cupy().cuda.runtime
