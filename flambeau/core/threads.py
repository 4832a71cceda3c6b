"""How many threads work is shared among: by the kernels, and by the BLAS which NumPy brought with it."""
from __future__ import annotations

import functools
import math
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


pools: list[Callable[[int], Any]] = []  # what to tell the number to, besides the BLAS


def get_num_threads() -> int:
    """Return how many threads an op may use: what was set, or what the environment and the machine suggest.

    FLAMBEAU_NUM_THREADS goes before OMP_NUM_THREADS; without them there is a thread for each core that this process may use.
    """
    if _Chosen.threads:
        return _Chosen.threads
    if pools:
        return suggested()
    asked = _function("get")
    return int(asked()) if asked is not None else suggested()


def set_num_threads(int: int) -> None:  # noqa: A002  PyTorch's name
    """Have ops use so many threads. Raises TypeError for no number, RuntimeError unless it is positive."""
    if not hasattr(int, "__index__"):
        raise TypeError(f"set_num_threads expects an int, but got {type(int).__name__}")
    if int < 1:
        raise RuntimeError("set_num_threads expects a positive integer")
    _Chosen.threads = int
    for told in (*pools, _function("set")):
        if told is not None:
            told(int)


def suggested() -> int:
    """Return the number of threads that the environment asks for, or else that of the cores which are ours to use."""
    for name in ("FLAMBEAU_NUM_THREADS", "OMP_NUM_THREADS"):
        asked = os.environ.get(name, "").partition(",")[0].strip()  # OpenMP's may list one for each level of nesting
        if asked.isdecimal() and int(asked) > 0:
            return int(asked)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, math.ceil(min(cores, _quota())))


def _quota() -> float:
    """How many cores' time the control group of this process is given; infinity where there is no limit.

    Version 2 of Linux's control groups writes "<quota> <period>" into one file, version 1 into two.
    """
    root = Path("/sys/fs/cgroup")
    try:
        group = Path("/proc/self/cgroup").read_text().strip().rpartition("::")[2].lstrip("/")
        for place in (root / group, root):
            if (place / "cpu.max").exists():
                quota, period = (place / "cpu.max").read_text().split()
                return math.inf if quota == "max" else float(quota) / float(period)
        quota, period = ((root / "cpu" / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
        return float(quota) / float(period) if float(quota) > 0 else math.inf
    except (OSError, ValueError):
        return math.inf


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
    set_num_threads(suggested())


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
