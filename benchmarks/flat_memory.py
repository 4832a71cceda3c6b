"""Resident megabytes after N training steps with the garbage collector off: `flat_memory.py torch|flambeau N`."""
from __future__ import annotations

import gc
import importlib
import os
import sys
from pathlib import Path
from typing import Any

gc.disable()
torch: Any = importlib.import_module(sys.argv[1])
nn = torch.nn
model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer, criterion = torch.optim.Adam(model.parameters()), nn.CrossEntropyLoss()
x, y = torch.randn(16, 8), torch.randint(0, 2, (16,))
for _ in range(int(sys.argv[2])):
    optimizer.zero_grad()
    criterion(model(x), y).backward()
    optimizer.step()
pages = int(Path("/proc/self/statm").read_text().split()[1])
print(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
