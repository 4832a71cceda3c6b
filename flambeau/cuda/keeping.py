"""`tensor.record_stream`: keep memory from being used again while another stream still works with it."""
from __future__ import annotations

import sys
from typing import Any

from flambeau.core import device as devices


def record_stream(array: Any, stream: Any) -> None:
    """Have whoever takes the memory of a GPU's array over wait for what `stream` was given until then.

    Raises RuntimeError for what is no stream of a GPU.
    """
    if not hasattr(stream, "cuda_stream"):
        raise RuntimeError(f"record_stream: unknown parameter type {type(stream).__name__}; pass a torch.cuda.Stream")
    memory = getattr(array.data, "mem", None)
    if memory is None:  # the CPU's
        return
    users = getattr(memory, "_used_by", None)
    if users is None:
        users = _Users(array.device.id)
        try:
            memory._used_by = users
        except AttributeError:  # not of a pool: the driver itself waits before it gives such memory away
            return
    users.streams[stream.cuda_stream] = stream._inner


class _Users:
    """What a piece of memory takes along: as the memory goes back to the pool, the GPU's streams wait for its users.

    CuPy's pool gives memory to the next work of the stream that it was taken for, and does not say which that was.
    """

    def __init__(self, index: int) -> None:
        self.index = index
        self.streams: dict[int, Any] = {}  # CuPy's

    def __del__(self) -> None:
        if not sys.is_finalizing():
            for user in self.streams.values():
                self._let_others_wait_for(user)

    def _let_others_wait_for(self, user: Any) -> None:
        from flambeau.cuda.streams import known_streams

        if user.is_capturing():  # what a graph uses is its own
            return
        cupy = devices.cupy()
        with cupy.cuda.Device(self.index):
            mark = user.record(cupy.cuda.Event(disable_timing=True))
            for stream in known_streams(self.index):
                if stream != user and not stream.is_capturing():
                    stream.wait_event(mark)
