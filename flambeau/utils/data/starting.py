"""How worker processes are started, and how the dataset gets to them.

A fork copies a process with its threads' locks and its CUDA context in whatever state they are; so workers come from a fork
server where that can be done. It cannot where a worker would be unable to import the main module: in a notebook, whose
classes are nowhere to be imported from, and in a script without `if __name__ == "__main__"`, which would run again.
"""
from __future__ import annotations

import mmap
import multiprocessing
import os
import pickle
import sys
from multiprocessing import reduction
from typing import Any

import numpy

from flambeau.utils.data import blocks


def chosen_context(job: Any) -> Any:
    """Return the fork server's context where it can serve, else the one that Python or the user prefers."""
    if multiprocessing.get_start_method(allow_none=True) in (None, "forkserver") and _can_serve(job):
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["__main__", "flambeau.utils.data.worker"])
        return context
    return multiprocessing.get_context()


def _can_serve(job: Any) -> bool:
    return "forkserver" in multiprocessing.get_all_start_methods() and main_may_be_imported() and _pickles(job)


def main_may_be_imported() -> bool:
    """Say whether another process can import the main module without running the program again."""
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    if spec is not None and (spec.name == "__main__" or spec.name.endswith(".__main__")):
        return True  # `python -m package`: multiprocessing leaves it alone
    path = getattr(main, "__file__", None) if spec is None else spec.origin
    try:
        with open(path, encoding="utf-8") as source:  # type: ignore[arg-type]  # None is a TypeError, and an answer
            return "__name__" in source.read()
    except (OSError, TypeError, UnicodeDecodeError):
        return False


def _pickles(job: Any) -> bool:
    """Say whether a job can be sent; the contents of arrays, which always can, are passed over."""
    try:
        pickle.dumps(job, 5, buffer_callback=lambda buffer: None)
    except Exception:  # noqa: BLE001  a class's own pickling may raise anything
        return False
    return True


class Luggage:
    """A value on its way to several new processes: its arrays are written once, and mapped by each (copied on write)."""

    def __init__(self, value: Any) -> None:
        packer = blocks.Packer()
        parcel, self.descriptor = packer.pack(value)
        self.pickled, self.spans = parcel.pickled, parcel.spans
        self.size = 0 if parcel.block is None else parcel.block[1]

    def close(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None

    def __reduce__(self) -> Any:
        handle = None if self.descriptor is None else reduction.DupFd(self.descriptor)
        return _unpacked, (self.pickled, self.spans, self.size, handle)


def _unpacked(pickled: bytes, spans: list[tuple[int, int]], size: int, handle: Any) -> Any:
    if handle is None:
        return pickle.loads(pickled)
    descriptor = handle.detach()
    memory = memoryview(numpy.frombuffer(mmap.mmap(descriptor, size, flags=mmap.MAP_PRIVATE), "u1"))
    os.close(descriptor)
    return pickle.loads(pickled, buffers=[memory[begin:end] for begin, end in spans])
