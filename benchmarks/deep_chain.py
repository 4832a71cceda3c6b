"""Microseconds per op of the backward pass through a chain of N additions: `deep_chain.py torch|flambeau N`."""
from __future__ import annotations

import importlib
import sys
import time
from typing import Any

torch: Any = importlib.import_module(sys.argv[1])
count = int(sys.argv[2])
leaf = torch.ones(1, requires_grad=True)
x = leaf
for _ in range(count):
    x = x + 1.0
start = time.perf_counter()
x.backward()
print((time.perf_counter() - start) * 1e6 / count)
assert leaf.grad.item() == 1.0
