"""Softmax among the values that a sparse tensor has: what is not there is minus infinity, not zero."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import namespace_of
from flambeau.core.tensor import wrap
from flambeau.dispatch.inplace import pytorch_name
from flambeau.ops import softmax as dense
from flambeau.ops.addressing import from_start
from flambeau.ops.creation import full, zeros
from flambeau.ops.exponential import exp, log
from flambeau.ops.rows import index_add, index_select
from flambeau.ops.scatter_reduce import index_reduce
from flambeau.sparse.coo import CooTensor
from flambeau.tensor.sparse import kind_of


def softmax(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """Scale the exponentials of the values along `dim` so that they sum to one."""
    values, groups, count, dim = _prepared("softmax", input, dim, dtype)
    if groups is None:
        return input.coalesce()._rebuilt(dense.softmax(values, dim))
    weights = exp(values - _largest(values, groups, count))
    return input.coalesce()._rebuilt(weights / index_select(_sums(weights, groups, count), 0, groups))


def log_softmax(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """Return the logarithm of the softmax along `dim`."""
    values, groups, count, dim = _prepared("log_softmax", input, dim, dtype)
    if groups is None:
        return input.coalesce()._rebuilt(dense.log_softmax(values, dim))
    shifted = values - _largest(values, groups, count)
    return input.coalesce()._rebuilt(shifted - index_select(log(_sums(exp(shifted), groups, count)), 0, groups))


def _prepared(name: str, input: Any, dim: int, dtype: Any) -> tuple[Any, Any, int, int]:
    """Return the values, which group along a sparse dim each is in (None along a dense dim), and how many there are."""
    if not isinstance(input, CooTensor):
        raise NotImplementedError(f"sparse.{name}: expected a tensor by coordinates, but got layout {kind_of(input)}; use "
                                  "to_sparse()")
    input = input.coalesce()
    values = input._entries if dtype is None else input._entries.to(dtype)
    if not (values.is_floating_point() or values.is_complex()):
        raise NotImplementedError(f'"{name}" not implemented for \'{pytorch_name(values.dtype.numpy)}\'; pass dtype=')
    dim = from_start(dim, input.ndim)
    if dim >= input.sparse_dim():
        return values, None, 0, dim - input.sparse_dim() + 1
    places = input._places._array
    xp = namespace_of(places)
    others = [d for d in range(len(places)) if d != dim]
    if not others or not places.shape[1]:
        return values, wrap(xp.zeros(places.shape[1], "i8")), 1, dim
    keys = xp.ravel_multi_index(tuple(places[others]), tuple(input.shape[d] for d in others))
    kept, groups = xp.unique(keys, return_inverse=True)
    return values, wrap(groups.reshape(-1)), len(kept), dim


def _largest(values: Any, groups: Any, count: int) -> Any:
    """Return for each value the largest of its group, off the tape: it is taken off before and changes nothing."""
    start = full((count, *values.shape[1:]), -float("inf"), dtype=values.dtype, device=values.device)
    largest = index_reduce(start, 0, groups, values.detach(), "amax")
    return index_select(largest, 0, groups)


def _sums(weights: Any, groups: Any, count: int) -> Any:
    return index_add(zeros(count, *weights.shape[1:], dtype=weights.dtype, device=weights.device), 0, groups, weights)
