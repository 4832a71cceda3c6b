"""Write tests/serialization/fixtures/pytorch.pt with PyTorch, for tests without PyTorch.

    python tools/record_checkpoint.py         # in an environment that has torch==2.13.0
"""
from __future__ import annotations

from collections import Counter, OrderedDict
from pathlib import Path

FIXTURE = Path(__file__).parent.parent / "tests" / "serialization" / "fixtures" / "pytorch.pt"


def main() -> None:
    import torch

    torch.manual_seed(0)
    table = torch.arange(12.0).reshape(3, 4)
    model = torch.nn.Sequential(OrderedDict(conv=torch.nn.Conv2d(1, 2, 2), norm=torch.nn.BatchNorm2d(2)))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    model(torch.arange(18.0).reshape(2, 1, 3, 3)).sum().backward()
    optimizer.step()
    names = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64",
             "complex64", "complex128", "uint16", "uint32", "uint64", "float8_e4m3fn", "float8_e5m2")
    torch.save({
        "dtypes": {name: torch.tensor([0, 1, 3]).to(getattr(torch, name)) for name in names},
        "views": [table, table.t(), table[1:, ::2], table[2, 1]],
        "parameter": torch.nn.Parameter(torch.tensor([1.5]), requires_grad=False),
        "leaf": torch.ones(1, requires_grad=True),
        "empty": torch.zeros(0, 3),
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "plain": [None, True, -5, 2**70, 1.5, 1 + 2j, "ü", b"\xff", bytearray(b"x"), (1, (2,)), {3}, torch.Size([1, 2]),
                  torch.device("cuda:1"), torch.float16, torch.strided, Counter("aab")],
    }, FIXTURE)


if __name__ == "__main__":
    main()
