"""Weighted sums of cells that lie anywhere, and what such sums' gradients are made of.

One sum over points, taps and channels, of three things: what a point counts, what a cell holds, and the tap's weight.
Each op leaves one of the three out; so the gradient of any of them is another of them.

Planes are flat: (N, C, cells). `index` and `weight` are (taps, N, points); an index of `cells`, one beyond the last, is
outside and counts 0.
"""
from __future__ import annotations

from typing import TYPE_CHECKING

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import SAME, op
from flambeau.ops.addressing import combine_at

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(promote=SAME, promoted=("input", "weight"), grad={
    "input": lambda g, input_shape, index, weight: spread_cells(g, index, weight, input_shape[2]),
    "weight": lambda g, input, index: paired_cells(g, input, index),
})
def weighted_cells(input: Tensor, index: Tensor, weight: Tensor) -> Tensor:
    """Add up the cells under each point's taps, each times the tap's weight: (N, C, points).

    >>> weighted_cells(randn(1, 2, 3), tensor([[[0, 3]], [[1, 2]]]), randn(2, 1, 2))
    """
    xp, (batch, channels, cells) = namespace_of(input), input.shape
    rows, points = _rows(input), index.shape[2]
    total = xp.zeros((batch * points, channels), input.dtype)
    for where, share in zip(_across(index, cells), weight, strict=True):
        part = rows.take(where, axis=0)
        part *= share.reshape(-1, 1)
        total += part
    return xp.ascontiguousarray(total.reshape(batch, points, channels).transpose(0, 2, 1))


@op(promote=SAME, promoted=("input", "weight"), grad={
    "input": lambda g, index, weight: weighted_cells(g, index, weight),
    "weight": lambda g, input, index: paired_cells(input, g, index),
})
def spread_cells(input: Tensor, index: Tensor, weight: Tensor, cells: int) -> Tensor:
    """Add what each point holds, (N, C, points), to the cells under its taps, times the tap's weight: (N, C, cells).

    >>> spread_cells(randn(1, 2, 2), tensor([[[0, 3]], [[1, 2]]]), randn(2, 1, 2), 3)
    """
    xp, (batch, channels, _) = namespace_of(input), input.shape
    planes = xp.zeros((batch * channels, cells + 1), input.dtype)
    first = xp.arange(0, planes.size, cells + 1).reshape(batch, channels, 1)
    for where, share in zip(index, weight, strict=True):
        combine_at("add", planes.reshape(-1), first + where[:, None], input * share[:, None])
    return xp.ascontiguousarray(planes[:, :cells]).reshape(batch, channels, cells)


@op(promote=SAME, promoted=("input", "other"), grad={
    "input": lambda g, other, index: weighted_cells(other, index, g),
    "other": lambda g, input, other_shape, index: spread_cells(input, index, g, other_shape[2]),
})
def paired_cells(input: Tensor, other: Tensor, index: Tensor) -> Tensor:
    """Multiply what each point holds, (N, C, points), by each cell of `other` under its taps, and add up the channels.

    >>> paired_cells(randn(1, 2, 2), randn(1, 2, 3), tensor([[[0, 3]], [[1, 2]]]))
    """
    xp, (batch, channels, points) = namespace_of(input), input.shape
    rows, held = _rows(other), input.transpose(0, 2, 1).reshape(batch * points, channels)
    products = [(rows.take(where, axis=0) * held).sum(1) for where in _across(index, other.shape[2])]
    return xp.stack(products).reshape(index.shape)


def _rows(planes: Array) -> Array:
    """Lay out planes as a row of channels for each cell, after those of each batch a row of zeros for what is outside."""
    xp, (batch, channels, cells) = namespace_of(planes), planes.shape
    rows = xp.zeros((batch, cells + 1, channels), planes.dtype)
    rows[:, :cells] = planes.transpose(0, 2, 1)
    return rows.reshape(batch * (cells + 1), channels)


def _across(index: Array, cells: int) -> Array:
    """Turn the indices of cells into those of rows: (taps, N * points)."""
    taps, batch, points = index.shape
    first = namespace_of(index).arange(batch)[:, None] * (cells + 1)
    return (index + first).reshape(taps, batch * points)
