"""Writes to memory that is being read, or that several elements share: what would come out depends on the order."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array
from flambeau.core.memory import address_of
from flambeau.core.tensor import TensorBase

# Ops that write here and there, and so may not even read the very tensor that they write to.
SCATTERING = {"scatter_", "scatter_add_", "scatter_reduce_", "index_add_", "index_copy_", "index_put_", "index_reduce_"}


def refuse_sources(target: Any, sources: tuple[Any, ...], writer: str) -> None:
    """Raise RuntimeError where a tensor that is read has a part of the memory that is to be written to."""
    for source in sources:
        if isinstance(source, TensorBase) and source._storage is target._storage:
            if writer in SCATTERING if source is target else _meet(target._array, source._array):
                raise RuntimeError(f"{writer}: unsupported operation: some elements of the input tensor and the written-to "
                                   "tensor refer to a single memory location. Please clone() the tensor before performing "
                                   "the operation.")


def refuse_shared_cells(target: Array, writer: str) -> None:
    """Raise RuntimeError where cells of `target` share memory, as those of an expanded tensor do."""
    if target.size and any(step == 0 and size > 1 for step, size in zip(target.strides, target.shape, strict=True)):
        raise RuntimeError(f"{writer}: unsupported operation: more than one element of the written-to tensor refers to a "
                           "single memory location. Please clone() the tensor before performing the operation.")


def _meet(one: Array, other: Array) -> bool:
    """Say whether two arrays share some cells. Arrays with gaps are let pass, since nobody can say quickly."""
    if not (one.size and other.size and _is_dense(one) and _is_dense(other)):
        return False
    begin, start = address_of(one), address_of(other)
    if begin == start and one.nbytes == other.nbytes and one.strides == other.strides:
        return False  # element for element the same
    return max(begin, start) < min(begin + one.nbytes, start + other.nbytes)


def _is_dense(array: Array) -> bool:
    """Say whether the elements lie one after the other, in whatever order of dims."""
    reach = array.itemsize
    for step, size in sorted(zip(array.strides, array.shape, strict=True)):
        if size > 1:
            if step != reach:
                return False
            reach *= size
    return True
