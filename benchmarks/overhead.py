"""Microseconds per op of 100 x (multiply, add) on a 4 x 4 leaf, both ways: `overhead.py torch|flambeau numbers|tensors`."""
from __future__ import annotations

import importlib
import statistics
import sys
import time
from typing import Any

torch: Any = importlib.import_module(sys.argv[1])
leaf = torch.rand(4, 4, requires_grad=True)
factor, term = (1.01, 0.1) if sys.argv[2] == "numbers" else (torch.rand(4, 4), torch.rand(4, 4))


def chain() -> None:
    x = leaf
    for _ in range(100):
        x = x * factor + term
    x.sum().backward()
    leaf.grad = None


def timed() -> float:
    start = time.perf_counter()
    chain()
    return (time.perf_counter() - start) * 1e6 / 200


for _ in range(20):
    chain()
print(statistics.median(timed() for _ in range(200)))
