"""Write what PyTorch's distributions answer to tests/distributions/recorded.json, for tests without PyTorch.

    python tools/record_distributions.py            # in an environment that has torch==2.13.0
"""
from __future__ import annotations

import json
import sys
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "tests" / "distributions"


def main() -> None:
    sys.path.insert(0, str(FOLDER.parent))
    import torch
    from distributions import cases, spaces

    known = {
        "distributions": {line: cases.answers(torch, line, cases.dtype_for(line)) for line in cases.DISTRIBUTIONS},
        "transforms": {line: spaces.about_transform(torch, line) for line in spaces.TRANSFORMS},
        "constraints": {line: spaces.about_constraint(torch, line) for line in spaces.CONSTRAINTS},
        "divergences": {name: cases.divergence(torch, p, q) for name, p, q in cases.KL},
    }
    (FOLDER / "recorded.json").write_text(json.dumps(known, indent=None, separators=(",", ":")).replace("},", "},\n") + "\n")


if __name__ == "__main__":
    main()
