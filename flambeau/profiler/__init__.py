"""`torch.profiler`: where the time goes. A page of names.

    with torch.profiler.profile(record_shapes=True) as prof:
        model(input).sum().backward()
    print(prof.key_averages().table(sort_by="self_cpu_time_total", row_limit=10))
    prof.export_chrome_trace("trace.json")
"""
from __future__ import annotations

from flambeau.core.page import page

__getattr__, __dir__, __all__ = page(__name__, {
    "profiler.kinds": "ProfilerAction ProfilerActivity schedule supported_activities",
    "profiler.profile": "profile",
    "profiler.ranges": "record_function",
    "profiler.trace": "tensorboard_trace_handler",
})
