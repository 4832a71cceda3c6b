"""Kernels in C++ for NumPy's arrays: what the extension has for the ops of a file in `ops` is offered by the same file here."""
from __future__ import annotations

import pkgutil

from flambeau.kernels.cpu.native import native

families = frozenset(found.name for found in pkgutil.iter_modules(__path__)) if native is not None else frozenset()
