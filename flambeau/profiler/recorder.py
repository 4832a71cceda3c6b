"""Takes the time of what a thread does: it listens on every op, every node of the tape, and to named ranges."""
from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from time import perf_counter_ns
from typing import Any, NamedTuple

from flambeau.autograd import listeners
from flambeau.core.tensor import TensorBase
from flambeau.profiler.events import EventList, FunctionEvent
from flambeau.profiler.work import operations

_OWN = __file__.rpartition("recorder.py")[0]
_DEEPEST = 24  # places in the source that are kept of a call


class Wanted(NamedTuple):
    """What to note beside times."""

    shapes: bool = False
    memory: bool = False
    stack: bool = False
    flops: bool = False
    device: bool = False


class Recorder:
    """The spans of one thread, each within the one that was open when it began."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.began = perf_counter_ns()
        self.events: list[FunctionEvent] = []
        self.open: list[FunctionEvent] = []
        self.thread = threading.get_native_id()

    def start(self) -> None:
        listeners.add(self.around_op)
        listeners.add_visitor(self.around_node)
        listeners.set_span(self.span)
        _here.recorder = self

    def stop(self) -> EventList:
        _here.recorder = None
        listeners.set_span(None)
        listeners.remove_visitor(self.around_node)
        listeners.remove(self.around_op)
        while self.open:
            self.end(self.open[-1])
        for event in self.events:
            _take_device_time(event)
        return EventList(self.events)

    def begin(self, name: str) -> FunctionEvent:
        event = FunctionEvent(len(self.events), name, self.thread, self._now())
        if self.open:
            event.cpu_parent = self.open[-1]
            self.open[-1].cpu_children.append(event)
        self.open.append(event)
        self.events.append(event)
        if self.wanted.device:
            event._device_marks = [_device_mark()]
        return event

    def end(self, event: FunctionEvent) -> None:
        if event not in self.open:  # recording stopped in between
            return
        if self.wanted.device:
            event._device_marks.append(_device_mark())
        now = self._now()
        while True:
            last = self.open.pop()
            last.time_range.end = now
            if self.open:
                self.open[-1].cpu_memory_usage += last.cpu_memory_usage
            if last is event:
                return

    @contextlib.contextmanager
    def span(self, name: str) -> Iterator[None]:
        """Record a block under a name."""
        event = self.begin(name)
        event.is_user_annotation = True
        try:
            yield
        finally:
            self.end(event)

    def _now(self) -> float:
        return (perf_counter_ns() - self.began) / 1000

    def around_op(self, op: Any, args: tuple[Any, ...], proceed: Any) -> Any:
        name = getattr(op, "name", None) or op.__name__
        event = self.begin(f"aten::{name}" if hasattr(op, "body") else name)
        try:
            result = proceed(op, args)
        finally:
            if self.wanted.stack:
                event.stack = _stack()
            self.end(event)
        self._note(event, name, args, result)
        return result

    def _note(self, event: FunctionEvent, name: str, args: tuple[Any, ...], result: Any) -> None:
        wanted = self.wanted
        if wanted.shapes or wanted.flops:
            shapes = [list(getattr(arg, "shape", ())) for arg in args]
            event.input_shapes = shapes if wanted.shapes else []
            if wanted.flops and hasattr(result, "shape"):
                event.flops = operations(name, shapes, tuple(result.shape))
        if wanted.memory:
            fresh = _bytes(result)
            event.cpu_memory_usage += fresh
            parent = event.cpu_parent
            if parent is not None and parent in self.open:
                parent.cpu_memory_usage += fresh

    def around_node(self, node: Any, proceed: Any) -> Any:
        event = self.begin(node.name())
        event.sequence_nr = node.order
        try:
            return proceed()
        finally:
            self.end(event)


class _Here(threading.local):
    recorder: Recorder | None = None


_here = _Here()


def current() -> Recorder | None:
    """Return what records in this thread now."""
    return _here.recorder


def _bytes(result: Any) -> int:
    """Return the size of what an op made afresh; views have their memory from elsewhere."""
    parts = result if isinstance(result, tuple | list) else (result,)
    arrays = [part._array if isinstance(part, TensorBase) else part for part in parts]
    return sum(array.nbytes for array in arrays if getattr(array, "base", array) is None)


def _stack() -> list[str]:
    """Return the places in the source that led here, the innermost first, without the profiler's own."""
    frame: Any = sys._getframe(2)
    places: list[str] = []
    while frame is not None and len(places) < _DEEPEST:
        code = frame.f_code
        if not code.co_filename.startswith(_OWN):
            places.append(f"{code.co_filename}({frame.f_lineno}): {code.co_name}")
        frame = frame.f_back
    return places


def _device_mark() -> Any:
    from flambeau.core.device import cupy

    mark = cupy().cuda.Event()
    mark.record()
    return mark


def _take_device_time(event: FunctionEvent) -> None:
    """Work out how long the GPU was at it, now that all of it is done."""
    if event._device_marks is None:
        return
    from flambeau.core.device import cupy

    first, last = event._device_marks
    last.synchronize()
    event.device_time_total = cupy().cuda.get_elapsed_time(first, last) * 1000
    event._device_marks = None

