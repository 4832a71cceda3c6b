"""Special memory of the host: shared by forked processes, or page-locked for fast copies to a GPU."""
from __future__ import annotations

import mmap
from typing import Any

import numpy

from flambeau.core import device
from flambeau.core.arrays import Array


def shared(array: Array) -> Array:
    """Copy an array into memory in which forked processes see what any of them writes, unless it is there."""
    if is_shared(array) or not array.nbytes:
        return array
    return _copied(array, mmap.mmap(-1, array.nbytes))


def is_shared(array: Array) -> bool:
    """Say whether an array lies in shared memory. All of a GPU's memory counts as such."""
    return not isinstance(array, numpy.ndarray) or isinstance(_owner(array), mmap.mmap)


def pinned(array: Array) -> Array:
    """Copy an array into page-locked memory, unless it is there. Raises RuntimeError without a GPU."""
    if not device.cuda_device_count():
        raise RuntimeError("Cannot access accelerator device when none is available.")
    if is_pinned(array) or not array.nbytes:
        return array
    return _copied(array, device.cupy().cuda.alloc_pinned_memory(array.nbytes))


def is_pinned(array: Array) -> bool:
    """Say whether an array lies in page-locked memory."""
    return isinstance(array, numpy.ndarray) and type(_owner(array)).__name__ == "PinnedMemoryPointer"  # CuPy's, unimported


def wait_for_copy(array: Array, place: device.device) -> None:
    """Wait until the copy of an array to a GPU, just begun, is done, if it is read from where the array lies.

    CuPy first copies what lies in other memory than page-locked, so that may change at once.
    """
    if place.type == "cuda" and is_pinned(array):
        cupy = device.cupy()
        with cupy.cuda.Device(place.index):
            cupy.cuda.get_current_stream().synchronize()


def _copied(array: Array, memory: Any) -> Array:
    place = numpy.frombuffer(memory, array.dtype, array.size).reshape(array.shape)
    place[...] = array
    return place


def _owner(array: Array) -> Any:
    """What an array, or the one that it is a view of, has its memory from; None: from NumPy."""
    base = array.base
    while isinstance(base, numpy.ndarray):
        base = base.base
    return base.obj if isinstance(base, memoryview) else base
