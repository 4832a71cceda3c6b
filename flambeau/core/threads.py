"""How many threads the matrix library uses: that of the BLAS which NumPy brought with it."""
from __future__ import annotations

import functools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy

# What the BLAS libraries that NumPy is built with call it; "{}" is "set" or "get".
_NAMES = ("scipy_openblas_{}_num_threads64_", "scipy_openblas_{}_num_threads", "openblas_{}_num_threads64_",
          "openblas_{}_num_threads", "MKL_{}_Num_Threads")


class _Chosen:
    """What was asked for, where no library can be told."""

    threads: int | None = None
    interop: int | None = None


def get_num_threads() -> int:
    """Return how many threads a matrix product may use."""
    asked = _function("get")
    if asked is not None:
        return int(asked())
    return _Chosen.threads or os.cpu_count() or 1


def set_num_threads(int: int) -> None:  # noqa: A002  PyTorch's name
    """Have matrix products use so many threads. Raises TypeError for no number, RuntimeError unless it is positive."""
    if not hasattr(int, "__index__"):
        raise TypeError(f"set_num_threads expects an int, but got {type(int).__name__}")
    if int < 1:
        raise RuntimeError("set_num_threads expects a positive integer")
    _Chosen.threads = int
    told = _function("set")
    if told is not None:
        told(int)


def get_num_interop_threads() -> int:
    """Return how many ops may run at once on behalf of one program; ops here run one after the other whatever it says."""
    return _Chosen.interop or os.cpu_count() or 1


def set_num_interop_threads(int: int) -> None:  # noqa: A002  PyTorch's name
    """Keep the number, which nothing here goes by. Raises RuntimeError unless it is positive, or if it was set before."""
    if int < 1:
        raise RuntimeError("set_num_interop_threads expects a positive integer")
    if _Chosen.interop is not None:
        raise RuntimeError("Error: cannot set number of interop threads after parallel work has started or "
                           "set_num_interop_threads called")
    _Chosen.interop = int


def init_num_threads() -> None:
    """Go back to the number of threads that the machine suggests."""
    set_num_threads(os.cpu_count() or 1)


def _function(verb: str) -> Callable[..., Any] | None:
    for name in _NAMES:
        found = getattr(_blas(), name.format(verb if not name.startswith("MKL") else verb.capitalize()), None)
        if found is not None:
            return found
    return None


@functools.cache
def _blas() -> Any:
    """Open the BLAS beside NumPy; None where NumPy was built with one of the system's."""
    import ctypes

    home = Path(numpy.__file__).parent
    for folder in (home.parent / "numpy.libs", home / ".dylibs", home / ".libs"):
        for file in sorted(folder.glob("*openblas*")) if folder.is_dir() else ():
            return ctypes.CDLL(str(file))
    return None
