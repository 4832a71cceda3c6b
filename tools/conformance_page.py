"""Write docs/conformance.md from a run of PyTorch's own test databases: percentages, and what is left out with the reason.

    python tools/conformance_page.py ../shared/conformance      # where torch==2.13.0 is installed; some minutes

The reasons that only people can give are in tools/left_out.json, by patterns of entries. Elsewhere the page quotes the run.
"""
from __future__ import annotations

import fnmatch
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from check_floors import ROOT, checks, row

PAGE = ROOT / "docs" / "conformance.md"
REASONS = json.loads((Path(__file__).parent / "left_out.json").read_text())
Check = dict[str, Any]

AREAS = {
    "ops": "Operators: PyTorch's `op_db`",
    "modules": "Modules: PyTorch's `module_db`",
    "optims": "Optimizers and schedulers",
    "rng": "Random numbers: the same seed, the same numbers",
    "api": "Public names and the names of their parameters",
}


def page(found: list[Check], versions: str) -> str:
    parts = ["# What of PyTorch works\n",
             f"From a run of PyTorch's own test databases against flambeau ({versions}), by `tools/conformance_page.py`. An "
             "entry counts only when all of its samples agree: values, dtypes, shapes, gradients, classes of errors.\n"]
    for area, title in AREAS.items():
        mine = [check for check in found if check["area"] == area]
        parts += [f"\n## {title}\n", *table(area, mine), *left_out(area, mine)]
    return "\n".join(parts) + "\n"


def table(area: str, found: list[Check]) -> list[str]:
    kinds = list(dict.fromkeys(check["kind"] for check in found))
    lines = ["| | passed | of | |", "|---|---:|---:|---:|"]
    for kind in kinds:
        passed, total = row(f"{area}:{kind}", found)
        if total:
            lines.append(f"| {kind} | {passed} | {total} | {100 * passed / total:.1f} % |")
    passed = sum(row(f"{area}:{kind}", found)[0] for kind in kinds)
    total = sum(row(f"{area}:{kind}", found)[1] for kind in kinds)
    return [*lines, f"| all | {passed} | {total} | {100 * passed / total:.1f} % |", ""]


def left_out(area: str, found: list[Check]) -> list[str]:
    """The entries that do not pass, by reason."""
    by_reason: dict[str, dict[str, None]] = {}
    for check in found:
        if check["passed"] < check["total"]:
            name = check["entry"] if area == "api" and check["kind"] != "stubs" else f"{check['entry']} ({check['kind']})"
            by_reason.setdefault(reason_of(area, check), {})[name] = None
    if not by_reason:
        return ["Nothing is left out.", ""]
    given = [words for words in (each["reason"] for each in REASONS[area]) if words in by_reason]
    others = [words for words in by_reason if words not in given]
    return ["What is left out:\n", *(f"- {words} {listed(by_reason[words])}" for words in [*given, *others]), ""]


def reason_of(area: str, check: Check) -> str:
    for each in REASONS[area]:
        if any(fnmatch.fnmatchcase(check["entry"], pattern) for pattern in each["entries"]):
            return str(each["reason"])
    return f"Not yet right; the run says: {quoted(check['reason'])}."


def quoted(reason: str) -> str:
    """One line of what a check said, without what differs from run to run."""
    line = re.sub(r"0x[0-9a-f]+", "…", reason.strip().splitlines()[0] if reason.strip() else "no reason")
    return "`" + line.replace("`", "'")[:160].rstrip(" .") + "`"


def listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def versions() -> str:
    script = "import torch, flambeau; print(f'flambeau {flambeau.__version__}, PyTorch {torch.__version__}')"
    told = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    return told.strip()


def main(suite: Path) -> None:
    PAGE.write_text(page(checks(suite), versions()))
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
