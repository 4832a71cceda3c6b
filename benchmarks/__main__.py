"""Time flambeau and another library in turn, each time in a fresh process; print and keep medians of per-round ratios.

`python -m benchmarks [name ...]`. Needs PyTorch in the environment. Writes `benchmarks/results/<machine>.json`.
"""
from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
ROUNDS = 7


class Pair(NamedTuple):
    """One script run in two ways, and the ratio of the first to the second that it must not exceed."""

    script: str
    ours: str
    other: str
    unit: str
    at_most: float


PAIRS = {
    "overhead, numbers": Pair("overhead", "flambeau numbers", "torch numbers", "us per op", 0.8),
    "overhead, tensors": Pair("overhead", "flambeau tensors", "torch tensors", "us per op", 0.8),
    "deep chain, 1M ops": Pair("deep_chain", "flambeau 1000000", "torch 1000000", "us per op", 1.0),
    "deep chain, 1M to 100k": Pair("deep_chain", "flambeau 1000000", "flambeau 100000", "us per op", 1.3),
    "memory, 10k to 1k steps": Pair("flat_memory", "flambeau 10000", "flambeau 1000", "MB", 1.01),
    "CNN step": Pair("cnn_step", "flambeau", "torch", "ms", 2.5),
    **{f"loading {kind}, {count} workers": Pair("loading", f"flambeau {kind} {count}", f"torch {kind} {count}", "ms", 1.0)
       for kind in ("images", "digits") for count in (0, 1, 2)},
    "loading images, 2 threads": Pair("loading", "flambeau images 2 thread", "torch images 2", "ms", 1.0),
    "import": Pair("import_time", "flambeau", "numpy", "ms", 1.5),
}


def once(script: str, arguments: str) -> float:
    # files are compiled once, and the BLAS of each library chooses for itself
    environment = {key: value for key, value in os.environ.items()
                   if key != "PYTHONDONTWRITEBYTECODE" and not key.startswith("OPENBLAS_")}
    environment["PYTHONPATH"] = str(HERE.parent)
    command = [sys.executable, str(HERE / f"{script}.py"), *arguments.split()]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment).stdout)


def measured(pair: Pair) -> dict[str, Any]:
    once(pair.script, pair.ours)  # compiles the files once
    rounds = [(once(pair.script, pair.ours), once(pair.script, pair.other)) for _ in range(ROUNDS)]
    ours, other = (statistics.median(values) for values in zip(*rounds, strict=True))
    ratios = sorted(one / two for one, two in rounds)
    return {**pair._asdict(), "ours_median": ours, "other_median": other, "ratio": statistics.median(ratios),
            "ratio_from": ratios[0], "ratio_to": ratios[-1], "rounds": ROUNDS}


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = {line.partition(":")[2].strip() for line in lines if line.startswith("model name")}
    return {"cpu": ", ".join(sorted(models)) or platform.machine(), "cores": len(os.sched_getaffinity(0)),
            "python": platform.python_version(), "date": date.today().isoformat(),
            **{name: _version(name) for name in ("numpy", "torch", "cupy-cuda12x")}}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def main(wanted: list[str]) -> None:
    print(f"{'':<26}{'ours':>10}{'other':>10}  {'unit':<10}{'ratio':>7}  {'(range)':<14}at most")
    results = {}
    for name, pair in PAIRS.items():
        if wanted and not any(word in name for word in wanted):
            continue
        found = results[name] = measured(pair)
        spread = f"({found['ratio_from']:.2f}-{found['ratio_to']:.2f})"
        print(f"{name:<26}{found['ours_median']:>10.2f}{found['other_median']:>10.2f}  {pair.unit:<10}{found['ratio']:>7.2f}"
              f"  {spread:<14}{pair.at_most}", flush=True)
    if not wanted:
        place = HERE / "results" / f"cpu-{len(os.sched_getaffinity(0))}-cores.json"
        place.parent.mkdir(exist_ok=True)
        place.write_text(json.dumps({"machine": machine(), "results": results}, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
