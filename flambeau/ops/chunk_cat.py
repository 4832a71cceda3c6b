"""Tensors cut into as many chunks each, and the chunks that go together laid side by side."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.dispatch.op import composite
from flambeau.ops.addressing import from_start
from flambeau.ops.joining import cat
from flambeau.ops.padding import constant_pad_nd
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def _chunk_cat(tensors: Sequence[Tensor], dim: int, num_chunks: int) -> Tensor:
    """Cut each tensor into `num_chunks` along `dim`, filled up with zeros, and join the flat chunks of the same number.

    It is how parameters are laid out that are shared between processes: one row for each.
    """
    _refuse_misfits(tensors, num_chunks)
    dim = from_start(dim, tensors[0].ndim)
    lead = tuple(tensors[0].shape[:dim])
    for tensor in tensors:
        if tuple(tensor.shape[:dim]) != lead:
            raise RuntimeError("_chunk_cat expects same sizes of 0,...,dim-1 dimensions for all tensors, but got "
                               f"{list(lead)} and {list(tensor.shape[:dim])}")
    return cat([_rows(tensor, dim, num_chunks) for tensor in tensors], -1)


def _refuse_misfits(tensors: Sequence[Tensor], num_chunks: int) -> None:
    if not tensors:
        raise RuntimeError("_chunk_cat expects a non-empty input tensor list")
    if num_chunks < 1:
        raise RuntimeError(f"_chunk_cat expects positive num_chunks, not {num_chunks}")
    for tensor in tensors:
        if not tensor.ndim or 0 in tensor.shape:
            raise RuntimeError(f"_chunk_cat expects non-empty tensor, not one of shape {list(tensor.shape)}")
        if tensor.dtype != tensors[0].dtype:
            raise RuntimeError(f"_chunk_cat expects all input tensors with the same dtype, but got {tensors[0].dtype} and "
                               f"{tensor.dtype}")


def _rows(tensor: Tensor, dim: int, num_chunks: int) -> Tensor:
    """Return the flat chunks of one tensor, one below the other."""
    lacking = -tensor.shape[dim] % num_chunks
    if lacking:
        tensor = constant_pad_nd(tensor, (*(0, 0) * (tensor.ndim - dim - 1), 0, lacking))
    return reshape(tensor, (*tensor.shape[:dim], num_chunks, -1))
