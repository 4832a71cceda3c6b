"""Writes to memory that is being read, or that several elements share: what would come out depends on the order."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array
from flambeau.core.memory import meet_in_part, meets_itself
from flambeau.core.tensor import TensorBase

# Ops that write here and there, and so may not even read the very tensor that they write to.
SCATTERING = {"scatter_", "scatter_add_", "scatter_reduce_", "index_add_", "index_copy_", "index_put_", "index_reduce_"}


def refuse_sources(target: Any, sources: tuple[Any, ...], writer: str) -> None:
    """Raise RuntimeError where a tensor that is read has a part of the memory that is to be written to."""
    for source in sources:
        if isinstance(source, TensorBase) and source._storage is target._storage:
            if writer in SCATTERING if source is target else meet_in_part(target._array, source._array):
                raise RuntimeError(f"{writer}: unsupported operation: some elements of the input tensor and the written-to "
                                   "tensor refer to a single memory location. Please clone() the tensor before performing "
                                   "the operation.")


def refuse_several_in_one_place(target: Array, writer: str) -> None:
    """Raise RuntimeError for an array, such as an expanded one, of which one element cannot be written without another."""
    if meets_itself(target):
        raise RuntimeError(f"{writer}: unsupported operation: more than one element of the written-to tensor refers to "
                           "a single memory location. Please clone() the tensor before performing the operation.")
