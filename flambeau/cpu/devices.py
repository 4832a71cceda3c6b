"""The CPU: one device, always there. Its work is done by the time one asks, so nothing waits."""
from __future__ import annotations

from typing import Any


def is_available() -> bool:
    return True


def is_initialized() -> bool:
    return True


def device_count() -> int:
    return 1


def current_device() -> str:
    return "cpu"


def set_device(device: Any) -> None:
    """Do nothing: there is one CPU."""


def synchronize(device: Any = None) -> None:
    """Do nothing: the CPU has done all it was given."""


class Stream:
    """The queue of the CPU, in which nothing ever waits."""

    def __init__(self, priority: int = -1) -> None:
        pass

    def wait_stream(self, stream: Any) -> None:
        pass

    def record_event(self) -> None:
        pass

    def wait_event(self, event: Any) -> None:
        pass


class Event:
    """A mark in the queue of the CPU, always passed already."""

    def query(self) -> bool:
        return True

    def record(self, stream: Any = None) -> None:
        pass

    def synchronize(self) -> None:
        pass

    def wait(self, stream: Any = None) -> None:
        pass


_current = Stream()


def current_stream(device: Any = None) -> Stream:
    return _current


class StreamContext:
    """Have a stream be the current one within a `with` block; None changes nothing."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.prev_stream = _current

    def __enter__(self) -> None:
        global _current
        if self.stream is not None:
            self.prev_stream, _current = _current, self.stream

    def __exit__(self, type: Any, value: Any, traceback: Any) -> None:
        global _current
        if self.stream is not None:
            _current = self.prev_stream


def stream(stream: Any) -> StreamContext:
    """Have a stream be the current one within a `with` block; None changes nothing."""
    return StreamContext(stream)
