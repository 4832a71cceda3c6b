"""Which stream takes the work of a GPU, in each thread."""
from __future__ import annotations

from typing import Any

from flambeau.core import device as devices
from flambeau.cuda.devices import present, set_device
from flambeau.cuda.streams import ExternalStream, Stream, stream_of


def current_stream(device: Any = None) -> Stream:
    """Return the stream that takes the work of a GPU, by default the current one."""
    index = present(device).id
    return stream_of(devices.cupy().cuda.get_current_stream(index), index)


def default_stream(device: Any = None) -> Stream:
    """Return the stream that takes the work of a GPU until another is set."""
    return stream_of(devices.cupy().cuda.Stream.null, present(device).id)


def set_stream(stream: Any) -> None:
    """Have a stream take the work of its GPU from now on, and make that GPU current; None changes nothing."""
    if stream is None:
        return
    set_device(stream.device)
    stream._inner.use()


class StreamContext:
    """Have a stream take the work of its GPU within a `with` block; None changes nothing."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __enter__(self) -> None:
        if self.stream is not None:
            self._before = current_stream()
            self._before_there = current_stream(self.stream.device)
            set_stream(self.stream)

    def __exit__(self, type: Any, value: Any, traceback: Any) -> None:
        if self.stream is not None:
            set_stream(self._before_there)
            set_stream(self._before)


def stream(stream: Any) -> StreamContext:
    """Have a stream take the work of its GPU within a `with` block; None changes nothing."""
    return StreamContext(stream)


def get_stream_from_external(data_ptr: int, device: Any = None) -> Stream:
    """Return the stream at an address, which another library made and keeps alive."""
    return ExternalStream(data_ptr, present(device).id)


def current_blas_handle() -> int:
    """Return the address of the cuBLAS handle of the current GPU."""
    return int(present().cublas_handle)


def current_solver_handle() -> int:
    """Return the address of the cuSOLVER handle of the current GPU."""
    return int(present().cusolver_handle)
