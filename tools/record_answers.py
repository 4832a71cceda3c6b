"""Write PyTorch's answers to the samples in the op declarations to tests/ops/recorded, for tests without PyTorch.

    python tools/record_answers.py            # all families, in an environment that has torch==2.13.0
    python tools/record_answers.py pointwise
"""
from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def answer_of(torch: Any, sample: Any) -> Any:
    from ops import answers

    function = answers.resolve(torch, sample)
    if function is None:
        return {"absent": "PyTorch has no function of this name"}
    return {"float64": answers.packed(answers.values(torch, function, sample)),
            "dtypes": answers.dtypes(torch, function, sample)}


def main(families: list[str]) -> None:
    import torch
    from ops import answers
    from ops.samples import RANDOM_FAMILIES, all_samples

    warnings.simplefilter("ignore")
    found: dict[str, dict[str, Any]] = {}
    for sample in all_samples():
        if sample.family in RANDOM_FAMILIES or (families and sample.family not in families):
            continue
        try:
            found.setdefault(sample.family, {})[sample.line] = answer_of(torch, sample)
        except Exception as error:
            print(f"PyTorch refuses `{sample}`: {type(error).__name__}: {str(error)[:200]}", file=sys.stderr)
            found.setdefault(sample.family, {})[sample.line] = {"absent": f"PyTorch refuses it: {type(error).__name__}"}
    answers.FOLDER.mkdir(exist_ok=True)
    for family, known in found.items():
        (answers.FOLDER / f"{family}.json").write_text(json.dumps(known, indent=0, sort_keys=True) + "\n")
        print(f"{family}: {len(known)} samples")


if __name__ == "__main__":
    main(sys.argv[1:])
