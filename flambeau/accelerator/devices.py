"""Which accelerators there are, which is current, and the streams of work for it."""
from __future__ import annotations

from typing import Any

from flambeau.core import device as devices
from flambeau.core import dtype as dtypes
from flambeau.core.streams import Stream
from flambeau.cuda import current as streams
from flambeau.cuda import devices as gpus


def is_available() -> bool:
    """Say whether CuPy is installed and finds a GPU."""
    return gpus.is_available()


def device_count() -> int:
    return gpus.device_count()


def current_accelerator(check_available: bool = False) -> devices.device | None:
    """Return `device("cuda")`, or None without a GPU."""
    return devices.device("cuda") if is_available() else None


def needed(device: Any = None) -> int:
    """Return the number of a GPU, by default the current one.

    Raises RuntimeError without a GPU, and for a device of another kind.
    """
    if isinstance(device, str | devices.device) and devices.device(device).type != "cuda":
        raise RuntimeError("Accelerator expected" if not is_available() else
                           f"{device} doesn't match the current accelerator cuda.")
    if not is_available():
        raise RuntimeError("Cannot access accelerator device when none is available.")
    return gpus.index_of(device)


def current_device_index() -> int:
    """Return the number of the GPU that "cuda" means."""
    return needed()


def set_device_index(device: Any, /) -> None:
    """Make a GPU the one that "cuda" means. A number below 0 changes nothing."""
    gpus.set_device(needed(device))


class device_index:  # noqa: N801  PyTorch's name
    """Make a GPU current within a `with` block; None changes nothing."""

    def __init__(self, device: int | None, /) -> None:
        self.idx = device
        self.prev_idx = -1

    def __enter__(self) -> None:
        if self.idx is not None:
            self.prev_idx = current_device_index()
            set_device_index(self.idx)

    def __exit__(self, *exc_info: object) -> None:
        if self.idx is not None:
            set_device_index(self.prev_idx)


def current_stream(device: Any = None, /) -> Stream:
    """Return the stream that takes the work of a GPU, by default the current one."""
    return streams.current_stream(needed(device))


def set_stream(stream: Stream) -> None:
    """Have a stream take the work of its GPU from now on, and make that GPU current. Raises TypeError for anything else."""
    if not isinstance(stream, Stream):
        raise TypeError(f"set_stream takes a torch.Stream, got {type(stream).__name__}")
    needed(stream.device)
    streams.set_stream(stream)


def synchronize(device: Any = None, /) -> None:
    """Wait until a GPU, by default the current one, has done all it was given."""
    gpus.synchronize(needed(device))


def get_device_capability(device: Any = None, /) -> dict[str, Any]:
    """Return what tensors on a GPU may be of, as {"supported_dtypes": ...}."""
    needed(device)
    return {"supported_dtypes": {dtype for dtype in dtypes.ALL if not dtype.is_floating_point or dtype.itemsize > 1}}
