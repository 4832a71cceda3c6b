"""Run random programs on flambeau and on PyTorch, and print a small one, as source, for each kind of difference.

    python tools/fuzz_programs.py --programs 20000 --seed 0            # in an environment that has torch==2.13.0

The programs come from tests/programs, as do those of the live test. Exit status 1 where anything differs that
tests/programs/known.py does not explain.
"""
from __future__ import annotations

import argparse
import collections
import sys
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent.parent / "tests"


class Findings:
    """What came of the programs: how many ended how, and an example of each kind of difference."""

    def __init__(self) -> None:
        self.counts: collections.Counter[str] = collections.Counter()
        self.examples: dict[str, tuple[int, list[str], Any]] = {}

    def check(self, seed: int) -> None:
        from programs.choices import Choices
        from programs.comparing import Doubtful
        from programs.generator import program
        from programs.known import unknown_difference
        from programs.shrinking import kind

        try:
            found, lines, met = unknown_difference(program(Choices.seeded(seed)))
        except Doubtful:
            self.counts["rounding"] += 1
            return
        if found is None:
            self.counts["known" if met else "equal"] += 1
        else:
            self.counts["different"] += 1
            self.counts[kind(found)] += 1
            self.examples.setdefault(kind(found), (seed, lines, found))

    def report(self) -> None:
        from programs.shrinking import shrunk

        for name, (seed, lines, found) in sorted(self.examples.items(), key=lambda entry: -self.counts[entry[0]]):
            lines, found = shrunk(lines, found)
            print(f"# {name}: {self.counts[name]} programs, the first from seed {seed}")
            print("import torch", *lines, sep="\n")
            print("#", str(found).replace("\n", "\n# "), end="\n\n")
        totals = ", ".join(f"{self.counts[name]} {name}" for name in ("equal", "rounding", "known", "different"))
        print(f"{totals} ({len(self.examples)} kinds)")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=int, default=20_000, help="how many")
    parser.add_argument("--seed", type=int, default=0, help="of the first; each further one has the next")
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(TESTS))
    import torch

    torch.set_num_threads(1)
    findings = Findings()
    for number in range(options.programs):
        findings.check(options.seed + number)
    findings.report()
    return 1 if findings.counts["different"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
