"""Streams and events of a GPU, over those of CuPy."""
from __future__ import annotations

import weakref
from typing import Any

from flambeau.core import device as devices
from flambeau.core import streams
from flambeau.cuda.devices import needed_for, present

# CuPy's streams by GPU and address, as long as they live: all that work may be waiting in.
_known: weakref.WeakValueDictionary[tuple[int, int], Any] = weakref.WeakValueDictionary()


class Stream(streams.Stream):
    """A queue of work on one GPU, done in order; the work of two streams may overlap.

    `priority`: a number below 0 lets its work go first.
    """

    _inner: Any  # CuPy's

    def __new__(cls, device: Any = None, priority: int = 0, **kwargs: Any) -> Any:
        """Make a stream; or with `stream_ptr`, or the `stream_id` of another one, a further name of that.

        Raises RuntimeError without a GPU.
        """
        cupy = needed_for("torch.cuda.Stream")
        pointer = kwargs.get("stream_ptr", kwargs.get("stream_id"))
        place = present(kwargs.get("device_index", device))
        with place:
            inner = cupy.cuda.Stream(non_blocking=True, priority=priority) if pointer is None else borrowed(pointer, place.id)
        return _around(cls, inner, place.id)

    @property
    def cuda_stream(self) -> int:
        """The address by which CUDA knows the stream."""
        return int(self._inner.ptr)

    stream_id = native_handle = cuda_stream
    _as_parameter_ = property(lambda self: _pointer(self.cuda_stream))

    @property
    def priority(self) -> int:
        return int(self._inner.priority)

    def wait_event(self, event: Any) -> None:
        """Let work from now on wait for a mark in another stream."""
        event.wait(self)

    def wait_stream(self, stream: Any) -> None:
        """Let work from now on wait for all that another stream has been given so far."""
        if isinstance(stream, Stream):  # the CPU's has done it all
            self.wait_event(stream.record_event())

    def record_event(self, event: Any = None) -> Any:
        """Put a mark, by default a new one, at the end of the queue, and return it."""
        event = Event() if event is None else event
        event.record(self)
        return event

    def query(self) -> bool:
        """Say whether all work is done."""
        return bool(self._inner.done)

    def synchronize(self) -> None:
        """Wait until all work is done."""
        self._inner.synchronize()

    def is_capturing(self) -> bool:
        """Say whether the work goes into a graph and is not done."""
        return bool(self._inner.is_capturing())

    def __enter__(self) -> Any:
        from flambeau.cuda.current import StreamContext

        self._contexts = [*getattr(self, "_contexts", ()), StreamContext(self)]
        self._contexts[-1].__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._contexts.pop().__exit__(None, None, None)

    def __cuda_stream__(self) -> tuple[int, int]:
        return 0, self.cuda_stream  # version and address: how libraries hand each other streams

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"<torch.cuda.Stream device={self.device} cuda_stream={self.cuda_stream:#x}>"


def _pointer(address: int) -> Any:
    """What ctypes hands to a function of C: a plain number would lose its upper half."""
    import ctypes

    return ctypes.c_void_p(address)


class ExternalStream(Stream):
    """A stream that another library made, by its address; it must live as long as it is used here."""

    def __new__(cls, stream_ptr: Any, device: Any = None, **kwargs: Any) -> Any:
        return super().__new__(cls, device, stream_ptr=stream_ptr, **kwargs)


def stream_of(inner: Any, index: int) -> Stream:
    """Return the stream around one of CuPy's, on the GPU of that number."""
    return _around(Stream, inner, index)


def _around(cls: Any, inner: Any, index: int) -> Any:
    made = object.__new__(cls)
    made._inner, made.device = inner, devices.device("cuda", index)
    _known[index, made.cuda_stream] = inner
    return made


class _Address:
    """What CuPy makes a stream of: the address of one."""

    def __init__(self, pointer: int) -> None:
        self.pointer = pointer

    def __cuda_stream__(self) -> tuple[int, int]:
        return 0, self.pointer


def borrowed(pointer: int, index: int) -> Any:
    """Return CuPy's stream over one that something else made and will destroy."""
    kind = devices.cupy().cuda.Stream
    inner = kind.from_external(_Address(int(pointer))) if pointer else kind.null
    if pointer:
        inner.device_id = index
    return inner


def known_streams(index: int) -> list[Any]:
    """All of CuPy's streams of a GPU that this program asked for and still holds, and the default one."""
    default = devices.cupy().cuda.Stream.null
    return [default, *(inner for (place, pointer), inner in list(_known.items()) if place == index and pointer)]


class Event(streams.Event):
    """A mark in a stream: whether it was passed, and when, and what should wait for it.

    `enable_timing`: take the time. `blocking`: let `synchronize` sleep, not spin. `interprocess`: may be shown to other
    processes, which rules out times. `external`: taken for PyTorch's sake; marks inside graphs need nothing special here.
    """

    def __new__(cls, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False,
                external: bool = False) -> Any:
        """Raises RuntimeError without a GPU."""
        needed_for("Tried to instantiate dummy base class Event: it")
        made = object.__new__(cls)
        made.enable_timing, made._blocking, made._interprocess = enable_timing, blocking, interprocess
        made._inner = None  # made when recorded, on the GPU of the stream
        return made

    _inner: Any  # CuPy's
    _blocking: bool
    _interprocess: bool

    @classmethod
    def from_ipc_handle(cls, device: Any, handle: bytes) -> Event:
        """Return the mark that another process shows by what its `ipc_handle` returned."""
        made = cls(interprocess=True)
        with present(device) as place:
            made._begin(place.id)
            runtime = devices.cupy().cuda.runtime
            own, made._inner.ptr = made._inner.ptr, 0
            runtime.eventDestroy(own)
            made._inner.ptr = runtime.ipcOpenEventHandle(handle)
        return made

    def _begin(self, index: int) -> None:
        if self._inner is None:
            self.device = devices.device("cuda", index)
            self._inner = devices.cupy().cuda.Event(self._blocking, not self.enable_timing, self._interprocess)

    @property
    def cuda_event(self) -> int:
        """The address by which CUDA knows the event; 0 before it is recorded."""
        return 0 if self._inner is None else int(self._inner.ptr)

    event_id = cuda_event
    _as_parameter_ = property(lambda self: _pointer(self.cuda_event))

    def record(self, stream: Any = None) -> None:
        """Put the mark at the end of a stream, by default the current one."""
        stream = _current() if stream is None else stream
        with present(stream.device):
            self._begin(stream.device.index)
            self._inner.record(stream._inner)

    def wait(self, stream: Any = None) -> None:
        """Let work that a stream, by default the current one, is given from now on wait for the mark."""
        stream = _current() if stream is None else stream
        if self._inner is not None:
            stream._inner.wait_event(self._inner)

    def query(self) -> bool:
        """Say whether the work before the mark is done."""
        return self._inner is None or bool(self._inner.done)

    def synchronize(self) -> None:
        """Wait for the work before the mark."""
        if self._inner is not None:
            self._inner.synchronize()

    def elapsed_time(self, end_event: Any) -> float:
        """Return the milliseconds between two marks. Raises ValueError where one takes no times or was never recorded."""
        if not self.enable_timing or not end_event.enable_timing or self._inner is None or end_event._inner is None:
            return super().elapsed_time(end_event)
        return float(devices.cupy().cuda.get_elapsed_time(self._inner, end_event._inner))

    def ipc_handle(self) -> bytes:
        """Return what `from_ipc_handle` of another process takes."""
        if self._inner is None:
            with present() as place:
                self._begin(place.id)
        return bytes(devices.cupy().cuda.runtime.ipcGetEventHandle(self._inner.ptr))

    def __repr__(self) -> str:
        return f"<torch.cuda.Event {self.cuda_event:#x}>" if self._inner is not None else "<torch.cuda.Event uninitialized>"


def _current() -> Stream:
    from flambeau.cuda.current import current_stream

    return current_stream()
