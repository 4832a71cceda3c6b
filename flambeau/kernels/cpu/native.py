"""The extension: that of the builds which suits this processor best, or None where there is none."""
from __future__ import annotations

import importlib
import os
from typing import Any

from flambeau.core import threads

HOME = "flambeau.kernels.cpu"


def _loaded() -> Any:
    asked = os.environ.get("FLAMBEAU_KERNELS", "")
    for level in _levels():
        if asked in ("", "on", level):
            try:
                return importlib.import_module(f"{HOME}._native_{level}")
            except ModuleNotFoundError:
                continue
    return None


def _levels() -> tuple[str, ...]:
    try:
        found: tuple[str, ...] = importlib.import_module(f"{HOME}._processor").levels()
    except ModuleNotFoundError:
        return ()
    return found


native = _loaded()
if native is not None:
    native.use_cache()
    native.set_thread_count(threads.get_num_threads())
    threads.pools.append(native.set_thread_count)
