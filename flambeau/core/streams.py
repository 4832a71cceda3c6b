"""`torch.Stream` and `torch.Event`: queues of work and marks in them. The CPU has one queue, which never keeps one waiting."""
from __future__ import annotations

import importlib
from typing import Any

from flambeau.core import device as devices

_KINDS = {"cpu": 0, "cuda": 1, "meta": 14}  # PyTorch's numbers of the kinds of devices


def _place(device: Any) -> devices.device:
    """The device asked for: a GPU unless another is named, or there is none.

    Raises RuntimeError for a GPU that is not there.
    """
    if device is None:
        return devices.device("cuda" if devices.cuda_device_count() else "cpu")
    if isinstance(device, int) and not devices.cuda_device_count():
        raise RuntimeError("Cannot access accelerator device when none is available.")
    return devices.device(device)


def _of_cuda(name: str) -> Any:
    return getattr(importlib.import_module("flambeau.cuda.streams"), name)  # above this layer


class Stream:
    """A queue of work on one device, done in order; the work of two streams may overlap.

    `device`: a GPU, by default the current one; or the CPU, where all work is done by the time one asks.
    """

    device: devices.device
    stream_id = 0

    def __new__(cls, device: Any = None, *, priority: int = 0) -> Any:
        if cls is not Stream:
            return object.__new__(cls)
        place = _place(device)
        if place.type == "cuda":
            return _of_cuda("Stream")(place, priority)
        made = object.__new__(cls)
        made.device = place
        return made

    @property
    def device_index(self) -> int:
        return -1 if self.device.index is None else self.device.index

    @property
    def device_type(self) -> int:
        return _KINDS[self.device.type]

    @property
    def native_handle(self) -> int:
        raise RuntimeError("Backend doesn't support getting stream native handle.")

    def query(self) -> bool:
        """Say whether all work is done."""
        return True

    def synchronize(self) -> None:
        """Wait until all work is done."""

    def is_capturing(self) -> bool:
        return False

    def record_event(self, event: Any = None) -> Any:
        """Put a mark at the end of the queue. Raises RuntimeError on the CPU, which has no events."""
        raise RuntimeError(f"{self.device.type} backend doesn't support events.")

    def wait_event(self, event: Any) -> None:
        """Let work from now on wait for a mark in another stream."""

    def wait_stream(self, stream: Any) -> None:
        """Let work from now on wait for all that another stream has been given so far."""
        self.wait_event(stream.record_event())

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[int, int, int]:
        return self.device_type, self.device_index, self.stream_id

    def __repr__(self) -> str:
        return f"torch.Stream device_type={self.device.type}, device_index={self.device_index}, stream_id={self.stream_id}"


class Event:
    """A mark in a stream: whether it was passed, and when, and what should wait for it."""

    device: devices.device
    enable_timing: bool
    event_id = 0

    def __new__(cls, device: Any = None, *, enable_timing: bool = False, blocking: bool = False,
                interprocess: bool = False) -> Any:
        if cls is not Event:
            return object.__new__(cls)
        place = _place(device)
        if place.type == "cuda":
            return _of_cuda("Event")(enable_timing, blocking, interprocess)
        made = object.__new__(cls)
        made.device, made.enable_timing = place, enable_timing
        return made

    def record(self, stream: Any = None) -> None:
        """Put the mark into a stream. Raises RuntimeError on the CPU, which has no events."""
        raise RuntimeError(f"{self.device.type} backend doesn't support events.")

    def query(self) -> bool:
        """Say whether the work before the mark is done."""
        return True

    def wait(self, stream: Any = None) -> None:
        """Let work that a stream is given from now on wait for the mark."""

    def synchronize(self) -> None:
        """Wait for the work before the mark."""

    def elapsed_time(self, end_event: Any) -> float:
        """Return the milliseconds between two marks. Raises ValueError where one takes no times or was never recorded."""
        if not self.enable_timing or not end_event.enable_timing:
            raise ValueError("Both events must be created with argument 'enable_timing=True'.")
        raise ValueError("Both events must be recorded before calculating elapsed time.")

    def ipc_handle(self) -> bytes:
        raise NotImplementedError("torch.Event ipc is not supported on the CPU: an event of torch.cuda has handles")

    def __repr__(self) -> str:
        index = -1 if self.device.index is None else self.device.index
        return (f"torch.Event device_type={self.device.type}, device_index={index}, "
                f"event_flag={int(self.enable_timing)}, event_id={self.event_id}")
