"""Convolution and its transpose in 1 to 3 dims, on three ops that are each other's gradients."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops import columns
from flambeau.ops.convolution_windows import direct_windows, transposed_windows
from flambeau.ops.permutation import permute
from flambeau.ops.reduction import sum
from flambeau.ops.shape import reshape
from flambeau.ops.windows import IntOrInts, Windows

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _over_cells(g: Tensor) -> Tensor:
    """The gradient of a bias: all of its channel, added up."""
    return sum(sum(reshape(g, (g.shape[0], g.shape[1], math.prod(g.shape[2:]))), 2), 0)


@op(promote=SAME, grad_name="ConvolutionBackward0", grad={
    "input": lambda g, weight, windows, groups: convolve_transposed(g, weight, None, windows, groups),
    "weight": lambda g, input, windows, groups: convolve_weight(input, g, windows, groups),
    "bias": lambda g: _over_cells(g),
})
def convolve(input: Tensor, weight: Tensor, bias: Tensor | None, windows: Windows, groups: int) -> Tensor:
    """Multiply what lies under each window with the weight: (N, C, *sizes) to (N, O, *counts)."""
    return columns.correlate(input, weight, bias, windows, groups)


@op(promote=SAME, grad_name="ConvolutionBackward0", grad={
    "input": lambda g, weight, windows, groups: convolve(g, weight, None, windows, groups),
    "weight": lambda g, input, windows, groups: convolve_weight(g, input, windows, groups),
    "bias": lambda g: _over_cells(g),
})
def convolve_transposed(input: Tensor, weight: Tensor, bias: Tensor | None, windows: Windows, groups: int) -> Tensor:
    """Add each cell times the weight to what lies under its window: (N, O, *counts) to (N, C, *sizes)."""
    return columns.spread(input, weight, bias, windows, groups)


@op(promote=SAME, grad={
    "large": lambda g, small, windows, groups: convolve_transposed(small, g, None, windows, groups),
    "small": lambda g, large, windows, groups: convolve(large, g, None, windows, groups),
})
def convolve_weight(large: Tensor, small: Tensor, windows: Windows, groups: int) -> Tensor:
    """Add up each cell of `small` times what lies under its window in `large`: (O, C, *kernel)."""
    return columns.match(large, small, windows, groups)


@composite
def conv1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrInts = 1,
           padding: IntOrInts | str = 0, dilation: IntOrInts = 1, groups: int = 1) -> Tensor:
    """Slide windows over sequences (N, C, L), or one of (C, L). Sizes as in `conv2d`.

    >>> conv1d(randn(2, 3, 7), randn(4, 3, 3), randn(4), padding=1)
    >>> conv1d(randn(4, 8), randn(2, 2, 3), stride=2, dilation=2, groups=2)
    """
    return _convolution("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


@composite
def conv2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrInts = 1,
           padding: IntOrInts | str = 0, dilation: IntOrInts = 1, groups: int = 1) -> Tensor:
    """Slide windows over images (N, C, H, W), or one of (C, H, W), with a weight of (O, C / groups, kH, kW).

    `padding`: so many zeros on each side, or "valid" for none, or "same" for as many as keep the size.

    >>> conv2d(randn(2, 3, 5, 6), randn(4, 3, 3, 3), randn(4))
    >>> conv2d(randn(2, 2, 5, 5), randn(4, 1, 3, 2), stride=2, padding=(1, 0), groups=2)
    >>> conv2d(randn(2, 5, 5), randn(1, 2, 2, 3), padding="same", dilation=2)
    >>> conv2d(randn(2, 3, 6, 6), randn(2, 3, 1, 1), randn(2))
    """
    return _convolution("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


@composite
def conv3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrInts = 1,
           padding: IntOrInts | str = 0, dilation: IntOrInts = 1, groups: int = 1) -> Tensor:
    """Slide windows over volumes (N, C, D, H, W), or one of (C, D, H, W). Sizes as in `conv2d`.

    >>> conv3d(randn(1, 2, 3, 4, 4), randn(2, 2, 2, 3, 2), randn(2), padding=1)
    >>> conv3d(randn(2, 4, 4, 3), randn(2, 1, 2, 2, 2), stride=(2, 1, 1), groups=2)
    """
    return _convolution("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


@composite
def conv_transpose1d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrInts = 1,
                     padding: IntOrInts = 0, output_padding: IntOrInts = 0, groups: int = 1,
                     dilation: IntOrInts = 1) -> Tensor:
    """Spread sequences (N, C, L) under windows. Sizes as in `conv_transpose2d`.

    >>> conv_transpose1d(randn(2, 3, 4), randn(3, 2, 3), randn(2), stride=2, output_padding=1)
    """
    return _transposed("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


@composite
def conv_transpose2d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrInts = 1,
                     padding: IntOrInts = 0, output_padding: IntOrInts = 0, groups: int = 1,
                     dilation: IntOrInts = 1) -> Tensor:
    """Spread images (N, C, H, W) under windows, as the gradient of `conv2d` does.

    The weight is (C, O / groups, kH, kW). `padding` is cut off on each side; `output_padding` is added behind, where a
    stride leaves the size open.

    >>> conv_transpose2d(randn(2, 3, 3, 4), randn(3, 2, 3, 3), randn(2))
    >>> conv_transpose2d(randn(4, 3, 3), randn(4, 1, 3, 2), stride=2, padding=1, output_padding=(1, 0), groups=2)
    """
    return _transposed("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


@composite
def conv_transpose3d(input: Tensor, weight: Tensor, bias: Tensor | None = None, stride: IntOrInts = 1,
                     padding: IntOrInts = 0, output_padding: IntOrInts = 0, groups: int = 1,
                     dilation: IntOrInts = 1) -> Tensor:
    """Spread volumes (N, C, D, H, W) under windows. Sizes as in `conv_transpose2d`.

    >>> conv_transpose3d(randn(1, 2, 2, 2, 3), randn(2, 1, 2, 3, 2), randn(1), padding=(0, 1, 0), dilation=(2, 1, 1))
    """
    return _transposed("conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation)


@composite
def convolution(input: Tensor, weight: Tensor, bias: Tensor | None, stride: Sequence[int], padding: Sequence[int],
                dilation: Sequence[int], transposed: bool, output_padding: Sequence[int], groups: int) -> Tensor:
    """Convolve in as many dims as the weight has, all options given; `transposed` picks `conv_transpose`.

    >>> convolution(randn(1, 2, 5, 5), randn(3, 2, 3, 3), None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1)
    >>> convolution(randn(1, 2, 4), randn(2, 3, 3), randn(3), [2], [1], [1], True, [1], 1)
    """
    dims = weight.ndim - 2
    if transposed:
        return _transposed("convolution", dims, input, weight, bias, stride, padding, output_padding, groups, dilation)
    return _convolution("convolution", dims, input, weight, bias, stride, padding, dilation, groups)


def _convolution(name: str, dims: int, input: Tensor, weight: Tensor, bias: Tensor | None, stride: IntOrInts,
                 padding: IntOrInts | str, dilation: IntOrInts, groups: int) -> Tensor:
    windows = direct_windows(name, dims, input, weight, bias, stride, padding, dilation, groups)
    if input.ndim == dims + 2:
        return convolve(input, weight, bias, windows, groups)
    return _only(convolve(_batch_of(input), weight, bias, windows, groups))


def _transposed(name: str, dims: int, input: Tensor, weight: Tensor, bias: Tensor | None, stride: IntOrInts,
                padding: IntOrInts, output_padding: IntOrInts, groups: int, dilation: IntOrInts) -> Tensor:
    windows = transposed_windows(name, dims, input, weight, bias, stride, padding, output_padding, groups, dilation)
    if input.ndim == dims + 2:
        return convolve_transposed(input, weight, bias, windows, groups)
    return _only(convolve_transposed(_batch_of(input), weight, bias, windows, groups))


def _batch_of(one: Tensor) -> Tensor:
    return reshape(one, (1, *one.shape))


def _only(batch: Tensor) -> Tensor:
    return reshape(batch, batch.shape[1:])


@composite
def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: int = 0) -> Tensor:
    """Slide windows over sequences (T, N, C), time first, with a weight of (kT, C, O).

    >>> conv_tbc(randn(5, 2, 3), randn(3, 3, 4), randn(4), 1)
    """
    if input.ndim != 3:
        raise RuntimeError(f"Input must have 3 dims: time, batch, in_channel; it has {input.ndim}")
    if weight.ndim != 3:
        raise RuntimeError(f"Weight tensor must have 3 dims: kernel_width, in_channels, out_channels; it has {weight.ndim}.")
    if tuple(bias.shape) != (weight.shape[2],):
        raise RuntimeError("Bias size must equal dim 2 in the weight tensor (output channels), but is "
                           f"{list(bias.shape)} for {weight.shape[2]}.")
    if input.shape[2] != weight.shape[1]:
        raise RuntimeError(f"Input dim 2 (input channels) is not == dim 1 in the weight tensor: {input.shape[2]} and "
                           f"{weight.shape[1]}")
    return permute(conv1d(permute(input, (1, 2, 0)), permute(weight, (2, 1, 0)), bias, padding=pad), (2, 0, 1))
