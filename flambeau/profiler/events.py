"""What was recorded: a span of time for each op, node of the tape and named range, and averages over spans of one name."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


class Interval:
    """From when to when, in microseconds since the recording began."""

    __slots__ = ("end", "start")

    def __init__(self, start: float, end: float) -> None:
        self.start, self.end = start, end

    def elapsed_us(self) -> float:
        return self.end - self.start


class FunctionEvent:
    """One span: a call of an op, a node of the tape at work, or a named range. Times are in microseconds, memory in bytes."""

    __slots__ = ("_device_marks", "cpu_children", "cpu_memory_usage", "cpu_parent", "device_time_total", "flops", "id",
                 "input_shapes", "is_user_annotation", "name", "sequence_nr", "stack", "thread", "time_range")
    count = 1
    is_async = False

    def __init__(self, number: int, name: str, thread: int, start: float) -> None:
        self.id, self.name, self.thread = number, name, thread
        self.time_range = Interval(start, start)
        self.cpu_parent: FunctionEvent | None = None
        self.cpu_children: list[FunctionEvent] = []
        self.input_shapes: list[list[int]] = []
        self.stack: list[str] = []
        self.flops: int | None = None
        self.cpu_memory_usage = 0
        self.device_time_total = 0.0
        self.is_user_annotation = False
        self.sequence_nr = -1
        self._device_marks: Any = None

    @property
    def key(self) -> str:
        return self.name

    @property
    def cpu_time_total(self) -> float:
        return self.time_range.elapsed_us()

    cpu_time = cpu_time_total

    @property
    def self_cpu_time_total(self) -> float:
        return self.cpu_time_total - sum(child.cpu_time_total for child in self.cpu_children)

    @property
    def self_cpu_memory_usage(self) -> int:
        return self.cpu_memory_usage - sum(child.cpu_memory_usage for child in self.cpu_children)

    @property
    def self_device_time_total(self) -> float:
        return self.device_time_total - sum(child.device_time_total for child in self.cpu_children)

    @property
    def device_time(self) -> float:
        return self.device_time_total

    def __repr__(self) -> str:
        return (f"<FunctionEvent id={self.id} name={self.name} cpu_time={self.cpu_time_total:.3f}us thread={self.thread} "
                f"input_shapes={self.input_shapes}>")


class FunctionEventAvg:
    """All spans of one name (and one kind of input, or one place in the source) together."""

    def __init__(self, key: str) -> None:
        self.key, self.count = key, 0
        self.cpu_time_total = self.self_cpu_time_total = self.device_time_total = self.self_device_time_total = 0.0
        self.cpu_memory_usage = self.self_cpu_memory_usage = 0
        self.flops = 0
        self.input_shapes: Any = ""
        self.stack: list[str] = []
        self.is_user_annotation = False

    def add(self, event: FunctionEvent | FunctionEventAvg) -> FunctionEventAvg:
        self.count += event.count
        for name in ("cpu_time_total", "self_cpu_time_total", "device_time_total", "self_device_time_total",
                     "cpu_memory_usage", "self_cpu_memory_usage"):
            setattr(self, name, getattr(self, name) + getattr(event, name))
        self.flops += event.flops or 0
        self.is_user_annotation = self.is_user_annotation or event.is_user_annotation
        return self

    @property
    def cpu_time(self) -> float:
        return self.cpu_time_total / self.count if self.count else 0.0

    @property
    def device_time(self) -> float:
        return self.device_time_total / self.count if self.count else 0.0

    def __repr__(self) -> str:
        from flambeau.profiler.table import time_text

        return (f"<FunctionEventAvg key={self.key} self_cpu_time={time_text(self.self_cpu_time_total)} "
                f"cpu_time={time_text(self.cpu_time)} self_device_time={time_text(self.self_device_time_total)} "
                f"device_time={time_text(self.device_time)} input_shapes={self.input_shapes} "
                f"cpu_memory_usage={self.cpu_memory_usage}>")


class EventList(list[Any]):
    """Spans, or averages of them."""

    @property
    def self_cpu_time_total(self) -> float:
        return sum(event.self_cpu_time_total for event in self)

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0) -> EventList:
        """Return an average for each name; with `group_by_input_shape` for each name and shapes of the inputs, with
        `group_by_stack_n` for each name and that many innermost places in the source."""
        groups: dict[Any, FunctionEventAvg] = {}
        for event in self:
            shapes = str(event.input_shapes) if group_by_input_shape else ""
            stack = event.stack[:group_by_stack_n]
            key = event.key, shapes, tuple(stack)
            if key not in groups:
                groups[key] = FunctionEventAvg(event.key)
                groups[key].input_shapes, groups[key].stack = shapes, stack
            groups[key].add(event)
        return EventList(groups.values())

    def total_average(self) -> FunctionEventAvg:
        """Return one average of everything, named Total."""
        total = FunctionEventAvg("Total")
        for event in self:
            total.add(event)
        return total

    def table(self, sort_by: str | None = None, row_limit: int = 100, max_src_column_width: int = 75,
              max_name_column_width: int = 55, max_shapes_column_width: int = 80, header: str | None = None,
              top_level_events_only: bool = False) -> str:
        """Return a table as text, the largest by `sort_by` (an attribute such as 'self_cpu_time_total') first."""
        from flambeau.profiler.table import table

        rows: Iterable[Any] = self
        if top_level_events_only:
            rows = [event for event in rows if getattr(event, "cpu_parent", None) is None]
        if sort_by is not None:
            rows = sorted(rows, key=_sort_key(sort_by), reverse=True)
        widths = max_name_column_width, max_shapes_column_width, max_src_column_width
        return table(list(rows)[:row_limit if row_limit >= 0 else None], self.self_cpu_time_total, widths, header)

    def __str__(self) -> str:
        return self.table()


def _sort_key(name: str) -> Callable[[Any], Any]:
    name = name.replace("cuda", "device")

    def key(event: Any) -> Any:
        try:
            return getattr(event, name)
        except AttributeError:
            raise AttributeError(f"sort_by={name!r} is not known; use cpu_time, cpu_time_total, self_cpu_time_total, "
                                 "cpu_memory_usage, self_cpu_memory_usage, device_time_total, flops or count") from None

    return key
