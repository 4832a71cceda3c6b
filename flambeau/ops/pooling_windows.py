"""The windows that a pool's arguments ask for, and what is wrong with arguments that ask for none."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.dispatch.inplace import pytorch_name
from flambeau.ops.windows import IntOrInts, Sizes, Windows, by, expanded, output_size

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

NUMBERS = ("an int", "a single int, or a tuple of two ints", "a single int, or a tuple of three ints")


def pool_windows(name: str, dims: int, input: Tensor, kernel_size: IntOrInts, stride: IntOrInts | None,
                 padding: IntOrInts = 0, dilation: IntOrInts = 1, ceil_mode: bool = False) -> Windows:
    """Check the arguments of a pool and return its windows; raise RuntimeError where they do not fit."""
    check_planes(name, dims, input)
    kernel = option(name, "kernel_size", kernel_size, dims, least=1)
    strides = stride_option(name, stride, dims, kernel)
    front = option(name, "padding", padding, dims, least=0)
    dilations = option(name, "dilation", dilation, dims, least=1)
    for window, before, d in zip(kernel, front, dilations, strict=True):
        if before > (d * (window - 1) + 1) // 2:
            raise RuntimeError(f"{name}: pad should be at most half of effective kernel size, but got pad={before}, "
                               f"kernel_size={window} and dilation={d}; pad the input itself for more")
    sizes = tuple(input.shape[-dims:])
    counts = tuple(output_size(*options, ceil_mode)
                   for options in zip(sizes, kernel, strides, front, dilations, strict=True))
    if min(counts) < 1:
        raise RuntimeError(f"{name}: Given input size: ({by(input.shape[-dims - 1:])}). Calculated output size: "
                           f"({by((input.shape[-dims - 1], *counts))}). Output size is too small; use a smaller "
                           "kernel_size or feed a larger input")
    return Windows(sizes, kernel, strides, front, dilations, counts)


def option(name: str, what: str, value: Any, dims: int, least: int) -> Sizes:
    """Return one int for each dim, none below `least`."""
    ints = expanded(value, dims)
    if ints is None:
        raise (TypeError if isinstance(value, float | str | None) else RuntimeError)(
            f"{name}: {what} must either be {NUMBERS[dims - 1]}, not {value!r}")
    if min(ints) < least:
        raise RuntimeError(f"{name}: {what} must be {'greater than zero' if least else 'non-negative'}, but got "
                           f"{what}={list(ints)}")
    return ints


def stride_option(name: str, stride: Any, dims: int, kernel: Sizes) -> Sizes:
    """Return the stride: side by side, by the size of the kernel, where none is given."""
    return kernel if stride is None or stride == [] or stride == () else option(name, "stride", stride, dims, least=1)


def check_planes(name: str, dims: int, input: Tensor) -> None:
    """Raise RuntimeError unless `input` is (N, C, *planes) or (C, *planes), where only N may be 0."""
    if input.ndim not in (dims + 1, dims + 2) or 0 in input.shape[-dims - 1:]:
        raise RuntimeError(f"{name}: Expected {dims + 1}D or {dims + 2}D (batch mode) tensor with optional 0 dim batch "
                           f"size for input, but got: {list(input.shape)}")


def refuse_dtype(name: str, input: Tensor, integers: bool = False) -> None:
    """Raise NotImplementedError for dtypes that PyTorch does not pool."""
    dtype = input.dtype
    if not dtype.is_floating_point and not (integers and not dtype.is_complex and dtype.name != "bool"):
        raise NotImplementedError(f'"{name}" not implemented for \'{pytorch_name(dtype.numpy)}\'; convert the input '
                                  "with .float()")
