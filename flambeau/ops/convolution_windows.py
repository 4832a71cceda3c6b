"""The windows that a convolution's arguments ask for, and what is wrong with arguments that ask for none."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.dispatch.inplace import pytorch_name
from flambeau.ops.windows import IntOrInts, Sizes, Windows, by, expanded, output_size

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def direct_windows(name: str, dims: int, input: Tensor, weight: Tensor, bias: Tensor | None, stride: IntOrInts,
                   padding: IntOrInts | str, dilation: IntOrInts, groups: int) -> Windows:
    """Check the arguments of a convolution and return its windows; raise RuntimeError where they do not fit."""
    _check_ranks(name, dims, input, weight)
    strides = _option(name, "stride", stride, dims, least=1)
    dilations = _option(name, "dilation", dilation, dims, least=1)
    _check_weight(name, weight, bias, groups, outputs=weight.shape[0])
    _check_channels(name, input, input.shape[-dims - 1], weight, weight.shape[1] * groups, groups)
    _check_dtypes(name, input, weight, bias)
    sizes, kernel = tuple(input.shape[-dims:]), tuple(weight.shape[2:])
    if padding == "same":
        front, counts = _same_padding(name, sizes, kernel, strides, dilations)
    else:
        front = (0,) * dims if padding == "valid" else _option(name, "padding", padding, dims, least=0)
        counts = _counts(name, sizes, kernel, strides, front, dilations)
    return Windows(sizes, kernel, strides, front, dilations, counts)


def transposed_windows(name: str, dims: int, input: Tensor, weight: Tensor, bias: Tensor | None, stride: IntOrInts,
                       padding: IntOrInts, output_padding: IntOrInts, groups: int, dilation: IntOrInts) -> Windows:
    """Check the arguments of a transposed convolution and return the windows it spreads under, as above."""
    _check_ranks(name, dims, input, weight)
    strides = _option(name, "stride", stride, dims, least=1)
    dilations = _option(name, "dilation", dilation, dims, least=1)
    front = _option(name, "padding", padding, dims, least=0)
    extra = _option(name, "output_padding", output_padding, dims, least=0)
    _check_weight(name, weight, bias, groups, outputs=weight.shape[1] * groups)
    _check_channels(name, input, input.shape[-dims - 1], weight, weight.shape[0], groups)
    _check_dtypes(name, input, weight, bias)
    counts, kernel = tuple(input.shape[-dims:]), tuple(weight.shape[2:])
    sizes = _spread_sizes(name, counts, kernel, strides, front, dilations, extra)
    return Windows(sizes, kernel, strides, front, dilations, counts)


def _same_padding(name: str, sizes: Sizes, kernel: Sizes, stride: Sizes, dilation: Sizes) -> tuple[Sizes, Sizes]:
    """Return the padding in front and the counts; the larger half of an odd padding goes behind."""
    if any(step != 1 for step in stride):
        raise RuntimeError(f"{name}: padding='same' is not supported for strided convolutions, and stride is {stride}; "
                           "give the padding in numbers")
    return tuple(d * (window - 1) // 2 for window, d in zip(kernel, dilation, strict=True)), sizes


def _counts(name: str, sizes: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes) -> Sizes:
    padded = [size + 2 * p for size, p in zip(sizes, padding, strict=True)]
    reach = [d * (window - 1) + 1 for window, d in zip(kernel, dilation, strict=True)]
    if 0 in sizes or 0 in kernel or any(r > size for r, size in zip(reach, padded, strict=True)):
        raise RuntimeError(f"{name}: Calculated padded input size per channel: ({by(padded)}). "
                           f"Kernel size: ({by(reach)}). Kernel size can't be greater than actual input size; add "
                           "padding or feed a larger input")
    return tuple(output_size(*options) for options in zip(sizes, kernel, stride, padding, dilation, strict=True))


def _spread_sizes(name: str, counts: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes,
                  extra: Sizes) -> Sizes:
    if any(more >= max(step, d) for more, step, d in zip(extra, stride, dilation, strict=True)):
        raise RuntimeError(f"{name}: output padding must be smaller than either stride or dilation, but got "
                           f"output_padding={extra}, stride={stride}, dilation={dilation}")
    sizes = tuple((count - 1) * step - 2 * p + d * (window - 1) + more + 1 for count, window, step, p, d, more
                  in zip(counts, kernel, stride, padding, dilation, extra, strict=True))
    if any(size < 1 for size in sizes):
        raise RuntimeError(f"{name}: Given input size per channel: ({by(counts)}). Calculated output size per channel: "
                           f"({by(sizes)}). Output size is too small; use less padding or feed a larger input")
    return sizes


def _option(name: str, what: str, value: Any, dims: int, least: int) -> Sizes:
    """Return one int for each dim, none below `least`."""
    if isinstance(value, str):
        raise RuntimeError(f"{name}: Invalid {what} string: {value!r}; padding takes 'same', 'valid' or numbers")
    if isinstance(value, float | complex):
        raise TypeError(f"{name}(): argument '{what}' must be an int or a tuple of ints, not {type(value).__name__}")
    ints = expanded(value, dims)
    if ints is None:
        raise RuntimeError(f"{name}: expected {what} to be a single integer value or a list of {dims} values to match "
                           f"the convolution dimensions, but got {what}={value}")
    if min(ints) < least:
        raise RuntimeError(f"{name}: {'non-positive' if least else 'negative'} {what} is not supported, but got "
                           f"{what}={list(ints)}; it must be at least {least}")
    return ints


def _check_ranks(name: str, dims: int, input: Tensor, weight: Tensor) -> None:
    if dims < 1 or weight.ndim != dims + 2:
        raise RuntimeError(f"{name}: expected a weight of {dims + 2} dims (out channels, in channels / groups, then "
                           f"the kernel), but got weight of size {list(weight.shape)}")
    if input.ndim not in (dims + 1, dims + 2):
        raise RuntimeError(f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {name}, but got input "
                           f"of size: {list(input.shape)}")


def _check_weight(name: str, weight: Tensor, bias: Tensor | None, groups: int, outputs: int) -> None:
    if groups < 1:
        raise RuntimeError(f"{name}: non-positive groups is not supported, but got groups={groups}")
    size = list(weight.shape)
    if weight.shape[0] < groups:
        raise RuntimeError(f"{name}: Given groups={groups}, expected weight to be at least {groups} at dimension 0, "
                           f"but got weight of size {size} instead")
    if weight.shape[0] % groups:
        raise RuntimeError(f"{name}: Given groups={groups}, expected weight to be divisible by {groups} at dimension "
                           f"0, but got weight of size {size} instead")
    if bias is not None and tuple(bias.shape) != (outputs,):
        raise RuntimeError(f"{name}: Given weight of size {size}, expected bias to be 1-dimensional with {outputs} "
                           f"elements, but got bias of size {list(bias.shape)} instead")


def _check_channels(name: str, input: Tensor, seen: int, weight: Tensor, wanted: int, groups: int) -> None:
    if seen != wanted:
        raise RuntimeError(f"{name}: Given groups={groups}, weight of size {list(weight.shape)}, expected "
                           f"input{list(input.shape)} to have {wanted} channels, but got {seen} channels instead; "
                           "check in_channels or groups")


def _check_dtypes(name: str, input: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    if bias is not None and bias.dtype != input.dtype:
        raise RuntimeError(f"{name}: Input type ({_type_name(input).lower()}) and bias type "
                           f"({_type_name(bias).lower()}) should be the same; convert one with .to(dtype)")
    if weight.dtype != input.dtype:
        raise RuntimeError(f"{name}: expected scalar type {_type_name(input)} but found {_type_name(weight)}: input "
                           "and weight should have the same type; convert one with .to(dtype)")


def _type_name(tensor: Tensor) -> str:
    return pytorch_name(tensor.dtype.numpy)
