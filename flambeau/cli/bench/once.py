"""Time one workload in this process; print JSON: `python -m flambeau.cli.bench.once LIBRARY WORKLOAD THREADS SECONDS FUSED`."""
from __future__ import annotations

import importlib
import json
import resource
import statistics
import sys
import time
from typing import Any

from flambeau.cli.bench.ops import OPS
from flambeau.cli.bench.workloads import WORKLOADS, Workload

WARM_UP = 3


def timed(step: Any, repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        step()
    return (time.perf_counter() - start) / repeats


def measure(torch: Any, workload: Workload, seconds: float, options: dict[str, Any]) -> dict[str, float]:
    """Return the median time of a step in milliseconds, the first number it gave, and the most memory taken, in MB."""
    torch.manual_seed(0)
    step = workload.make(torch, options)
    first = first_number(step())
    for _ in range(WARM_UP):
        step()
    times: list[float] = []
    while sum(times) < seconds or len(times) < 5:
        times.append(timed(step, workload.repeats))
    return {"ms": statistics.median(times) * 1e3, "first": first,
            "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def first_number(result: Any) -> float:
    while isinstance(result, tuple):
        result = result[0]
    return result if isinstance(result, float) else float(result.flatten()[0].item())


def main(library: str, name: str, threads: str, seconds: str, fused: str) -> None:
    torch = importlib.import_module(library)
    torch.set_num_threads(int(threads))
    options = {"fused": True} if fused == "fused" else {}
    print(json.dumps(measure(torch, (WORKLOADS | OPS)[name], float(seconds), options)))


if __name__ == "__main__":
    main(*sys.argv[1:])
