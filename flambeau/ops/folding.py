"""`unfold` writes what lies under each window out as a column; `fold` adds columns back up."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flambeau.core.arrays import namespace_of
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.pooling import batched
from flambeau.ops.windows import IntOrInts, Sizes, Windows, expanded, output_size, taps

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

ALL = slice(None)


@op(promote=SAME, grad={"input": lambda g, windows: columns_to_image(g, windows)}, grad_name="Im2ColBackward0")
def image_to_columns(input: Tensor, windows: Windows) -> Tensor:
    """Write out what lies under each window: (N, C, *sizes) to (N, C x taps, windows)."""
    batch, channels = input.shape[:2]
    columns = namespace_of(input).zeros((batch, channels, *windows.kernel, *windows.counts), input.dtype)
    for tap, cells, where in taps(windows):
        columns[(ALL, ALL, *tap, *where)] = input[(..., *cells)]
    return columns.reshape(batch, channels * math.prod(windows.kernel), math.prod(windows.counts))


@op(promote=SAME, grad={"input": lambda g, windows: image_to_columns(g, windows)}, grad_name="Col2ImBackward0")
def columns_to_image(input: Tensor, windows: Windows) -> Tensor:
    """Add columns up in the cells they came from: (N, C x taps, windows) to (N, C, *sizes)."""
    batch, channels = input.shape[0], input.shape[1] // math.prod(windows.kernel)
    columns = input.reshape(batch, channels, *windows.kernel, *windows.counts)
    image = namespace_of(input).zeros((batch, channels, *windows.sizes), input.dtype)
    for tap, cells, where in taps(windows):
        image[(..., *cells)] += columns[(ALL, ALL, *tap, *where)]
    return image


@composite
def unfold(input: Tensor, kernel_size: IntOrInts, dilation: IntOrInts = 1, padding: IntOrInts = 0,
           stride: IntOrInts = 1) -> Tensor:
    """Write what lies under each window over (N, C, H, W) or (C, H, W) out as a column of (N, C x kH x kW, windows).

    >>> unfold(randn(2, 3, 4, 5), 2)
    >>> unfold(randn(1, 2, 5, 5), (3, 2), dilation=(1, 2), padding=1, stride=2)
    >>> unfold(randn(2, 4, 4), 3)
    """
    if input.ndim not in (3, 4) or 0 in input.shape[-3:]:
        raise RuntimeError("unfold: Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other "
                           f"non-zero dimensions for input, but got: {list(input.shape)}")
    windows = _windows("unfold", input.shape[-2:], kernel_size, dilation, padding, stride)
    return batched(image_to_columns, 2, input, windows)


@composite
def fold(input: Tensor, output_size: IntOrInts, kernel_size: IntOrInts, dilation: IntOrInts = 1, padding: IntOrInts = 0,
         stride: IntOrInts = 1) -> Tensor:
    """Add columns (N, C x kH x kW, windows), laid out as by `unfold`, up to images (N, C, *output_size).

    >>> fold(randn(2, 12, 12), (4, 5), 2)
    >>> fold(randn(8, 9), (5, 5), 2, padding=1, stride=2)
    """
    if input.ndim not in (2, 3) or 0 in input.shape[-2:]:
        raise RuntimeError("fold: Expected 2D or 3D (batch mode) tensor for input with possibly 0 batch size and "
                           f"non-zero dimensions for input, but got: {list(input.shape)}")
    windows = _windows("fold", _pair("fold", "output_size", output_size, 1), kernel_size, dilation, padding, stride)
    if input.shape[-2] % math.prod(windows.kernel):
        raise RuntimeError("fold: Expected size of input's dimension 1 to be divisible by the product of kernel_size, "
                           f"but got input.size(1)={input.shape[-2]} and kernel_size={windows.kernel}")
    if input.shape[-1] != math.prod(windows.counts):
        raise RuntimeError(f"fold: Given output_size={windows.sizes}, kernel_size={windows.kernel}, "
                           f"dilation={windows.dilation}, padding={windows.padding}, stride={windows.stride}, expected "
                           "size of input's dimension 2 to match the calculated number of sliding blocks "
                           f"{' * '.join(map(str, windows.counts))} = {math.prod(windows.counts)}, but got "
                           f"input.size(2)={input.shape[-1]}")
    return batched(columns_to_image, 1, input, windows)


def _windows(name: str, sizes: Sizes, kernel_size: IntOrInts, dilation: IntOrInts, padding: IntOrInts,
             stride: IntOrInts) -> Windows:
    kernel, steps = _pair(name, "kernel_size", kernel_size, 1), _pair(name, "stride", stride, 1)
    front, dilations = _pair(name, "padding", padding, 0), _pair(name, "dilation", dilation, 1)
    counts = tuple(output_size(*options) for options in zip(sizes, kernel, steps, front, dilations, strict=True))
    if min(counts) < 1:
        raise RuntimeError(f"{name}: Given input with spatial size {tuple(sizes)}, kernel_size={kernel}, "
                           f"dilation={dilations}, padding={front}, calculated shape of the array of sliding blocks as "
                           f"{counts}, but its components must be at least one.")
    return Windows(tuple(sizes), kernel, steps, front, dilations, counts)


def _pair(name: str, what: str, value: IntOrInts, least: int) -> Sizes:
    ints = expanded(value, 2)
    if ints is None:
        raise TypeError(f"{name}: {what} must be an int or a pair of ints, not {value!r}")
    if min(ints) < least:
        raise RuntimeError(f"{name}: {what} should be {'greater than zero' if least else 'non-negative'}, but got "
                           f"{ints}")
    return ints
