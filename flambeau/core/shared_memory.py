"""Arrays in memory that forked processes share: what one writes, all see."""
from __future__ import annotations

import mmap

import numpy

from flambeau.core.arrays import Array


def shared(array: Array) -> Array:
    """Copy an array into shared memory, unless it is there."""
    if is_shared(array) or not array.nbytes:
        return array
    place = numpy.frombuffer(mmap.mmap(-1, array.nbytes), array.dtype).reshape(array.shape)
    place[...] = array
    return place


def is_shared(array: Array) -> bool:
    """Say whether an array, or the one it is a view of, lies in shared memory. All of a GPU's memory counts as such."""
    if not isinstance(array, numpy.ndarray):
        return True
    base = array.base
    while isinstance(base, numpy.ndarray):
        base = base.base
    return isinstance(base.obj if isinstance(base, memoryview) else base, mmap.mmap)
