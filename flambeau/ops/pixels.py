"""Pixels moved between channels and space."""
from __future__ import annotations

from typing import TYPE_CHECKING

from flambeau.core.layout import contiguous_format
from flambeau.dispatch.op import composite
from flambeau.ops.conversion import clone
from flambeau.ops.permutation import permute
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Spread groups of channels over finer pixels: (…, C·r², H, W) becomes (…, C, H·r, W·r).

    >>> pixel_shuffle(randn(1, 4, 2, 3), 2)
    """
    r, shape = upscale_factor, tuple(input.shape)
    if len(shape) < 3:
        raise RuntimeError(f"pixel_shuffle expects input to have at least 3 dimensions, but got input with {len(shape)} "
                           "dimension(s)")
    if r <= 0:
        raise RuntimeError(f"pixel_shuffle expects a positive upscale_factor, but got {r}")
    *batch, channels, height, width = shape
    if channels % (r * r):
        raise RuntimeError("pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of "
                           f"upscale_factor, but input.size(-3)={channels} is not divisible by {r * r}")
    if r == 1:
        return clone(input, memory_format=contiguous_format)
    apart = reshape(input, (*batch, channels // (r * r), r, r, height, width))
    n = len(batch)
    mixed = permute(apart, (*range(n), n, n + 3, n + 1, n + 4, n + 2))
    return reshape(mixed, (*batch, channels // (r * r), height * r, width * r))


@composite
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """Gather neighbouring pixels into channels, the inverse of `pixel_shuffle`.

    >>> pixel_unshuffle(randn(1, 1, 4, 6), 2)
    """
    r, shape = downscale_factor, tuple(input.shape)
    if len(shape) < 3:
        raise RuntimeError(f"pixel_unshuffle expects input to have at least 3 dimensions, but got input with {len(shape)} "
                           "dimension(s)")
    if r <= 0:
        raise RuntimeError(f"pixel_unshuffle expects a positive downscale_factor, but got {r}")
    *batch, channels, height, width = shape
    if height % r or width % r:
        raise RuntimeError(f"pixel_unshuffle expects height and width to be divisible by downscale_factor, but input of "
                           f"{height} x {width} is not divisible by {r}")
    if r == 1:
        return clone(input, memory_format=contiguous_format)
    apart = reshape(input, (*batch, channels, height // r, r, width // r, r))
    n = len(batch)
    mixed = permute(apart, (*range(n), n, n + 2, n + 4, n + 1, n + 3))
    return reshape(mixed, (*batch, channels * r * r, height // r, width // r))


@composite
def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Deal the channels out to `groups` in turn.

    >>> channel_shuffle(randn(1, 4, 2, 2), 2)
    """
    shape = tuple(input.shape)
    if len(shape) < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(shape)}")
    if groups <= 0 or shape[1] % groups:
        raise RuntimeError(f"Number of groups to divide channels in must be positive and divide them. Value of groups:"
                           f"{groups}, channels: {shape[1]}")
    apart = reshape(input, (shape[0], groups, shape[1] // groups, *shape[2:]))
    return reshape(permute(apart, (0, 2, 1, *range(3, len(shape) + 1))), shape)


native_channel_shuffle = channel_shuffle
