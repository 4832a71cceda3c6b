"""Write PyTorch's steps, rates and texts to tests/optim/recorded.json, for tests without PyTorch.

    python tools/record_optimizers.py         # in an environment that has torch==2.13.0
"""
from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "tests" / "optim"
sys.path.insert(0, str(FOLDER))


def main() -> None:
    import problems
    import torch

    warnings.simplefilter("ignore")
    answers = {
        "steps": {name: [problems.after_steps(torch, name, given) for given in variants]
                  for name, variants in problems.OPTIMIZERS.items()},
        "rates": {expression: problems.rates(torch, expression) for expression in problems.SCHEDULERS},
        "repr": {name: repr(getattr(torch.optim, name)([torch.ones(1, 1, requires_grad=True)]))
                 for name in problems.OPTIMIZERS},
    }
    rounded = json.loads(json.dumps(answers), parse_float=lambda text: float(f"{float(text):.9g}"))
    (FOLDER / "recorded.json").write_text(json.dumps(rounded, indent=0) + "\n")


if __name__ == "__main__":
    main()
