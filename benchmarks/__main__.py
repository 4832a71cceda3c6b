"""Run each benchmark with flambeau and the other library in turn, in fresh processes; print medians of per-round ratios."""
from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
PAIRS = (("overhead", "torch"), ("cnn_step", "torch"), ("import_time", "numpy"))
ROUNDS = 7


def once(name: str, library: str) -> float:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(HERE.parent)
    command = [sys.executable, str(HERE / f"{name}.py"), library]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)


def main() -> None:
    print(f"{'':<14}{'flambeau':>12}{'other':>12}{'ratio':>9}")
    for name, other in PAIRS:
        once(name, "flambeau")  # compiles the files once
        rounds = [(once(name, "flambeau"), once(name, other)) for _ in range(ROUNDS)]
        ours, theirs = (statistics.median(values) for values in zip(*rounds, strict=True))
        ratio = statistics.median(one / two for one, two in rounds)
        print(f"{name:<14}{ours:>12.2f}{theirs:>12.2f}{ratio:>9.2f}  against {other}")


if __name__ == "__main__":
    main()
