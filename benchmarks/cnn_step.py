"""Milliseconds of one training step of the small CNN on 144 images of 28 x 28: `cnn_step.py torch|flambeau`."""
from __future__ import annotations

import importlib
import statistics
import sys
import time
from typing import Any

torch: Any = importlib.import_module(sys.argv[1])
nn = torch.nn
torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(1, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
                      nn.Flatten(), nn.Linear(800, 256), nn.ReLU(), nn.Linear(256, 10))
optimizer, criterion = torch.optim.Adam(model.parameters()), nn.CrossEntropyLoss()
x, y = torch.randn(144, 1, 28, 28), torch.randint(0, 10, (144,))


def step() -> float:
    start = time.perf_counter()
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
    return (time.perf_counter() - start) * 1e3


for _ in range(5):
    step()
print(statistics.median(step() for _ in range(30)))
