"""Pools with windows at even steps: maximum, average and power mean in 1 to 3 dims."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.planes import add_cells, table_of, take_cells, tiles, under, winners
from flambeau.ops.pooling_windows import pool_windows, refuse_dtype
from flambeau.ops.shape import reshape
from flambeau.ops.windows import IntOrInts, Windows, taps, taps_along

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

FEW_TAPS = 32  # up to here, comparing tap by tap is faster than finding indices
LONG = 8  # from here on, folding a dim in one go is faster than tap by tap
ALL = slice(None)


@op(promote=SAME, grad={
    "input": lambda g, input, out_if_kept, windows:
        max_pool_backward(g, input, max_pool(input, windows) if out_if_kept is None else out_if_kept, windows),
})
def max_pool(input: Tensor, windows: Windows) -> Tensor:
    """Take the maximum under each window: (N, C, *sizes) to (N, C, *counts)."""
    xp = namespace_of(input)
    return _fold(xp.maximum, xp.max, lowest(input.dtype), input, windows)


@op(promote=SAME, grad={
    "grad": lambda g, input, windows: take_cells(g, max_pool_indices(input, windows)),
})
def max_pool_backward(grad: Tensor, input: Tensor, best: Tensor, windows: Windows) -> Tensor:
    """Hand the gradient of each window to the first cell that held the maximum."""
    xp = namespace_of(grad)
    if math.prod(windows.kernel) > FEW_TAPS or xp.isnan(best).any():
        return add_cells(grad, max_pool_indices(input, windows), windows.sizes)
    bits = grad.view(f"i{grad.dtype.itemsize}")  # 0 times these is 0, also where the gradient is infinite
    alone = windows.tile()
    result = (xp.empty if alone else xp.zeros)(input.shape, grad.dtype)
    free = xp.ones(best.shape, bool)  # windows whose maximum was not met yet
    for _, cells, where in taps(windows):
        here = (..., *where)
        hit = input[(..., *cells)] == best[here]
        hit &= free[here]
        free[here] ^= hit
        if alone:
            xp.multiply(bits, hit, out=result.view(bits.dtype)[(..., *cells)])
        else:
            result[(..., *cells)] += (bits[here] * hit).view(grad.dtype)
    return result


@op()
def max_pool_indices(input: Tensor, windows: Windows) -> Tensor:
    """Say where in its plane the maximum under each window is, the first if there are several."""
    table = table_of(namespace_of(input), windows)
    found = winners(tiles(windows, input) if windows.tile() else under(table, input), table)
    return found.reshape(*input.shape[:2], *windows.counts)


@op(promote=SAME, grad={
    "input": lambda g, windows, include_pad, divisor: avg_pool_backward(g, windows, include_pad, divisor),
})
def avg_pool(input: Tensor, windows: Windows, include_pad: bool, divisor: int | None) -> Tensor:
    """Average what lies under each window: (N, C, *sizes) to (N, C, *counts)."""
    xp = namespace_of(input)
    total = _fold(xp.add, xp.sum, 0, input, windows)
    divisors = _divisors(xp, windows, include_pad, divisor, input.dtype)
    if input.dtype.kind in "iu":
        return xp.sign(total * divisors) * (abs(total) // abs(divisors))  # rounds towards zero
    total /= divisors
    return total


@op(promote=SAME, grad={
    "grad": lambda g, windows, include_pad, divisor: avg_pool(g, windows, include_pad, divisor),
})
def avg_pool_backward(grad: Tensor, windows: Windows, include_pad: bool, divisor: int | None) -> Tensor:
    """Share the gradient of each window out to all its cells."""
    xp = namespace_of(grad)
    shares = grad / _divisors(xp, windows, include_pad, divisor, grad.dtype)
    for dim, size in enumerate(windows.sizes):
        lead = (ALL,) * (dim + 2)
        shape = (*shares.shape[:dim + 2], size, *shares.shape[dim + 3:])
        cells_of = xp.zeros(shape, grad.dtype)
        for cells, where in taps_along(windows, dim):
            cells_of[(*lead, cells)] += shares[(*lead, where)]
        shares = cells_of
    return shares


def _fold(combine: Callable[..., Array], reduce: Callable[..., Array], start: Any, input: Array,
          windows: Windows) -> Array:
    """Combine the cells under each window, one dim after the other: a window of 3 x 3 takes 6 steps, not 9."""
    for dim, (count, window) in enumerate(zip(windows.counts, windows.kernel, strict=True)):
        if window >= LONG and windows.tile(dim):
            cut = input.reshape(*input.shape[:dim + 2], count, window, *input.shape[dim + 3:])
            input = reduce(cut, axis=dim + 3).astype(input.dtype, copy=False)
        else:
            input = _fold_steps(combine, start, input, windows, dim)
    return input


def _fold_steps(combine: Callable[..., Array], start: Any, input: Array, windows: Windows, dim: int) -> Array:
    """Combine along one dim, tap by tap."""
    lead, count = (ALL,) * (dim + 2), windows.counts[dim]
    (cells, where), *rest = taps_along(windows, dim)
    if where == slice(0, count):
        result = input[(*lead, cells)].copy()
    else:
        result = namespace_of(input).full((*input.shape[:dim + 2], count, *input.shape[dim + 3:]), start, input.dtype)
        rest = taps_along(windows, dim)
    for cells, where in rest:
        part = result[(*lead, where)]
        combine(part, input[(*lead, cells)], out=part)
    return result


def _divisors(xp: Any, windows: Windows, include_pad: bool, divisor: int | None, dtype: Any) -> Any:
    """Return what to divide each window's total by: one number where all are alike."""
    if divisor is not None:
        return divisor
    product: Any = 1
    for dim, (size, window) in enumerate(zip(windows.sizes, windows.kernel, strict=True)):
        margin = windows.padding[dim] if include_pad else 0
        lengths = [min(start + window, size + margin) - max(start, -margin) for start in windows.starts(dim)]
        if len(set(lengths)) == 1:
            product = product * lengths[0]
        else:
            product = product * xp.asarray(lengths, dtype).reshape(-1, *[1] * (len(windows.sizes) - 1 - dim))
    return product


def lowest(dtype: Any) -> Any:
    """Return what loses against everything."""
    if dtype.kind == "f":
        return -math.inf
    return 0 if dtype.kind == "u" else -(1 << 8 * dtype.itemsize - 1)


def batched(run: Callable[..., Any], dims: int, input: Tensor, *options: Any) -> Any:
    """Run on a batch; an input without one counts as a batch of one."""
    if input.ndim == dims + 2:
        return run(input, *options)
    out = run(reshape(input, (1, *input.shape)), *options)
    return reshape(out, out.shape[1:])


def _max_pool(name: str, dims: int, input: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None, padding: IntOrInts,
              dilation: IntOrInts, ceil_mode: bool, return_indices: bool) -> Any:
    windows = pool_windows(name, dims, input, kernel_size, stride, padding, dilation, ceil_mode)
    refuse_dtype(name, input, integers=dims > 1 or return_indices)
    out = batched(max_pool, dims, input, windows)
    return (out, batched(max_pool_indices, dims, input, windows)) if return_indices else out


def _avg_pool(name: str, dims: int, input: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None, padding: IntOrInts,
              ceil_mode: bool, count_include_pad: bool, divisor_override: int | None = None) -> Tensor:
    windows = pool_windows(name, dims, input, kernel_size, stride, padding, 1, ceil_mode)
    refuse_dtype(name, input, integers=True)
    if divisor_override == 0:
        raise RuntimeError(f"{name}: divisor must be not zero; without divisor_override it is the window's size")
    return batched(avg_pool, dims, input, windows, count_include_pad, divisor_override)


@composite
def max_pool1d(input: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None = None, padding: IntOrInts = 0,
               dilation: IntOrInts = 1, ceil_mode: bool = False, return_indices: bool = False) -> Any:
    """Take the maximum under windows over (N, C, L) or (C, L). Options as in `max_pool2d`.

    >>> max_pool1d(randn(2, 3, 8), 2)
    >>> max_pool1d(randn(3, 8), 3, stride=2, padding=1)
    """
    return _max_pool("max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@composite
def max_pool2d(input: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None = None, padding: IntOrInts = 0,
               dilation: IntOrInts = 1, ceil_mode: bool = False, return_indices: bool = False) -> Any:
    """Take the maximum under windows over images (N, C, H, W) or (C, H, W), side by side unless `stride` is given.

    `padding` never wins. With `ceil_mode` a last window may reach over the edge. With `return_indices` the result is a
    pair: the maxima, and where in its flattened plane each was.

    >>> max_pool2d(randn(2, 3, 4, 6), 2)
    >>> max_pool2d(randn(1, 2, 7, 7), 3, stride=2, padding=1)
    >>> max_pool2d(randn(2, 6, 6), (2, 3), stride=(1, 2), dilation=2, ceil_mode=True)
    >>> max_pool2d(randn(1, 2, 5, 5), 2, ceil_mode=True, return_indices=True)
    """
    return _max_pool("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@composite
def max_pool3d(input: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None = None, padding: IntOrInts = 0,
               dilation: IntOrInts = 1, ceil_mode: bool = False, return_indices: bool = False) -> Any:
    """Take the maximum under windows over (N, C, D, H, W) or (C, D, H, W). Options as in `max_pool2d`.

    >>> max_pool3d(randn(1, 2, 4, 4, 4), 2)
    >>> max_pool3d(randn(1, 4, 5, 3), (2, 3, 2), stride=1, padding=1)
    """
    return _max_pool("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool1d_with_indices(input: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None = None,
                            padding: IntOrInts = 0, dilation: IntOrInts = 1, ceil_mode: bool = False,
                            return_indices: bool = False) -> Any:
    """Return the pair that `max_pool1d` gives with `return_indices`, which says nothing here."""
    return max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices=True)


def max_pool2d_with_indices(input: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None = None,
                            padding: IntOrInts = 0, dilation: IntOrInts = 1, ceil_mode: bool = False,
                            return_indices: bool = False) -> Any:
    """Return the pair that `max_pool2d` gives with `return_indices`, which says nothing here."""
    return max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices=True)


def max_pool3d_with_indices(input: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None = None,
                            padding: IntOrInts = 0, dilation: IntOrInts = 1, ceil_mode: bool = False,
                            return_indices: bool = False) -> Any:
    """Return the pair that `max_pool3d` gives with `return_indices`, which says nothing here."""
    return max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices=True)


@composite
def avg_pool1d(input: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None = None, padding: IntOrInts = 0,
               ceil_mode: bool = False, count_include_pad: bool = True) -> Tensor:
    """Average what lies under windows over (N, C, L) or (C, L). Options as in `avg_pool2d`.

    >>> avg_pool1d(randn(2, 3, 8), 2)
    >>> avg_pool1d(randn(3, 8), 3, stride=2, padding=1, count_include_pad=False)
    """
    return _avg_pool("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad)


@composite
def avg_pool2d(input: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None = None, padding: IntOrInts = 0,
               ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None) -> Tensor:
    """Average what lies under windows over images (N, C, H, W) or (C, H, W), side by side unless `stride` is given.

    Totals are divided by the window's size, zeros of the padding included unless `count_include_pad` is False, or by
    `divisor_override`.

    >>> avg_pool2d(randn(2, 3, 4, 6), 2)
    >>> avg_pool2d(randn(1, 2, 6, 6), 3, stride=2, padding=1, ceil_mode=True)
    >>> avg_pool2d(randn(2, 5, 5), (2, 3), padding=(1, 1), count_include_pad=False)
    >>> avg_pool2d(randn(1, 1, 4, 4), 2, divisor_override=3)
    """
    return _avg_pool("avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad,
                     divisor_override)


@composite
def avg_pool3d(input: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None = None, padding: IntOrInts = 0,
               ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None) -> Tensor:
    """Average what lies under windows over (N, C, D, H, W) or (C, D, H, W). Options as in `avg_pool2d`.

    >>> avg_pool3d(randn(1, 2, 4, 4, 4), 2)
    >>> avg_pool3d(randn(1, 4, 5, 3), (2, 3, 2), stride=1, padding=1)
    """
    return _avg_pool("avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad,
                     divisor_override)
