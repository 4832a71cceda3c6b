"""`torch.cuda.profiler`: tell NVIDIA's profilers which part of a program to look at."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator

from flambeau.cuda.devices import cudart

__all__ = ["profile", "start", "stop"]


def start() -> None:
    cudart().profilerStart()


def stop() -> None:
    cudart().profilerStop()


@contextlib.contextmanager
def profile() -> Iterator[None]:
    """Have the block looked at."""
    start()
    try:
        yield
    finally:
        stop()
