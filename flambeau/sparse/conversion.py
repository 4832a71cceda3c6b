"""From one layout to another: all go by the places of elements, or of blocks where both have blocks."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from flambeau.core import layout as layouts
from flambeau.core.arrays import Array, namespace_of
from flambeau.core.layout import sparse_coo, strided
from flambeau.core.tensor import wrap
from flambeau.ops.creation import zeros
from flambeau.ops.indexing import index_put
from flambeau.ops.permutation import permute
from flambeau.ops.rows import index_select
from flambeau.ops.shape import reshape
from flambeau.sparse.compressed import FORMATS, CompressedTensor, Format, make_compressed
from flambeau.sparse.coo import CooTensor, make
from flambeau.tensor.sparse import kind_name, kind_of


def to_sparse(input: Any, sparse_dim: int | None = None, *, layout: Any = None, blocksize: Any = None,
              dense_dim: int | None = None) -> Any:
    """Return `input` in a sparse layout, by default by coordinates over the first `sparse_dim` dims (all of them)."""
    layout = sparse_coo if layout is None else layout
    if layout is strided:
        return input.to_dense()
    if layout is not sparse_coo:
        _check_blocksize(input, layout, blocksize)
        return _to_compressed(input, layout, blocksize, dense_dim)
    if dense_dim is not None and sparse_dim is None:
        sparse_dim = input.ndim - dense_dim
    if input.layout is strided:
        return _from_dense(input, sparse_dim)
    if sparse_dim is not None and sparse_dim != input.sparse_dim():
        raise RuntimeError(f"to_sparse: conversion from {kind_of(input)} to Sparse with sparse_dim argument "
                           f"!={input.sparse_dim()} is not supported")
    return input if input.layout is sparse_coo else by_coordinates(input)


def to_sparse_coo(input: Any) -> Any:
    return to_sparse(input)


def to_sparse_csr(input: Any, dense_dim: int | None = None) -> Any:
    """Return `input` as lists of rows."""
    return _to_compressed(input, layouts.sparse_csr, None, dense_dim)


def to_sparse_csc(input: Any, dense_dim: int | None = None) -> Any:
    """Return `input` as lists of columns."""
    return _to_compressed(input, layouts.sparse_csc, None, dense_dim)


def to_sparse_bsr(input: Any, blocksize: Sequence[int], dense_dim: int | None = None) -> Any:
    """Return `input` as lists of rows of blocks."""
    return _to_compressed(input, layouts.sparse_bsr, blocksize, dense_dim)


def to_sparse_bsc(input: Any, blocksize: Sequence[int], dense_dim: int | None = None) -> Any:
    """Return `input` as lists of columns of blocks."""
    return _to_compressed(input, layouts.sparse_bsc, blocksize, dense_dim)


def _check_blocksize(input: Any, layout: Any, blocksize: Any) -> None:
    if layout in FORMATS and FORMATS[layout].blocks is (blocksize is None) and input.layout is not layout:
        given = "without" if blocksize is None else "with"
        raise RuntimeError(f"to_sparse: conversion from {kind_of(input)} to {kind_name(layout)} {given} blocksize argument "
                           "given is not supported")


def _to_compressed(input: Any, layout: Any, blocksize: Any, dense_dim: int | None) -> Any:
    form = FORMATS[layout]
    name = f"to_{layout.name}"
    if input.layout is layout and (not form.blocks or blocksize is None or tuple(blocksize) == input._block):
        return input
    _check_dense_dim(input, dense_dim, name)
    block = tuple(blocksize) if form.blocks else (1, 1)
    if len(block) != 2 or min(block) < 1:
        raise RuntimeError(f"{name}: blocksize needs to be two positive numbers, but got {block}")
    at = input.ndim - 2 - (input.dense_dim() if input.layout is not strided else dense_dim or 0)
    if at < 0:
        raise IndexError(f"{name}: a tensor of {input.ndim} dims is no matrix, nor a batch of them")
    if any(size % step for size, step in zip(input.shape[at:at + 2], block, strict=True)):
        raise RuntimeError(f"{name}: tensor sparse size ({','.join(map(str, input.shape[at:at + 2]))}) must be divisible by "
                           f"given blocksize ({','.join(map(str, block))})")
    if input.layout is strided:
        return _compressed_from_dense(input, form, block, at)
    places, values = _blocks_of(input, form, block)
    return _packed(form, places, values, input.shape, block, _index_dtype(input))


def _check_dense_dim(input: Any, dense_dim: int | None, name: str) -> None:
    if dense_dim is None:
        return
    if input.layout is not strided:
        if dense_dim != input.dense_dim():
            raise RuntimeError(f"{name}: conversion from {kind_of(input)} with dense_dim argument !={input.dense_dim()} is not "
                               "supported")
        return
    if not 0 <= dense_dim <= input.ndim - 2:
        raise RuntimeError(f"{name}: dense_dim argument must be in [0,{input.ndim - 2}] range, but {dense_dim} is given")


def _index_dtype(input: Any) -> Any:
    return input._cells._array.dtype if isinstance(input, CompressedTensor) else "i8"


# ---------------------------------------------------------------------- from dense


def _from_dense(input: Any, sparse_dim: int | None) -> CooTensor:
    count = input.ndim if sparse_dim is None else sparse_dim
    if not 0 <= count <= input.ndim:
        raise RuntimeError(f"dense_to_sparse: sparse_dim argument must be in [0,{input.ndim}] range, but {count} is given")
    if count == 0 and input.ndim > 0:
        raise RuntimeError("dense_to_sparse: sparse_dim argument must be in >0 when self.dim()>0")
    array = input._array
    xp = namespace_of(array)
    kept = array != 0 if count == array.ndim else (array != 0).any(axis=tuple(range(count, array.ndim)))
    places = xp.stack(xp.nonzero(kept)) if count else xp.zeros((0, int(bool(array))), "i8")
    entries = input[tuple(map(wrap, places))] if count else input.reshape(1)[:places.shape[1]]
    return make(wrap(places.astype("i8")), entries, input.shape, coalesced=True)


def tiled(input: Any, at: int, block: Sequence[int]) -> Any:
    """Return a dense tensor as (*batch, rows, columns, *block, *dense dims), rows and columns being those of blocks."""
    height, width = block
    size = input.shape
    parts = reshape(input, (*size[:at], size[at] // height, height, size[at + 1] // width, width, *size[at + 2:]))
    return permute(parts, (*range(at), at, at + 2, at + 1, at + 3, *range(at + 4, parts.ndim)))


def _compressed_from_dense(input: Any, form: Format, block: tuple[int, ...], at: int) -> CompressedTensor:
    blocks = tiled(input, at, block)
    array = blocks._array
    xp = namespace_of(array)
    kept = (array != 0).any(axis=tuple(range(at + 2, array.ndim)))
    places = list(xp.nonzero(kept))
    return _packed(form, places, blocks[tuple(map(wrap, places))], input.shape, block, "i8")


# ---------------------------------------------------------------------- from sparse


def elements(input: Any) -> tuple[list[Array], Any]:
    """Return where the elements of a sparse tensor are, an array for each dim that is not dense, and their values."""
    if isinstance(input, CooTensor):
        once = input.coalesce()
        return list(once._places._array), once._entries
    places, members = input._coordinates(), input._members()
    height, width = input._block
    if not input._format.blocks:
        return places, reshape(members, (members.shape[0], *members.shape[3:]))
    xp = namespace_of(places[0])
    inner = xp.arange(height * width)
    *batch, rows, columns = (xp.repeat(place, height * width) for place in places)
    within = xp.tile(inner, len(places[0]))
    where = [*batch, rows * height + within // width, columns * width + within % width]
    return where, reshape(members, (len(within), *members.shape[3:]))


def by_coordinates(input: Any) -> CooTensor:
    """Return a sparse tensor by coordinates, the entries in the order that they have in their lists."""
    places, values = elements(input)
    xp = namespace_of(places[0])
    is_sorted = input.layout is layouts.sparse_csr and order_of(places, input.shape) == (None, True)
    return make(wrap(xp.stack(places).astype("i8")), values, input.shape, coalesced=is_sorted)


def order_of(places: list[Array], size: Sequence[int]) -> tuple[Any, bool]:
    """Return what sorts places by rows, or None where they are sorted, and whether all are distinct."""
    xp = namespace_of(places[0])
    if not len(places[0]):
        return None, True
    keys = xp.ravel_multi_index(tuple(places), tuple(size[:len(places)]))
    if bool((keys[1:] > keys[:-1]).all()):
        return None, True
    order = xp.argsort(keys, kind="stable")
    keys = keys[order]
    return order, bool((keys[1:] > keys[:-1]).all())


def _blocks_of(input: Any, form: Format, block: tuple[int, ...]) -> tuple[list[Array], Any]:
    """Return where on the grid of blocks of that size there is something, and these blocks."""
    if isinstance(input, CooTensor) and input.sparse_dim() != 2:
        raise RuntimeError(f"coo_to_{form.layout.name}: conversion from Sparse to {kind_name(form.layout)} for input tensors "
                           "with sparse_dim()!=2 is not supported")
    if form.blocks and isinstance(input, CompressedTensor) and input._format.blocks and input._block == block:
        return input._coordinates(), input._members()
    places, values = elements(input)
    if not form.blocks:
        return places, reshape(values, (values.shape[0], 1, 1, *values.shape[1:]))
    return _gathered(places, values, input.shape, block)


def _gathered(places: list[Array], values: Any, size: Sequence[int], block: tuple[int, ...]) -> tuple[list[Array], Any]:
    """Put elements together in blocks."""
    *batch, rows, columns = places
    xp = namespace_of(rows)
    grid = [*size[:len(batch)], size[len(batch)] // block[0], size[len(batch) + 1] // block[1]]
    outer = [*batch, rows // block[0], columns // block[1]]
    if not len(rows):
        return outer, zeros(0, *block, *values.shape[1:], dtype=values.dtype, device=values.device)
    keys, target = xp.unique(xp.ravel_multi_index(tuple(outer), tuple(grid)), return_inverse=True)
    blocks = zeros(len(keys), *block, *values.shape[1:], dtype=values.dtype, device=values.device)
    within = target.reshape(-1), rows % block[0], columns % block[1]
    return list(xp.unravel_index(keys, tuple(grid))), index_put(blocks, tuple(map(wrap, within)), values)


def _packed(form: Format, places: list[Array], members: Any, size: Sequence[int], block: tuple[int, ...],
            dtype: Any) -> CompressedTensor:
    """Write members, (count, *block, *dense dims), as lists. Raises RuntimeError where batches have not as many each."""
    *batch, rows, columns = places
    at = len(batch)
    height, width = size[at] // block[0], size[at + 1] // block[1]
    lines, cells, grid = (rows, columns, (height, width)) if form.by_rows else (columns, rows, (width, height))
    order, _ = order_of([*batch, lines, cells], (*size[:at], *grid))
    if order is not None:
        batch, lines, cells = [place[order] for place in batch], lines[order], cells[order]
        members = index_select(members, 0, wrap(order))
    ends = _ends([*batch, lines], (*size[:at], grid[0]))
    shape = *size[:at], len(lines) // max(math.prod(size[:at]), 1)
    inner = members.shape[1:] if form.blocks else members.shape[3:]
    return make_compressed(form.layout, wrap(ends.astype(dtype)), wrap(cells.reshape(shape).astype(dtype)),
                           reshape(members, (*shape, *inner)), size)


def _ends(lines: list[Array], counts: tuple[int, ...]) -> Array:
    """Return where each list ends, after a zero; `lines`: the batch and list of each member, `counts`: how many there are."""
    xp = namespace_of(lines[0])
    flat = xp.ravel_multi_index(tuple(lines), counts) if len(lines[0]) else lines[0]
    lengths = xp.bincount(flat.astype("i8"), minlength=math.prod(counts)).reshape(counts)
    ends = xp.concatenate([xp.zeros((*counts[:-1], 1), "i8"), xp.cumsum(lengths, -1)], -1)
    if ends.size and bool((ends[..., -1] != ends.reshape(-1)[counts[-1]]).any()):
        raise RuntimeError("Expect the same number of specified elements per batch.")
    return ends
