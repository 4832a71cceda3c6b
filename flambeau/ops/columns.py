"""A convolution's arithmetic on arrays: the cells under each window become a column, and one product does the rest.

Three maps make up every convolution, its transpose and all their gradients, of any order: `correlate`, `spread` and
`match`. "Large" is the side the windows slide over, "small" the side with one cell for each window.

Along the first spatial dim neighbouring windows share rows. So rows are unrolled along the other dims only, and the
columns of the windows at one height are `kernel[0]` neighbouring rows, seen where they lie: a kernel of 3 x 3 copies
the input 3 times, not 9. Where nothing can be shared, a dim of size 1 is put in front, and all is one product.
"""
from __future__ import annotations

import math
from collections.abc import Iterator
from functools import reduce
from operator import iadd

from flambeau.core.arrays import Array, namespace_of, strided_view
from flambeau.ops.windows import Sizes, Windows, meeting, taps

CACHED = 400_000  # elements of columns to make at a time: small enough to be multiplied while in the cache
WIDE = 32  # columns that make a product at one height worth its call
ALL = slice(None)


def correlate(large: Array, weight: Array, bias: Array | None, windows: Windows, groups: int) -> Array:
    """Multiply the cells under each window with the weight: (N, C, *sizes) to (N, O, *counts)."""
    xp, batch = namespace_of(large), large.shape[0]
    if _pointwise(windows):
        return _mixed(large, weight.reshape(groups, -1, weight.shape[1]), bias)
    small = xp.empty((batch, weight.shape[0], *windows.counts), large.dtype)
    windows = shared(windows, batch)
    matrix = _matrix(weight, windows, groups)
    matrix = matrix.reshape(groups, 1, matrix.shape[1], -1)
    for part in _parts(batch, large.shape[1], windows):
        _unstack(matrix @ gather(large[part], windows, groups), small[part], bias)
    return small


def spread(small: Array, weight: Array, bias: Array | None, windows: Windows, groups: int) -> Array:
    """Add each cell times the weight to the cells under its window: (N, O, *counts) to (N, C, *sizes)."""
    xp, batch, channels = namespace_of(small), small.shape[0], weight.shape[1]
    if _pointwise(windows):
        return _mixed(small, weight.reshape(groups, -1, channels).swapaxes(1, 2), bias)
    large = xp.zeros((batch, groups * channels, *windows.sizes), small.dtype)
    if bias is not None:
        large += bias.reshape(-1, *[1] * len(windows.sizes))
    windows = shared(windows, batch)
    matrix = _matrix(weight, windows, groups)[:, :, ::-1]  # the row a window reaches last is the first to hold it
    matrix = matrix.transpose(0, 3, 4, 2, 1).reshape(groups, 1, channels * math.prod(windows.kernel[1:]), -1)
    for part in _parts(batch, groups * channels, windows):
        rows = _stack(small[part], windows, groups, margin=True)
        scatter(matrix @ _overlapping(rows, windows.kernel[0]), large[part], windows)
    return large


def match(large: Array, small: Array, windows: Windows, groups: int) -> Array:
    """Add up each cell times those under its window: the gradient of the weight, (O, C, *kernel)."""
    outputs, channels = small.shape[1] // groups, large.shape[1] // groups
    kernel, windows = windows.kernel, shared(windows, large.shape[0], wide=2 * outputs)
    if not large.shape[0]:
        return namespace_of(large).zeros((groups * outputs, channels, *kernel), large.dtype)
    total = reduce(iadd, _products(large, small, windows, groups))
    total = total.reshape(groups, outputs, windows.kernel[0], channels, -1).swapaxes(2, 3)
    return total.reshape(groups * outputs, channels, *kernel)


def _products(large: Array, small: Array, windows: Windows, groups: int) -> Iterator[Array]:
    """Yield what each height of each part of the batch adds to the gradient of the weight."""
    for part in _parts(large.shape[0], large.shape[1], windows):
        columns = gather(large[part], windows, groups).swapaxes(2, 3)
        rows = _stack(small[part], windows, groups)
        for height in range(windows.counts[0]):
            yield rows[:, height] @ columns[:, height]


def _pointwise(windows: Windows) -> bool:
    """Say whether each window is one cell and each cell one window, with enough of them for a product an image."""
    return windows.tile() and max(windows.kernel) == 1 and math.prod(windows.counts) >= WIDE


def shared(windows: Windows, batch: int, wide: int = WIDE) -> Windows:
    """Return windows whose first dim is one along which columns share rows, or has size 1."""
    width = batch * math.prod(windows.counts[1:])
    shares = windows.kernel[0] > 1 and windows.stride[0] == windows.dilation[0] == 1
    return windows if shares and len(windows.sizes) > 1 and width >= wide else windows.lifted()


def gather(large: Array, windows: Windows, groups: int) -> Array:
    """Return the cells under the windows at each height, one window a column: (groups, height, cells, N x the rest)."""
    xp, batch, channels = namespace_of(large), large.shape[0], large.shape[1] // groups
    rows = windows.counts[0] + windows.kernel[0] - 1
    make = xp.zeros if windows.overhang() else xp.empty
    buffer = make((groups, rows, channels, *windows.kernel[1:], batch, *windows.counts[1:]), large.dtype)
    cells, rows_met = meeting(windows.sizes[0], rows, 1, -windows.padding[0])
    source = _rows_first(large, windows.sizes, groups)[:, cells]
    for tap, cells_met, where in taps(windows, 1):
        buffer[(ALL, rows_met, ALL, *tap, ALL, *where)] = source[(..., *cells_met)]
    depth = channels * math.prod(windows.kernel[1:])
    return _overlapping(buffer.reshape(groups, rows, depth, batch * math.prod(windows.counts[1:])), windows.kernel[0])


def scatter(rows: Array, large: Array, windows: Windows) -> None:
    """Add rows, unrolled as `gather` does, to the cells they stand for."""
    groups, batch = rows.shape[0], large.shape[0]
    channels = large.shape[1] // groups
    rows = rows.reshape(groups, windows.sizes[0], channels, *windows.kernel[1:], batch, *windows.counts[1:])
    target = _rows_first(large.reshape(batch, large.shape[1], *windows.sizes), windows.sizes, groups)
    for tap, cells, where in taps(windows, 1):
        target[(..., *cells)] += rows[(ALL, ALL, ALL, *tap, ALL, *where)]


def _parts(batch: int, channels: int, windows: Windows) -> list[slice]:
    """Cut the batch into even parts whose columns fit the cache."""
    rows = windows.counts[0] + windows.kernel[0] - 1
    cost = channels * rows * math.prod(windows.kernel[1:]) * math.prod(windows.counts[1:])
    count = -(-batch // max(1, CACHED // max(1, cost)))
    return [slice(batch * i // count, batch * (i + 1) // count) for i in range(count)]


def _rows_first(large: Array, sizes: Sizes, groups: int) -> Array:
    """See (N, C, height, *rest) as (groups, height, C / groups, N, *rest)."""
    split = large.reshape(large.shape[0], groups, large.shape[1] // groups, *sizes)
    return split.transpose(1, 3, 2, 0, *range(4, split.ndim))


def _overlapping(rows: Array, height: int) -> Array:
    """See each `height` neighbours of (groups, rows, depth, width) as one, height x depth deep."""
    groups, count, depth, width = rows.shape
    return strided_view(rows, (groups, count - height + 1, height * depth, width), rows.strides)


def _matrix(weight: Array, windows: Windows, groups: int) -> Array:
    """See the weight as (groups, outputs, height, channels, the rest), the order in which rows are stacked."""
    outputs, channels = weight.shape[0] // groups, weight.shape[1]
    rest = math.prod(windows.kernel[1:])
    return weight.reshape(groups, outputs, channels, windows.kernel[0], rest).swapaxes(2, 3)


def _stack(small: Array, windows: Windows, groups: int, margin: bool = False) -> Array:
    """Lay (N, O, *counts) out as rows (groups, height, O / groups, N x the rest).

    With `margin`, there are empty rows around, so that each row of the large side finds `kernel[0]` rows to add up.
    """
    xp, (batch, outputs) = namespace_of(small), small.shape[:2]
    rest = math.prod(windows.counts[1:])
    source = small.reshape(batch, groups, outputs // groups, windows.counts[0], rest).transpose(1, 3, 2, 0, 4)
    if not margin:
        return xp.ascontiguousarray(source).reshape(groups, windows.counts[0], outputs // groups, batch * rest)
    rows = windows.sizes[0] + windows.kernel[0] - 1
    buffer = xp.zeros((groups, rows, outputs // groups, batch, rest), small.dtype)
    cells, where = meeting(windows.counts[0], rows, 1, windows.padding[0] - windows.kernel[0] + 1)
    buffer[:, where] = source[:, cells]
    return buffer.reshape(groups, rows, outputs // groups, batch * rest)


def _unstack(rows: Array, small: Array, bias: Array | None) -> None:
    """Lay rows out as (N, O, *counts), adding the bias on the way."""
    groups, height, outputs = rows.shape[:3]
    batch = small.shape[0]
    target = small.reshape(batch, groups, outputs, height, -1)
    source = rows.reshape(groups, height, outputs, batch, target.shape[4]).transpose(3, 0, 2, 1, 4)
    if bias is None:
        target[...] = source
        return
    namespace_of(rows).add(source, bias.reshape(groups, outputs, 1, 1), out=target)


def _mixed(input: Array, matrix: Array, bias: Array | None) -> Array:
    """Mix the channels of each cell: no window, so nothing to copy."""
    groups, outputs, channels = matrix.shape
    cells = input.reshape(input.shape[0], groups, channels, math.prod(input.shape[2:]))
    out = matrix @ cells
    if bias is not None:
        out += bias.reshape(groups, outputs, 1)
    return out.reshape(input.shape[0], groups * outputs, *input.shape[2:])
