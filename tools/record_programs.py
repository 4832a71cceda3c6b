"""Write what PyTorch makes of the programs in tests/func/transform_programs.py to tests/func/recorded.json.

    python tools/record_programs.py           # in an environment that has torch==2.13.0
"""
from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def main() -> None:
    import torch
    from func.transform_programs import PROGRAMS, values

    warnings.simplefilter("ignore")
    answers = {name: values(run(torch)) for name, run in PROGRAMS.items()}
    (ROOT / "tests" / "func" / "recorded.json").write_text(json.dumps(answers, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
