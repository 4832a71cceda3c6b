"""`torch.cuda.nvtx`: names for spans of a program, which NVIDIA's profilers show."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from flambeau.core import device as devices

__all__ = ["mark", "range", "range_end", "range_pop", "range_push", "range_start"]

_WHITE = 0xFFFFFFFF
_depth: list[str] = []


def _nvtx() -> Any:
    """CuPy's module. Raises RuntimeError without a GPU."""
    try:
        return devices.cupy().cuda.nvtx
    except AssertionError as error:
        raise RuntimeError(f"NVTX functions not installed. Are you sure you have a CUDA build? {error}") from error


def range_push(msg: str) -> int:
    """Begin a span within those that are open, and return how many were."""
    _nvtx().RangePush(msg)
    _depth.append(msg)
    return len(_depth) - 1


def range_pop() -> int:
    """End the span that was begun last, and return how many are still open."""
    _nvtx().RangePop()
    if _depth:
        _depth.pop()
    return len(_depth)


def range_start(msg: str) -> int:
    """Begin a span that may overlap others, and return its handle."""
    return int(_nvtx().RangeStart(msg, _WHITE))


def range_end(range_id: int) -> None:
    """End the span with a handle."""
    _nvtx().RangeEnd(range_id)


def mark(msg: str) -> None:
    """Name this moment."""
    _nvtx().Mark(msg)


@contextlib.contextmanager
def range(msg: str, *args: Any, **kwargs: Any) -> Iterator[None]:  # noqa: A001  PyTorch's name
    """Name a block, or the calls of a function; `args` and `kwargs` are formatted into the name."""
    range_push(msg.format(*args, **kwargs))
    try:
        yield
    finally:
        range_pop()
