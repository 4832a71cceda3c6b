"""Write what PyTorch writes of each of tests/serialization/checkpoint_cases.py, for tests without PyTorch.

    python tools/record_checkpoint.py         # in an environment that has torch==2.13.0
"""
from __future__ import annotations

import sys
import zipfile
from collections import Counter, OrderedDict
from io import BytesIO
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent.parent / "tests" / "serialization"
FIXTURE = TESTS / "fixtures" / "pytorch.pt"


def main() -> None:
    import torch

    sys.path.insert(0, str(TESTS))
    from checkpoint_cases import CASES, described

    torch.save(_everything(torch), FIXTURE)
    with zipfile.ZipFile(TESTS / "fixtures" / "cases.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, make in CASES.items():
            obj = make(torch)
            _add(archive, f"{name}.json", described(obj).encode())
            for folder, options in (("present", {}), ("legacy", {"_use_new_zipfile_serialization": False})):
                content = BytesIO()
                torch.save(obj, content, **options)
                _add(archive, f"{folder}/{name}.pt", content.getvalue())


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def _everything(torch: Any) -> dict[str, Any]:
    """Return one object with a bit of all."""
    torch.manual_seed(0)
    table = torch.arange(12.0).reshape(3, 4)
    model = torch.nn.Sequential(OrderedDict(conv=torch.nn.Conv2d(1, 2, 2), norm=torch.nn.BatchNorm2d(2)))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    model(torch.arange(18.0).reshape(2, 1, 3, 3)).sum().backward()
    optimizer.step()
    names = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64",
             "complex64", "complex128", "uint16", "uint32", "uint64", "float8_e4m3fn", "float8_e5m2")
    return {
        "dtypes": {name: torch.tensor([0, 1, 3]).to(getattr(torch, name)) for name in names},
        "views": [table, table.t(), table[1:, ::2], table[2, 1]],
        "parameter": torch.nn.Parameter(torch.tensor([1.5]), requires_grad=False),
        "leaf": torch.ones(1, requires_grad=True),
        "empty": torch.zeros(0, 3),
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "plain": [None, True, -5, 2**70, 1.5, 1 + 2j, "ü", b"\xff", bytearray(b"x"), (1, (2,)), {3}, torch.Size([1, 2]),
                  torch.device("cuda:1"), torch.float16, torch.strided, Counter("aab")],
    }


if __name__ == "__main__":
    main()
