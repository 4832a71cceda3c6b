"""Cells of planes by flat index: what a pool that says where its maximum was, and its inverse, are made of.

A plane is all dims after the first two. A table says which cells lie under each window: (windows, taps), or one for
each plane (N, C, windows, taps). A window with fewer cells than others names one of its own twice, which changes no
maximum.
"""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import SAME, op
from flambeau.ops.addressing import combine_at
from flambeau.ops.shape import reshape
from flambeau.ops.windows import Sizes, Windows

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(grad={"input": lambda g, input_shape, indices: add_cells(g, indices, input_shape[2:])})
def take_cells(input: Tensor, indices: Tensor) -> Tensor:
    """Read the cells that `indices` (N, C, *any) name in the planes of `input`.

    >>> take_cells(randn(1, 2, 3), tensor([[[0, 2], [1, 1]]]))
    """
    found = namespace_of(input).take_along_axis(_flat(input), _flat(indices), 2)
    return found.reshape(indices.shape)


@op(promote=SAME, promoted=("values",), grad={"values": lambda g, indices: take_cells(g, indices)})
def add_cells(values: Tensor, indices: Tensor, sizes: Sizes) -> Tensor:
    """Add each value to the cell that `indices` names, in planes of zeros of the given sizes.

    >>> add_cells(randn(1, 2, 2), tensor([[[0, 2], [1, 1]]]), (3,))
    """
    planes = namespace_of(values).zeros((*values.shape[:2], *sizes), values.dtype)
    combine_at("add", planes.reshape(-1), _across_planes(indices, math.prod(sizes)), values)
    return planes


@op(grad={"values": lambda g, indices: take_cells(g, indices)})
def put_cells(values: Tensor, indices: Tensor, sizes: Sizes) -> Tensor:
    """Write each value into the cell that `indices` names, in planes of zeros of the given sizes; the last one stays.

    >>> put_cells(randn(1, 2, 2), tensor([[[0, 2], [1, 0]]]), (3,))
    """
    planes = namespace_of(values).zeros((*values.shape[:2], *sizes), values.dtype)
    planes.reshape(-1)[_across_planes(indices, math.prod(sizes))] = values.reshape(-1)
    return planes


def read_cells(dims: int, input: Tensor, indices: Tensor) -> Tensor:
    """Read cells of (N, C, *planes), or of (C, *planes)."""
    if input.ndim == dims + 2:
        return take_cells(input, indices)
    out = take_cells(reshape(input, (1, *input.shape)), reshape(indices, (1, *indices.shape)))
    return reshape(out, out.shape[1:])


def winners(values: Array, table: Array) -> Array:
    """Return which cell holds the maximum of each window: the first, or the last of those that are NaN."""
    xp = namespace_of(values)
    winner = values.argmax(-1)[..., None]
    if values.dtype.kind == "f" and xp.isnan(xp.take_along_axis(values, winner, 3)).any():
        invalid = xp.isnan(values)
        last = values.shape[-1] - 1 - invalid[..., ::-1].argmax(-1)[..., None]
        winner = xp.where(invalid.any(-1, keepdims=True), last, winner)
    return xp.take_along_axis(xp.broadcast_to(table, values.shape), winner, 3)[..., 0]


def under(table: Array, input: Array) -> Array:
    """Return the values of the cells under each window: (N, C, windows, taps)."""
    flat = _flat(input)
    if table.ndim == 2:
        return flat[:, :, table]
    return namespace_of(input).take_along_axis(flat[:, :, None], table, 3)


def tiles(windows: Windows, input: Array) -> Array:
    """Return the same for windows that tile the plane, without looking up each cell."""
    dims = len(windows.sizes)
    split = [part for pair in zip(windows.counts, windows.kernel, strict=True) for part in pair]
    cut = input.reshape(*input.shape[:2], *split)
    cut = cut.transpose(0, 1, *range(2, 2 + 2 * dims, 2), *range(3, 3 + 2 * dims, 2))
    return cut.reshape(*input.shape[:2], math.prod(windows.counts), math.prod(windows.kernel))


def table_of(xp: Any, windows: Windows) -> Array:
    """Return the table of evenly spaced windows."""
    per_dim = []
    for dim, size in enumerate(windows.sizes):
        starts = xp.asarray(windows.starts(dim))[:, None]
        dilation = windows.dilation[dim]
        taps = xp.arange(windows.kernel[dim])
        taps = xp.clip(taps, -(starts // dilation), (size - 1 - starts) // dilation)  # only those inside
        per_dim.append(starts + taps * dilation)
    return crossed(per_dim, windows.sizes)


def crossed(per_dim: list[Array], sizes: Sizes) -> Array:
    """Make one table of flat indices from one (…, windows, taps) of indices for each dim."""
    dims = len(sizes)
    lead = per_dim[0].shape[:-2]
    total: Any = 0
    for dim, cells in enumerate(per_dim):
        shape = [1] * (2 * dims)
        shape[dim], shape[dims + dim] = cells.shape[-2:]
        total = total * sizes[dim] + cells.reshape(*lead, *shape)
    return total.reshape(*lead, math.prod(total.shape[-2 * dims:-dims]), math.prod(total.shape[-dims:]))


def _flat(planes: Array) -> Array:
    return planes.reshape(*planes.shape[:2], math.prod(planes.shape[2:]))


def _across_planes(indices: Array, size: int) -> Array:
    """Turn indices in each plane into indices over all planes."""
    xp, planes = namespace_of(indices), math.prod(indices.shape[:2])
    return (indices.reshape(planes, math.prod(indices.shape[2:])) + xp.arange(planes)[:, None] * size).reshape(-1)
