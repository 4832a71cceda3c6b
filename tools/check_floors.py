"""Run the conformance suite in parallel shards, print the merged table, and fail below the floors in floors.json.

    python tools/check_floors.py ../shared/conformance
"""
from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
SHARDS = 2  # processes for the operator database, which is most of the work
FLOORS = json.loads((HERE / "floors.json").read_text())


def start(suite: Path, areas: list[str], report: Path, shard: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "conformance.py", *areas, "--candidate", "flambeau", "--shard", shard, "--json", str(report)]
    print("+", " ".join(command[1:]), flush=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen(command, cwd=suite, env=environment, stdout=subprocess.DEVNULL)


def checks(suite: Path) -> list[dict[str, Any]]:
    """Run all areas and return every check."""
    with tempfile.TemporaryDirectory() as folder:
        runs = [(Path(folder, f"ops{i}.json"), ["ops"], f"{i}/{SHARDS}") for i in range(SHARDS)]
        runs.append((Path(folder, "others.json"), ["modules", "optims", "rng", "api"], "0/1"))
        running = [start(suite, areas, report, shard) for report, areas, shard in runs]
        for process in running:
            if process.wait() != 0:
                sys.exit(f"the conformance suite ended with code {process.returncode}")
        return [check for report, _, _ in runs for check in json.loads(report.read_text())["checks"]]


def row(name: str, found: list[dict[str, Any]]) -> tuple[int, int]:
    """Entries passed and entries in all, of an area (its core checks) or of one kind in it."""
    area, _, kind = name.partition(":")
    verdict: dict[str, bool] = {}
    for check in found:
        if check["area"] == area and (check["kind"] == kind if kind else check["core"]) and check["total"]:
            passed = check["passed"] == check["total"]
            verdict[check["entry"]] = verdict.get(check["entry"], True) and passed
    return sum(verdict.values()), len(verdict)


def main(suite: Path) -> int:
    found = checks(suite)
    names = list(dict.fromkeys([*FLOORS, *(f"{check['area']}:{check['kind']}" for check in found)]))
    low = 0
    for name in names:
        passed, total = row(name, found)
        percent = 100 * passed / total if total else 0.0
        floor = FLOORS.get(name)
        verdict = "" if floor is None else f"  floor {floor}" + ("" if percent >= floor else "  BELOW")
        low += verdict.endswith("BELOW")
        print(f"{name:<24}{passed:>5} of {total:<5}{percent:6.1f} %{verdict}")
    print(f"{len(FLOORS) - low} passed, {low} failed")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
