"""The table of a profile, laid out as PyTorch's."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

_WIDTH = 12
_GAP = "  "
_PREFIXES = ("", "K", "M", "G", "T", "P")


class _Column(NamedTuple):
    title: str
    cell: Callable[[Any], str]
    width: int = _WIDTH


def time_text(us: float) -> str:
    """Return microseconds with the unit that suits them."""
    for factor, unit in ((1e6, "s"), (1e3, "ms")):
        if us >= factor:
            return f"{us / factor:.3f}{unit}"
    return f"{us:.3f}us"


def memory_text(size: int) -> str:
    """Return bytes with the unit that suits them."""
    for factor, unit in ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")):
        if abs(size) >= factor:
            return f"{size / factor:.2f} {unit}"
    return f"{size} B"


def _share(part: float, whole: float) -> str:
    return f"{part * 100 / whole:.2f}%" if whole else "NaN"


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[:width - 3] + "..."


def table(rows: list[Any], total: float, widths: tuple[int, int, int], header: str | None) -> str:
    """Return the rows as text; `total`: the CPU time of everything, `widths`: the most for names, shapes and places."""
    if not rows:
        return ""
    columns = list(_columns(rows, total, *widths))
    rule = "".join("-" * column.width + _GAP for column in columns)
    lines = ([header] if header else []) + [rule, _line(columns, [column.title for column in columns]), rule]
    for row in rows:
        places = [_shortened(place, widths[2]) for place in getattr(row, "stack", ())]
        lines.append(_line(columns, [column.cell(row) for column in columns]) + (places[0] if places else ""))
        indent = " " * sum(column.width + len(_GAP) for column in columns)
        lines += [indent + place for place in places[1:]]
    return "\n".join([*lines, rule, f"Self CPU time total: {time_text(total)}", ""])


def _line(columns: list[_Column], cells: list[str]) -> str:
    return "".join(f"{cell:>{column.width}}{_GAP}" for column, cell in zip(columns, cells, strict=True))


def _columns(rows: list[Any], total: float, name_width: int, shapes_width: int, _: int) -> Iterator[_Column]:
    width = min(max(len(row.key) for row in rows) + 4, name_width)
    yield _Column("Name", lambda row: _shortened(row.key, width - 1), max(width, 8))
    yield _Column("Self CPU %", lambda row: _share(row.self_cpu_time_total, total))
    yield _Column("Self CPU", lambda row: time_text(row.self_cpu_time_total))
    yield _Column("CPU total %", lambda row: _share(row.cpu_time_total, total))
    yield _Column("CPU total", lambda row: time_text(row.cpu_time_total))
    yield _Column("CPU time avg", lambda row: time_text(row.cpu_time))
    yield from _device_columns(rows)
    if any(row.cpu_memory_usage for row in rows):
        yield _Column("CPU Mem", lambda row: memory_text(row.cpu_memory_usage))
        yield _Column("Self CPU Mem", lambda row: memory_text(row.self_cpu_memory_usage))
    yield _Column("# of Calls", lambda row: str(row.count))
    if any(row.input_shapes for row in rows):
        width = min(max(len(str(row.input_shapes)) for row in rows) + 4, shapes_width)
        yield _Column("Input Shapes", lambda row: _shortened(str(row.input_shapes), width), max(width, 12))
    yield from _work_column(rows)


def _device_columns(rows: list[Any]) -> Iterator[_Column]:
    busy = sum(row.self_device_time_total for row in rows)
    if busy:
        yield _Column("Self CUDA", lambda row: time_text(row.self_device_time_total))
        yield _Column("Self CUDA %", lambda row: _share(row.self_device_time_total, busy))
        yield _Column("CUDA total", lambda row: time_text(row.device_time_total))
        yield _Column("CUDA time avg", lambda row: time_text(row.device_time), 13)


def _work_column(rows: list[Any]) -> Iterator[_Column]:
    known = [row.flops for row in rows if row.flops]
    if known:
        step = min((len(str(min(known))) - 1) // 3, len(_PREFIXES) - 1)
        yield _Column(f"Total {_PREFIXES[step]}FLOPs", lambda row: f"{row.flops / 1000**step:8.3f}" if row.flops else "--")
