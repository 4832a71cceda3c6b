"""Milliseconds of one import in a fresh process: `import_time.py numpy|flambeau`."""
from __future__ import annotations

import importlib
import sys
import time

start = time.perf_counter()
importlib.import_module(sys.argv[1])
print((time.perf_counter() - start) * 1e3)
