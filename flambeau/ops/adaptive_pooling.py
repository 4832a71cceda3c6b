"""Pools that are told how many windows to make, and make them as even as they can."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.memory_order import Order, in_memory_order
from flambeau.ops.planes import crossed, read_cells, under, winners
from flambeau.ops.pooling import batched, max_pool, max_pool_indices
from flambeau.ops.pooling_windows import refuse_dtype
from flambeau.ops.reduction import mean
from flambeau.ops.windows import Sizes, Windows

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

OutputSize = int | Sequence[int | None]


@op(promote=SAME, grad={
    "input": lambda g, input_shape: adaptive_avg_pool_backward(g, input_shape[2:]),
}, grad_name="AdaptiveAvgPoolBackward0")
def adaptive_avg_pool(input: Tensor, counts: Sizes) -> Tensor:
    """Average even shares of each plane: (N, C, *sizes) to (N, C, *counts)."""
    if set(counts) == {1}:
        return namespace_of(input).mean(input, axis=tuple(range(2, input.ndim)), keepdims=True)
    if input.ndim != 4:
        return _averages(input, tuple(range(input.ndim)), counts)
    return in_memory_order(input, lambda array, order: _averages(array, order, counts))


def _averages(input: Array, order: Order, counts: Sizes) -> Array:
    for dim, count in enumerate(counts, start=2):
        axis = order.index(dim)
        lengths = _lengths(namespace_of(input), input.shape[axis], count, input)
        input = _totals(input, axis, count) / lengths.reshape(-1, *[1] * (input.ndim - 1 - axis))
    return input


@op(promote=SAME, grad={
    "grad": lambda g, grad_shape: adaptive_avg_pool(g, grad_shape[2:]),
})
def adaptive_avg_pool_backward(grad: Tensor, sizes: Sizes) -> Tensor:
    """Share each window's gradient out: the windows over a cell lie as the cells under a window do, sizes swapped."""
    for dim, size in enumerate(sizes, start=2):
        lengths = _lengths(namespace_of(grad), size, grad.shape[dim], grad)
        grad = _totals(grad / lengths.reshape(-1, *[1] * (grad.ndim - 1 - dim)), dim, size)
    return grad


def _edges(xp: Any, size: int, count: int) -> tuple[Array, Array]:
    """Return where each of `count` even shares of `size` cells starts and ends."""
    numbers = xp.arange(count)
    return numbers * size // count, -(-(numbers + 1) * size // count)


def _lengths(xp: Any, size: int, count: int, like: Array) -> Array:
    start, end = _edges(xp, size, count)
    return (end - start).astype(like.dtype)


def _totals(input: Array, dim: int, count: int) -> Array:
    """Add up the cells of each share along `dim`."""
    xp, size = namespace_of(input), input.shape[dim]
    if size == count:
        return input
    if count and size % count == 0:
        return input.reshape(*input.shape[:dim], count, size // count, *input.shape[dim + 1:]).sum(dim + 1)
    if size and count % size == 0:
        return xp.repeat(input, count // size, axis=dim)
    start, end = _edges(xp, size, count)
    total = xp.zeros((*input.shape[:dim], count, *input.shape[dim + 1:]), input.dtype)
    for step in range(int((end - start).max()) if count else 0):
        reached = xp.flatnonzero(start + step < end)
        where = (*(slice(None),) * dim, reached)
        total[where] += xp.take(input, start[reached] + step, axis=dim)
    return total


@op()
def adaptive_max_indices(input: Tensor, counts: Sizes) -> Tensor:
    """Say where in its plane the maximum of each even share is."""
    xp, per_dim = namespace_of(input), []
    for size, count in zip(input.shape[2:], counts, strict=True):
        start, end = _edges(xp, size, count)
        longest = int((end - start).max()) if count else 1
        per_dim.append(xp.minimum(start[:, None] + xp.arange(longest), end[:, None] - 1))
    table = crossed(per_dim, input.shape[2:])
    return winners(under(table, input), table).reshape(*input.shape[:2], *counts)


@composite
def adaptive_avg_pool1d(input: Tensor, output_size: OutputSize) -> Tensor:
    """Average `output_size` even shares of (N, C, L) or (C, L).

    >>> adaptive_avg_pool1d(randn(2, 3, 8), 3)
    """
    return _adaptive_avg("adaptive_avg_pool1d", 1, input, output_size)


@composite
def adaptive_avg_pool2d(input: Tensor, output_size: OutputSize) -> Tensor:
    """Average even shares of images (N, C, H, W) or (C, H, W), overlapping where they cannot be even.

    `output_size` is how many in each dim, or one number for both; None keeps a dim's size.

    >>> adaptive_avg_pool2d(randn(2, 3, 5, 7), (3, 4))
    >>> adaptive_avg_pool2d(randn(2, 4, 6), 1)
    >>> adaptive_avg_pool2d(randn(1, 2, 4, 3), (2, None))
    """
    return _adaptive_avg("adaptive_avg_pool2d", 2, input, output_size)


@composite
def adaptive_avg_pool3d(input: Tensor, output_size: OutputSize) -> Tensor:
    """Average even shares of volumes (N, C, D, H, W) or (C, D, H, W). Sizes as in `adaptive_avg_pool2d`.

    >>> adaptive_avg_pool3d(randn(1, 2, 3, 4, 5), (2, 4, 3))
    """
    return _adaptive_avg("adaptive_avg_pool3d", 3, input, output_size)


@composite
def adaptive_max_pool1d(input: Tensor, output_size: OutputSize, return_indices: bool = False) -> Any:
    """Take the maximum of `output_size` even shares of (N, C, L) or (C, L).

    >>> adaptive_max_pool1d(randn(2, 3, 8), 3)
    """
    return _adaptive_max("adaptive_max_pool1d", 1, input, output_size, return_indices)


@composite
def adaptive_max_pool2d(input: Tensor, output_size: OutputSize, return_indices: bool = False) -> Any:
    """Take the maximum of even shares of images (N, C, H, W) or (C, H, W). Sizes as in `adaptive_avg_pool2d`.

    With `return_indices` the result is a pair: the maxima, and where in its flattened plane each was.

    >>> adaptive_max_pool2d(randn(2, 3, 5, 7), (3, 4))
    >>> adaptive_max_pool2d(randn(2, 4, 6), (2, 3))
    >>> adaptive_max_pool2d(randn(1, 2, 4, 3), (3, None), return_indices=True)
    """
    return _adaptive_max("adaptive_max_pool2d", 2, input, output_size, return_indices)


@composite
def adaptive_max_pool3d(input: Tensor, output_size: OutputSize, return_indices: bool = False) -> Any:
    """Take the maximum of even shares of volumes (N, C, D, H, W) or (C, D, H, W). Options as in `adaptive_max_pool2d`.

    >>> adaptive_max_pool3d(randn(1, 2, 3, 4, 5), (2, 4, 3))
    """
    return _adaptive_max("adaptive_max_pool3d", 3, input, output_size, return_indices)


def adaptive_max_pool1d_with_indices(input: Tensor, output_size: OutputSize, return_indices: bool = False) -> Any:
    """Return the pair that `adaptive_max_pool1d` gives with `return_indices`; `torch.adaptive_max_pool1d` is this."""
    return adaptive_max_pool1d(input, output_size, return_indices=True)


def adaptive_max_pool2d_with_indices(input: Tensor, output_size: OutputSize, return_indices: bool = False) -> Any:
    """Return the pair that `adaptive_max_pool2d` gives with `return_indices`, which says nothing here."""
    return adaptive_max_pool2d(input, output_size, return_indices=True)


def adaptive_max_pool3d_with_indices(input: Tensor, output_size: OutputSize, return_indices: bool = False) -> Any:
    """Return the pair that `adaptive_max_pool3d` gives with `return_indices`, which says nothing here."""
    return adaptive_max_pool3d(input, output_size, return_indices=True)


def _adaptive_avg(name: str, dims: int, input: Tensor, output_size: OutputSize) -> Tensor:
    counts = _counts(name, dims, input, output_size)
    if set(counts) == {1}:  # PyTorch takes the mean here, of complex numbers too
        return mean(input, tuple(range(-dims, 0)), True)
    refuse_dtype(name, input)
    return batched(adaptive_avg_pool, dims, input, counts)


def _adaptive_max(name: str, dims: int, input: Tensor, output_size: OutputSize, return_indices: bool) -> Any:
    counts = _counts(name, dims, input, output_size)
    refuse_dtype(name, input)
    sizes = tuple(input.shape[-dims:])
    if all(count and size % count == 0 for size, count in zip(sizes, counts, strict=True)):
        window = tuple(size // count for size, count in zip(sizes, counts, strict=True))
        even = Windows(sizes, window, window, (0,) * dims, (1,) * dims, counts)
        out = batched(max_pool, dims, input, even)
        return (out, batched(max_pool_indices, dims, input, even)) if return_indices else out
    indices = batched(adaptive_max_indices, dims, input, counts)
    out = read_cells(dims, input, indices)
    return (out, indices) if return_indices else out


def _counts(name: str, dims: int, input: Tensor, output_size: OutputSize) -> Sizes:
    """Return how many shares to make of each dim; raise RuntimeError where the arguments do not fit."""
    if not isinstance(output_size, int) and input.ndim <= len(output_size):
        raise ValueError(f"{name}(): Input dimension should be at least {len(output_size) + 1}, but got {list(input.shape)}; "
                         "add a channel dim with unsqueeze(0)")
    if input.ndim not in (dims + 1, dims + 2):
        raise RuntimeError(f"{name}(): Expected {dims + 1}D or {dims + 2}D tensor, but got {list(input.shape)}")
    if 0 in input.shape[-dims - 1:]:
        raise RuntimeError(f"{name}(): Expected input to have non-zero size for non-batch dimensions, but input has "
                           f"sizes {list(input.shape)}")
    wanted = (output_size,) * dims if isinstance(output_size, int | None) else tuple(output_size)
    if len(wanted) != dims:
        raise RuntimeError(f"{name}: output_size must be {dims} numbers or one, but got {output_size!r}")
    counts = tuple(size if count is None else count for size, count in zip(input.shape[-dims:], wanted, strict=True))
    if min(counts) < 0:
        raise RuntimeError(f"{name}: elements of output_size must be greater than or equal to 0 but received "
                           f"{list(counts)}")
    return counts
