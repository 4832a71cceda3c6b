"""Profiles as files: Chrome's trace format, which Perfetto and chrome://tracing show, and stacks for flame graphs."""
from __future__ import annotations

import gzip
import json
import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from flambeau.profiler.events import EventList, FunctionEvent
from flambeau.serialization.atomic import replacing


def write_trace(path: str, events: EventList, facts: dict[str, Any]) -> None:
    """Write Chrome's trace format; packed when the name ends in .gz."""
    content = json.dumps({
        "schemaVersion": 1, "displayTimeUnit": "ms", "traceName": path, **facts,
        "traceEvents": [*_names(events), *map(_record, events)],
    }).encode()
    with replacing(path) as file:
        file.write(gzip.compress(content) if path.endswith(".gz") else content)


def _names(events: Iterable[FunctionEvent]) -> list[dict[str, Any]]:
    process = os.getpid()
    threads = dict.fromkeys(event.thread for event in events)
    return [{"ph": "M", "name": "process_name", "pid": process, "tid": 0, "ts": 0, "args": {"name": "python"}},
            *({"ph": "M", "name": "thread_name", "pid": process, "tid": thread, "ts": 0,
               "args": {"name": f"thread {thread} (python)"}} for thread in threads)]


def _record(event: FunctionEvent) -> dict[str, Any]:
    facts: dict[str, Any] = {"External id": event.id}
    if event.sequence_nr >= 0:
        facts["Sequence number"] = event.sequence_nr
    if event.input_shapes:
        facts["Input Dims"] = event.input_shapes
    if event.flops:
        facts["FLOPs"] = event.flops
    if event.stack:
        facts["Call stack"] = ";".join(event.stack)
    return {"ph": "X", "cat": "user_annotation" if event.is_user_annotation else "cpu_op", "name": event.name,
            "pid": os.getpid(), "tid": event.thread, "ts": event.time_range.start, "dur": event.cpu_time_total, "args": facts}


def write_stacks(path: str, events: EventList, metric: str) -> None:
    """Write a line for each stack, outermost place first, with its microseconds, as flame graph tools read them."""
    metric = metric.replace("cuda", "device")
    if metric not in ("self_cpu_time_total", "self_device_time_total"):
        raise ValueError(f"export_stacks: metric is 'self_cpu_time_total' or 'self_cuda_time_total', not {metric!r}")
    times: Counter[str] = Counter()
    for event in events:
        if event.stack:
            places = [place.replace(" ", "_").replace(";", ",") for place in reversed(event.stack)]
            times[";".join([*places, event.name])] += int(getattr(event, metric))
    lines = "".join(f"{stack} {us}\n" for stack, us in times.items() if us > 0)
    with replacing(path) as file:
        file.write(lines.encode())


def tensorboard_trace_handler(dir_name: str, worker_name: str | None = None, use_gzip: bool = False) -> Callable[[Any], None]:
    """Return an `on_trace_ready` that writes each trace into a folder, where TensorBoard's profiler plugin finds them."""
    def write(profile: Any) -> None:
        os.makedirs(dir_name, exist_ok=True)
        worker = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        ending = ".gz" if use_gzip else ""
        profile.export_chrome_trace(os.path.join(dir_name, f"{worker}.{time.time_ns()}.pt.trace.json{ending}"))

    return write
