"""Sums of sparse tensors."""
from __future__ import annotations

from typing import Any

from flambeau.core.layout import sparse_coo
from flambeau.ops.addressing import from_start
from flambeau.ops.shape import reshape
from flambeau.sparse.coo import CooTensor, make


def sum(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """Add up a sparse tensor: to a number, or along dims, which leaves it sparse unless all sparse dims are gone."""
    if dim is None or isinstance(dim, tuple | list) and not dim:
        return input._entries.sum(dtype=dtype)
    by_place = input.to_sparse()
    dims = {from_start(d, input.ndim) for d in ((dim,) if isinstance(dim, int) else dim)}
    result = _along(by_place, dims, dtype)
    if keepdim:
        result = _with_ones(result, dims, [1 if d in dims else n for d, n in enumerate(input.shape)])
    if input.layout is sparse_coo or result.layout is not sparse_coo or result.ndim < 2:
        return result
    return result.coalesce().to_sparse(layout=input.layout) if not input._format.blocks else result


def _along(input: CooTensor, dims: set[int], dtype: Any) -> Any:
    count = input.sparse_dim()
    values = input._entries
    inner = [d - count + 1 for d in sorted(dims) if d >= count]
    kept = [d for d in range(count) if d not in dims]
    if inner:
        values = values.sum(inner, dtype=dtype)
    elif dtype is not None:
        values = values.to(dtype)
    elif not (values.is_floating_point() or values.is_complex()):
        values = values.long()
    if not kept:
        return values.sum(0, dtype=dtype)
    size = [n for d, n in enumerate(input.shape) if d not in dims]
    return make(input._places[kept], values, size).coalesce()


def _with_ones(result: Any, dims: set[int], size: list[int]) -> Any:
    """Put dims of size one where those were that are gone."""
    if result.layout is not sparse_coo:
        return reshape(result, tuple(size))
    for dim in sorted(dims):
        result = result.unsqueeze(dim)
    return result


def sparse_sum(input: Any, dim: Any = None, dtype: Any = None) -> Any:
    """Add up a sparse tensor: to a number, or along dims, which leaves it sparse unless all sparse dims are gone."""
    dims = 1 if isinstance(dim, int) else len(dim or ())
    if dtype is None and 0 < dims < input.ndim:
        dtype = input.dtype  # along dims, whole numbers stay of their own dtype
    return sum(input, dim, dtype=dtype)
