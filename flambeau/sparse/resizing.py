"""Sparse tensors that change their size in place."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flambeau.ops.creation import zeros
from flambeau.sparse.coo import CooTensor, make
from flambeau.sparse.filling import empty
from flambeau.sparse.refusals import RefusingMethods
from flambeau.tensor.sparse import kind_of


def sparse_resize_(input: Any, size: Sequence[int], sparse_dim: int, dense_dim: int) -> Any:
    """Give a sparse tensor another size. With entries, it can only grow, and the number of its dims must stay."""
    _check("sparse_resize_", input, size, sparse_dim, dense_dim)
    if not input._nnz():
        return sparse_resize_and_clear_(input, size, sparse_dim, dense_dim)
    for kind, before, after in (("sparse", input.sparse_dim(), sparse_dim), ("dense", input.dense_dim(), dense_dim)):
        if before != after:
            raise RuntimeError(f"changing the number of {kind} dimensions (from {before} to {after}) on a non-empty sparse "
                               "tensor is not supported.")
    for kind, cut in (("sparse", slice(sparse_dim)), ("dense", slice(sparse_dim, None))):
        if any(new < old for new, old in zip(size[cut], input.shape[cut], strict=True)):
            raise RuntimeError(f"shrinking the size of {kind} dimensions (from {list(input.shape)[cut]} to {list(size)[cut]}) "
                               "on a non-empty sparse tensor is not supported.")
    values = input._entries
    if tuple(values.shape[1:]) != tuple(size[sparse_dim:]):
        larger = zeros(values.shape[0], *size[sparse_dim:], dtype=values.dtype, device=values.device)
        larger[tuple(slice(n) for n in values.shape)] = values
        values = larger
    input._take(make(input._places, values, size, input._coalesced))
    return input


def sparse_resize_and_clear_(input: Any, size: Sequence[int], sparse_dim: int, dense_dim: int) -> Any:
    """Give a sparse tensor another size and no entries."""
    _check("sparse_resize_and_clear_", input, size, sparse_dim, dense_dim)
    input._take(empty(input, tuple(size), sparse_dim=sparse_dim))
    return input


def _check(name: str, input: Any, size: Sequence[int], sparse_dim: int, dense_dim: int) -> None:
    if not isinstance(input, CooTensor):
        raise NotImplementedError(f"{name} is not implemented for tensors of layout {kind_of(input)}")
    if sparse_dim + dense_dim != len(size):
        raise RuntimeError(f"number of dimensions must be sparse_dim ({sparse_dim}) + dense_dim ({dense_dim}), but got "
                           f"{len(size)}")


def resize_as_sparse_(input: Any, the_template: Any) -> Any:
    """Give a sparse tensor the size of another."""
    for tensor in (input, the_template):
        if not isinstance(tensor, RefusingMethods):
            raise NotImplementedError(f"resize_as_sparse_ is not implemented for tensors of layout {kind_of(tensor)}")
    if input.layout is not the_template.layout:
        raise RuntimeError(f"resize_as_sparse_: both must have one layout, but got {kind_of(input)} and "
                           f"{kind_of(the_template)}")
    if input.shape == the_template.shape:
        return input
    if isinstance(input, CooTensor):
        return sparse_resize_(input, the_template.shape, the_template.sparse_dim(), the_template.dense_dim())
    input._take(empty(input, tuple(the_template.shape)))
    return input
