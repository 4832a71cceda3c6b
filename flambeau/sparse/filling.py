"""Sparse tensors made like others, and what is asked of all values at once."""
from __future__ import annotations

import math
from typing import Any

from flambeau.core.layout import sparse_coo, strided
from flambeau.ops import creation
from flambeau.ops.reduction import any as any_of
from flambeau.sparse.compressed import FORMATS, make_compressed
from flambeau.sparse.coo import CooTensor, make


def empty(like: Any, size: Any, dtype: Any = None, device: Any = None, sparse_dim: int | None = None) -> Any:
    """Return a sparse tensor of another size, in the layout of `like`, that has no values."""
    dtype, device = dtype or like.dtype, device or like.device
    if isinstance(like, CooTensor):
        count = len(size) if sparse_dim is None else sparse_dim
        places = creation.zeros(count, 0, dtype=like._places.dtype, device=device)
        return make(places, creation.zeros(0, *size[count:], dtype=dtype, device=device), size, coalesced=True)
    form, at = like._format, like._batch_dim() if len(size) == like.ndim else 0
    batch, block = tuple(size[:at]), like._block if form.blocks else ()
    lines = size[at + (not form.by_rows)] // like._block[not form.by_rows]
    ends, cells = (creation.zeros(*batch, count, dtype=like._ends.dtype, device=device) for count in (lines + 1, 0))
    values = creation.zeros(*batch, 0, *block, *size[at + 2:], dtype=dtype, device=device)
    return make_compressed(form.layout, ends, cells, values, size)


def zeros_like(input: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
               pin_memory: bool = False, memory_format: Any = None) -> Any:
    """Return a tensor of the size and layout of `input` that has no values."""
    if layout not in (None, input.layout):
        return _in_layout(input, layout, dtype, device).requires_grad_(requires_grad)
    count = input.sparse_dim() if input.layout is sparse_coo else None
    return empty(input, tuple(input.shape), dtype, device, count).requires_grad_(requires_grad)


empty_like = zeros_like


def _in_layout(input: Any, layout: Any, dtype: Any, device: Any) -> Any:
    if layout not in (strided, sparse_coo, *FORMATS):
        raise TypeError(f"layout must be a torch.layout, not {type(layout).__name__}")
    dense = creation.zeros(tuple(input.shape), dtype=dtype or input.dtype, device=device or input.device)
    return dense if layout is strided else dense.to_sparse(layout=layout)


def full_like(input: Any, fill_value: Any, *, dtype: Any = None, layout: Any = None, device: Any = None,
              requires_grad: bool = False, pin_memory: bool = False, memory_format: Any = None) -> Any:
    """Return a tensor with the places of `input`, which has to be a compressed one, all values being the same."""
    if isinstance(input, CooTensor):
        raise NotImplementedError("full_like and fill_ are not implemented for tensors of layout Sparse: use to_dense(), or "
                                  "write to the values()")
    values = creation.full_like(input._entries, fill_value, dtype=dtype, device=device)
    return input._rebuilt(values).requires_grad_(requires_grad)


def ones_like(input: Any, **options: Any) -> Any:
    return full_like(input, 1, **options)


def fill(input: Any, value: Any) -> Any:
    return full_like(input, value)


def zero(input: Any) -> Any:
    return zeros_like(input)


def any(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """Say whether any value is not zero."""
    if dim is not None:
        raise NotImplementedError("any: of a sparse tensor there is the one over all dims; use to_dense()")
    return any_of(input.coalesce()._entries if isinstance(input, CooTensor) else input._entries)


def norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """Return the norm of all values, those at the other places being zero."""
    from flambeau.ops.norms import norm as norm_of

    if dim is not None or p not in ("fro", None) and not p > 0 or p == -math.inf:
        raise NotImplementedError("norm: of a sparse tensor there is the one over all dims, of a positive order; use "
                                  "to_dense()")
    values = input.coalesce()._entries if isinstance(input, CooTensor) else input._entries
    return norm_of(values.reshape(-1), 2 if p in ("fro", None) else p, dtype=dtype)
