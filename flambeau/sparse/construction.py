"""Constructors of sparse tensors out of indices and values."""
from __future__ import annotations

from typing import Any

from flambeau.core import layout as layouts
from flambeau.core.arrays import namespace_of
from flambeau.ops.creation import as_tensor
from flambeau.sparse.compressed import FORMATS, CompressedTensor, Format, make_compressed
from flambeau.sparse.coo import CooTensor, make
from flambeau.sparse.entering import entered
from flambeau.sparse.invariants import check
from flambeau.tensor.sparse import kind_name


def sparse_coo_tensor(indices: Any, values: Any = None, size: Any = None, *, dtype: Any = None, device: Any = None,
                      pin_memory: bool = False, requires_grad: bool = False, check_invariants: bool | None = None,
                      is_coalesced: bool | None = None) -> CooTensor:
    """Return a sparse tensor with `values` (entries, *dense dims) at `indices` (sparse dims, entries).

    Without `size` it is as large as the indices need; with a size alone it is empty. Raises RuntimeError for indices
    outside of the size, and for indices and values that are not as many.
    """
    if values is None:
        return _empty_coo(indices if size is None else size, dtype, device, requires_grad)
    places = as_tensor(indices, device=device).long()
    given = as_tensor(values, dtype=dtype, device=device)
    places = places.unsqueeze(0) if places.ndim == 1 else places
    _check_counts(places, given)
    size = _smallest(places, given) if size is None else tuple(size)
    _check_range(places, given, size)
    return _finished(make(places.detach(), entered(given, compressed=False), size, bool(is_coalesced)), requires_grad)


def _empty_coo(size: Any, dtype: Any, device: Any, requires_grad: bool) -> CooTensor:
    from flambeau.ops.creation import zeros

    places = as_tensor([], device=device).long().reshape(len(size), 0)
    return _finished(make(places, zeros(0, dtype=dtype, device=device), size, coalesced=True), requires_grad)


def _finished(made: Any, requires_grad: bool) -> Any:
    if requires_grad:
        made._entries = made._entries.detach().requires_grad_()
    return made


def _check_counts(places: Any, entries: Any) -> None:
    if places.ndim != 2:
        raise RuntimeError(f"indices must be sparse_dim x nnz, but got: {list(places.shape)}")
    if entries.ndim == 0 or entries.shape[0] != places.shape[1]:
        raise RuntimeError(f"indices and values must have same nnz, but got nnz from indices: {places.shape[1]}, nnz from "
                           f"values: {entries.shape[0] if entries.ndim else 0}")


def _smallest(places: Any, entries: Any) -> tuple[int, ...]:
    found = [int(row.max()) + 1 if row.numel() else 0 for row in places]
    return (*found, *entries.shape[1:])


def _check_range(places: Any, entries: Any, size: tuple[int, ...]) -> None:
    if len(size) != places.shape[0] + entries.ndim - 1 or tuple(size[places.shape[0]:]) != tuple(entries.shape[1:]):
        raise RuntimeError(f"number of dimensions must be sparse_dim ({places.shape[0]}) + dense_dim ({entries.ndim - 1}), and "
                           f"dense sizes those of the values, but got size {list(size)}")
    for dim, row in enumerate(places):
        if row.numel() and int(row.min()) < 0:
            raise RuntimeError(f"found negative index {int(row.min())} for dim {dim}")
        if row.numel() and int(row.max()) >= size[dim]:
            raise RuntimeError(f"size is inconsistent with indices: for dim {dim}, size is {size[dim]} but found index "
                               f"{int(row.max())}")


def sparse_compressed_tensor(compressed_indices: Any, plain_indices: Any, values: Any, size: Any = None, *, dtype: Any = None,
                             layout: Any = None, device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
                             check_invariants: bool | None = None) -> CompressedTensor:
    """Return a tensor in one of the compressed layouts; see `CompressedTensor` for the shapes of its parts.

    Without `size` it is as large as the indices need. Raises RuntimeError for parts that do not fit together or lead
    outside; for what is out of order, too, with `check_invariants`.
    """
    return _compressed("sparse_compressed_tensor", layout, compressed_indices, plain_indices, values, size, dtype, device,
                       requires_grad, check_invariants)


def sparse_csr_tensor(crow_indices: Any, col_indices: Any, values: Any, size: Any = None, *, dtype: Any = None,
                      layout: Any = None, device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
                      check_invariants: bool | None = None) -> CompressedTensor:
    """Return a tensor of lists of rows: row r has `values` from `crow_indices[r]` on, in the columns `col_indices`."""
    return _compressed("sparse_csr_tensor", _only("csr", layout), crow_indices, col_indices, values, size, dtype, device,
                       requires_grad, check_invariants)


def sparse_csc_tensor(ccol_indices: Any, row_indices: Any, values: Any, size: Any = None, *, dtype: Any = None,
                      layout: Any = None, device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
                      check_invariants: bool | None = None) -> CompressedTensor:
    """Return a tensor of lists of columns: column c has `values` from `ccol_indices[c]` on, in the rows `row_indices`."""
    return _compressed("sparse_csc_tensor", _only("csc", layout), ccol_indices, row_indices, values, size, dtype, device,
                       requires_grad, check_invariants)


def sparse_bsr_tensor(crow_indices: Any, col_indices: Any, values: Any, size: Any = None, *, dtype: Any = None,
                      layout: Any = None, device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
                      check_invariants: bool | None = None) -> CompressedTensor:
    """Return a tensor of lists of rows of blocks, which are the last dims of `values`."""
    return _compressed("sparse_bsr_tensor", _only("bsr", layout), crow_indices, col_indices, values, size, dtype, device,
                       requires_grad, check_invariants)


def sparse_bsc_tensor(ccol_indices: Any, row_indices: Any, values: Any, size: Any = None, *, dtype: Any = None,
                      layout: Any = None, device: Any = None, pin_memory: bool = False, requires_grad: bool = False,
                      check_invariants: bool | None = None) -> CompressedTensor:
    """Return a tensor of lists of columns of blocks, which are the last dims of `values`."""
    return _compressed("sparse_bsc_tensor", _only("bsc", layout), ccol_indices, row_indices, values, size, dtype, device,
                       requires_grad, check_invariants)


def _only(kind: str, layout: Any) -> Any:
    wanted = getattr(layouts, f"sparse_{kind}")
    if layout not in (None, wanted):
        raise RuntimeError(f"sparse_{kind} layout must be {wanted} but got {layout}")
    return wanted


def _compressed(name: str, layout: Any, ends: Any, cells: Any, values: Any, size: Any, dtype: Any, device: Any,
                requires_grad: bool, check_invariants: bool | None) -> CompressedTensor:
    if layout not in FORMATS:
        found = "none" if layout is None else kind_name(layout)
        raise RuntimeError(f"{name} expected sparse compressed tensor layout but got {found}")
    form = FORMATS[layout]
    given = as_tensor(values, dtype=dtype, device=device)
    device = given.device
    ends, cells = (_as_indices(part, device) for part in (ends, cells))
    size = _needed(form, ends, cells, given) if size is None else tuple(size)
    check(form, ends, cells, given, size, check_invariants)
    return _finished(make_compressed(layout, ends, cells, entered(given, compressed=True), size), requires_grad)


def _as_indices(given: Any, device: Any) -> Any:
    indices = as_tensor(given, device=device).detach()
    return indices.long() if not indices.numel() and indices.is_floating_point() else indices


def _needed(form: Format, ends: Any, cells: Any, values: Any) -> tuple[int, ...]:
    """Return the smallest size that the indices fit in."""
    batch = ends.ndim - 1
    block = values.shape[batch + 1:batch + 3] if form.blocks else (1, 1)
    lines = ends.shape[-1] - 1
    array = cells._array
    width = int(namespace_of(array).max(array)) + 1 if array.size else 0
    rows, columns = (lines, width) if form.by_rows else (width, lines)
    return (*values.shape[:batch], rows * block[0], columns * block[1], *values.shape[batch + 1 + 2 * form.blocks:])
