"""Max pools whose windows lie at random, so that a plane shrinks by any ratio."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import composite, op
from flambeau.ops.planes import crossed, read_cells, under, winners
from flambeau.ops.pooling import batched
from flambeau.ops.pooling_windows import check_planes, option, refuse_dtype
from flambeau.ops.random import rand
from flambeau.ops.windows import IntOrInts, Sizes

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Ratios = float | Sequence[float]


@op()
def fractional_max_indices(input: Tensor, kernel: Sizes, counts: Sizes, samples: Tensor) -> Tensor:
    """Say where in its plane the maximum under each window is; `samples` (N, C, dims) in [0, 1) place the windows."""
    xp, per_dim = namespace_of(input), []
    for dim, (size, window, count) in enumerate(zip(input.shape[2:], kernel, counts, strict=True)):
        sample = samples[..., dim if len(kernel) == 3 else -1 - dim, None]  # in two dims the columns come first
        start = _random_starts(xp, sample, size, window, count)
        per_dim.append(start[..., None] + xp.arange(window))
    table = crossed(per_dim, input.shape[2:])
    return winners(under(table, input), table).reshape(*input.shape[:2], *counts)


def _random_starts(xp: Any, sample: Array, size: int, window: int, count: int) -> Array:
    """Spread windows over a dim at steps that are not even; the last ends at its end."""
    last = xp.full((*sample.shape[:-1], 1), size - window)
    if count == 1:
        return last
    step = sample.dtype.type((size - window) / (count - 1))
    steps = xp.arange(count - 1, dtype=sample.dtype)
    start = ((steps + sample) * step).astype(last.dtype) - (sample * step).astype(last.dtype)
    return xp.concatenate((start, last), axis=-1)


@composite
def fractional_max_pool2d(input: Tensor, kernel_size: IntOrInts, output_size: IntOrInts | None = None,
                          output_ratio: Ratios | None = None, return_indices: bool = False,
                          _random_samples: Tensor | None = None) -> Any:
    """Take the maximum under windows laid at random over images (N, C, H, W) or (C, H, W).

    There are `output_size` windows, or `output_ratio` of the input's size. `_random_samples` (N, C, 2) in
    [0, 1) places them.

    >>> fractional_max_pool2d(randn(2, 3, 8, 5), 2, output_size=(4, 4))  # whole steps leave chance no choice
    """
    return _fractional("fractional_max_pool2d", 2, input, kernel_size, output_size, output_ratio, return_indices,
                       _random_samples)


@composite
def fractional_max_pool3d(input: Tensor, kernel_size: IntOrInts, output_size: IntOrInts | None = None,
                          output_ratio: Ratios | None = None, return_indices: bool = False,
                          _random_samples: Tensor | None = None) -> Any:
    """Take the maximum under windows laid at random over volumes. Options as in `fractional_max_pool2d`.

    >>> fractional_max_pool3d(randn(1, 2, 4, 5, 6), 2, output_ratio=(0.5, 0.5, 0.5))
    """
    return _fractional("fractional_max_pool3d", 3, input, kernel_size, output_size, output_ratio, return_indices,
                       _random_samples)


def fractional_max_pool2d_with_indices(input: Tensor, kernel_size: IntOrInts, output_size: IntOrInts | None = None,
                                       output_ratio: Ratios | None = None, return_indices: bool = True,
                                       _random_samples: Tensor | None = None) -> Any:
    """Return the pair that `fractional_max_pool2d` gives with `return_indices`."""
    return fractional_max_pool2d(input, kernel_size, output_size, output_ratio, True, _random_samples)


def fractional_max_pool3d_with_indices(input: Tensor, kernel_size: IntOrInts, output_size: IntOrInts | None = None,
                                       output_ratio: Ratios | None = None, return_indices: bool = True,
                                       _random_samples: Tensor | None = None) -> Any:
    """Return the pair that `fractional_max_pool3d` gives with `return_indices`."""
    return fractional_max_pool3d(input, kernel_size, output_size, output_ratio, True, _random_samples)


def _fractional(name: str, dims: int, input: Tensor, kernel_size: IntOrInts, output_size: IntOrInts | None,
                output_ratio: Ratios | None, return_indices: bool, samples: Tensor | None) -> Any:
    check_planes(name, dims, input)
    refuse_dtype(name, input)
    sizes = tuple(input.shape[-dims:])
    kernel = option(name, "kernel_size", kernel_size, dims, least=1)
    counts = _counts(name, dims, sizes, output_size, output_ratio)
    if any(window + count - 1 > size for window, count, size in zip(kernel, counts, sizes, strict=True)):
        raise RuntimeError(f"{name}(): {list(counts)} windows of {list(kernel)} are too large relative to the input's "
                           f"{list(sizes)}; ask for fewer or smaller ones")
    planes = (1, *input.shape)[-dims - 2:-dims]
    if samples is None:
        samples = rand((*planes, dims), dtype=input.dtype, device=input.device)
    elif dims == 3 and input.ndim == 4:
        samples = samples[:1]  # PyTorch takes the first of those for a batch
    if tuple(samples.shape) != (*planes, dims):
        raise RuntimeError(f"{name}(): expected _random_samples of size {[*planes, dims]}, but got "
                           f"{list(samples.shape)}")
    indices = batched(fractional_max_indices, dims, input, kernel, counts, samples)
    out = read_cells(dims, input, indices)
    return (out, indices) if return_indices else out


def _counts(name: str, dims: int, sizes: Sizes, output_size: IntOrInts | None, output_ratio: Ratios | None) -> Sizes:
    if output_size is not None:
        return option(name, "output_size", output_size, dims, least=1)
    if output_ratio is None:
        raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
    ratios = (output_ratio,) * dims if isinstance(output_ratio, float | int) else tuple(output_ratio)
    if not all(0 < ratio < 1 for ratio in ratios):
        raise ValueError(f"{name}: output_ratio must be between 0 and 1 (got {output_ratio})")
    return tuple(int(size * ratio) for size, ratio in zip(sizes, ratios, strict=True))
