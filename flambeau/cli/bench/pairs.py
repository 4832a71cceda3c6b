"""flambeau and PyTorch in turn, each time in a fresh process: machines are noisy, ratios of neighbours are not."""
from __future__ import annotations

import argparse
import contextlib
import datetime
import importlib.util
import json
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flambeau.cli.bench.chart import chart
from flambeau.cli.bench.ops import OPS
from flambeau.cli.bench.workloads import WORKLOADS
from flambeau.cli.info import version_of

FUSED = ("Adam", "AdamW", "SGD")


def run(options: argparse.Namespace) -> int:
    if importlib.util.find_spec("torch") is None:
        print("flambeau bench compares with PyTorch, which is not installed here: pip install torch. "
              "`flambeau bench matmul` needs nothing.", file=sys.stderr)
        return 1
    workloads = OPS if options.ops else WORKLOADS
    wanted = [name for name in workloads
              if not options.only or any(word.lower() in name.lower() for word in options.only)]
    results = {}
    print(f"{'':<40}{'PyTorch':>10}{'flambeau':>10}  {'ratio':<18}{'aim':>5}{'memory':>9}")
    with other_work(options.busy):
        for name in wanted:
            results[name] = found = compare(name, options)
            spread = f"{found['ratio']:.2f} ({found['ratio_from']:.2f}-{found['ratio_to']:.2f})"
            print(f"{name:<40}{found['torch_ms']:>7.2f} ms{found['flambeau_ms']:>7.2f} ms  {spread:<18}"
                  f"{found['least']:>5.1f}{found['memory_ratio']:>8.2f}x", flush=True)
    if options.out:
        place = Path(options.out)
        place.write_text(json.dumps({"machine": machine(options), "results": results}, indent=1) + "\n")
        place.with_suffix(".svg").write_text(chart(results))
    return 0


def compare(name: str, options: argparse.Namespace) -> dict[str, float]:
    """Return medians over the rounds. The ratio is PyTorch's time over flambeau's: above 1, flambeau is faster."""
    rounds = options.rounds or (3 if options.quick else 7)
    pairs = [(once("torch", name, options), once("flambeau", name, options)) for _ in range(rounds)]
    ratios = sorted(theirs["ms"] / ours["ms"] for theirs, ours in pairs)
    theirs, ours = pairs[0]
    return {
        "ratio": statistics.median(ratios), "ratio_from": ratios[0], "ratio_to": ratios[-1],
        "torch_ms": statistics.median(one["ms"] for one, _ in pairs),
        "flambeau_ms": statistics.median(one["ms"] for _, one in pairs),
        "memory_ratio": ours["mb"] / theirs["mb"], "torch_mb": theirs["mb"], "flambeau_mb": ours["mb"],
        "difference": abs(theirs["first"] - ours["first"]), "least": (WORKLOADS | OPS)[name].least,
    }


def once(library: str, name: str, options: argparse.Namespace) -> dict[str, float]:
    # each library is told its threads, and its BLAS chooses for itself
    environment = {key: value for key, value in os.environ.items()
                   if not key.startswith(("OPENBLAS_", "OMP_", "MKL_")) and key != "PYTHONDONTWRITEBYTECODE"}
    fused = "fused" if options.fused and library == "torch" and any(f", {word}" in name for word in FUSED) else "default"
    command = [sys.executable, "-m", "flambeau.cli.bench.once", library, name, str(options.threads),
               "0.3" if options.quick else "1.0", fused]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    found: dict[str, float] = json.loads(done.stdout)
    return found


@contextlib.contextmanager
def other_work(wanted: bool) -> Iterator[None]:
    """Keep one core busy meanwhile."""
    process = multiprocessing.Process(target=_busy, daemon=True) if wanted else None
    if process is not None:
        process.start()
    try:
        yield
    finally:
        if process is not None:
            process.kill()


def _busy() -> None:
    number = 0
    while True:
        number += 1


def machine(options: argparse.Namespace) -> dict[str, Any]:
    """What the figures depend on."""
    from flambeau.cli.info import kernels

    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = {line.partition(":")[2].strip() for line in lines if line.startswith("model name")}
    return {"cpu": ", ".join(sorted(models)) or platform.machine(), "cores": os.cpu_count(), "threads": options.threads,
            "kernels": kernels(), "python": platform.python_version(), "numpy": version_of("numpy"),
            "torch": version_of("torch"), "busy": options.busy, "fused": options.fused,
            "date": datetime.date.today().isoformat()}
