"""The memory that arrays of a batch travel in: written once by a worker, read in place by the loader, used again after.

A block is a file without a name, whose descriptor is handed over on the worker's line; with the last process that has it
open it is gone, however that process ended.
"""
from __future__ import annotations

import mmap
import os
import pickle
import weakref
from collections import deque
from multiprocessing import reduction
from typing import Any, NamedTuple

import numpy

WORTHWHILE = 1 << 14  # bytes: smaller arrays go with the message
ALIGNMENT = 64
ARE_AVAILABLE = hasattr(os, "memfd_create")


class Parcel(NamedTuple):
    """A pickled value and the block its arrays are in: (number, size), and where each begins and ends."""

    pickled: bytes
    block: tuple[int, int] | None
    is_new: bool  # the block's descriptor follows on the line
    spans: list[tuple[int, int]]


class Packer:
    """A worker's side: puts the arrays of values into blocks, those that the loader has done with first."""

    def __init__(self) -> None:
        self.blocks: dict[int, mmap.mmap] = {}
        self.free: dict[int, mmap.mmap] = {}

    def released(self, numbers: list[int]) -> None:
        """Take back blocks that nothing in the loader's process looks at any more."""
        for number in numbers:
            self.free[number] = self.blocks[number]

    def pack(self, value: Any) -> tuple[Parcel, int | None]:
        """Return the parcel and, for a block that is new to the loader, its descriptor, which is the caller's to close."""
        buffers: list[memoryview] = []
        pickled = pickle.dumps(value, 5, buffer_callback=lambda buffer: _small(buffer, buffers))
        if not buffers:
            return Parcel(pickled, None, False, []), None
        spans, end = [], 0
        for buffer in buffers:
            begin = -(-end // ALIGNMENT) * ALIGNMENT
            end = begin + buffer.nbytes
            spans.append((begin, end))
        number, descriptor = self._block(end)
        memory = numpy.frombuffer(self.blocks[number], "u1")
        for (begin, stop), buffer in zip(spans, buffers, strict=True):
            memory[begin:stop] = numpy.frombuffer(buffer, "u1")
        return Parcel(pickled, (number, len(self.blocks[number])), descriptor is not None, spans), descriptor

    def _block(self, size: int) -> tuple[int, int | None]:
        """Choose a free block that is large enough but not wastefully so, or make one."""
        for number, block in self.free.items():
            if size <= len(block) <= 2 * size + mmap.PAGESIZE:
                del self.free[number]
                return number, None
        descriptor = os.memfd_create("flambeau batch")
        os.ftruncate(descriptor, size)
        number = len(self.blocks)
        self.blocks[number] = mmap.mmap(descriptor, size)
        return number, descriptor


def _small(buffer: pickle.PickleBuffer, large: list[memoryview]) -> bool:
    """Say whether a buffer is to be pickled with the rest; collect those that are not."""
    view = buffer.raw()
    if view.nbytes < WORTHWHILE:
        return True
    large.append(view)
    return False


class Unpacker:
    """The loader's side: makes values whose arrays lie in a worker's blocks."""

    def __init__(self) -> None:
        self.blocks: dict[int, mmap.mmap] = {}
        self.released: deque[int] = deque()  # numbers of blocks that the worker may use again

    def unpack(self, parcel: Parcel, line: Any) -> Any:
        if parcel.block is None:
            return pickle.loads(parcel.pickled)
        number, size = parcel.block
        if parcel.is_new:
            descriptor = reduction.recv_handle(line)
            self.blocks[number] = mmap.mmap(descriptor, size)
            os.close(descriptor)
        lease = numpy.frombuffer(self.blocks[number], "u1")
        weakref.finalize(lease, self.released.append, number).atexit = False
        memory = memoryview(lease)  # each array of the batch keeps it, and so the lease, alive
        return pickle.loads(parcel.pickled, buffers=[memory[begin:end] for begin, end in parcel.spans])


def send(line: Any, message: Any, descriptor: int | None) -> None:
    """Send a message, and a block's descriptor after it."""
    try:
        line.send(message)
        if descriptor is not None:
            reduction.send_handle(line, descriptor, None)
    finally:
        if descriptor is not None:
            os.close(descriptor)
