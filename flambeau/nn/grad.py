"""`torch.nn.grad`: the gradients of convolutions with respect to input and weight, by themselves."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.ops.convolution import convolve_transposed, convolve_weight
from flambeau.ops.convolution_windows import direct_windows
from flambeau.ops.creation import empty
from flambeau.ops.windows import IntOrInts

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["conv1d_input", "conv1d_weight", "conv2d_input", "conv2d_weight", "conv3d_input", "conv3d_weight"]


def conv1d_input(input_size: Sequence[int], weight: Tensor, grad_output: Tensor, stride: IntOrInts = 1,
                 padding: IntOrInts = 0, dilation: IntOrInts = 1, groups: int = 1) -> Tensor:
    """Return the gradient of `conv1d` with respect to an input of `input_size`."""
    return _of_input(1, input_size, weight, grad_output, stride, padding, dilation, groups)


def conv1d_weight(input: Tensor, weight_size: Sequence[int], grad_output: Tensor, stride: IntOrInts = 1,
                  padding: IntOrInts = 0, dilation: IntOrInts = 1, groups: int = 1) -> Tensor:
    """Return the gradient of `conv1d` with respect to a weight of `weight_size`."""
    return _of_weight(1, input, weight_size, grad_output, stride, padding, dilation, groups)


def conv2d_input(input_size: Sequence[int], weight: Tensor, grad_output: Tensor, stride: IntOrInts = 1,
                 padding: IntOrInts = 0, dilation: IntOrInts = 1, groups: int = 1) -> Tensor:
    """Return the gradient of `conv2d` with respect to an input of `input_size`."""
    return _of_input(2, input_size, weight, grad_output, stride, padding, dilation, groups)


def conv2d_weight(input: Tensor, weight_size: Sequence[int], grad_output: Tensor, stride: IntOrInts = 1,
                  padding: IntOrInts = 0, dilation: IntOrInts = 1, groups: int = 1) -> Tensor:
    """Return the gradient of `conv2d` with respect to a weight of `weight_size`."""
    return _of_weight(2, input, weight_size, grad_output, stride, padding, dilation, groups)


def conv3d_input(input_size: Sequence[int], weight: Tensor, grad_output: Tensor, stride: IntOrInts = 1,
                 padding: IntOrInts = 0, dilation: IntOrInts = 1, groups: int = 1) -> Tensor:
    """Return the gradient of `conv3d` with respect to an input of `input_size`."""
    return _of_input(3, input_size, weight, grad_output, stride, padding, dilation, groups)


def conv3d_weight(input: Tensor, weight_size: Sequence[int], grad_output: Tensor, stride: IntOrInts = 1,
                  padding: IntOrInts = 0, dilation: IntOrInts = 1, groups: int = 1) -> Tensor:
    """Return the gradient of `conv3d` with respect to a weight of `weight_size`."""
    return _of_weight(3, input, weight_size, grad_output, stride, padding, dilation, groups)


def _of_input(dims: int, input_size: Sequence[int], weight: Tensor, grad_output: Tensor, stride: IntOrInts,
              padding: IntOrInts, dilation: IntOrInts, groups: int) -> Tensor:
    input = empty(*input_size, dtype=weight.dtype, device=weight.device)
    windows = direct_windows(f"conv{dims}d_input", dims, input, weight, None, stride, padding, dilation, groups)
    return convolve_transposed(grad_output, weight, None, windows, groups)


def _of_weight(dims: int, input: Tensor, weight_size: Sequence[int], grad_output: Tensor, stride: IntOrInts,
               padding: IntOrInts, dilation: IntOrInts, groups: int) -> Tensor:
    weight = empty(*weight_size, dtype=input.dtype, device=input.device)
    windows = direct_windows(f"conv{dims}d_weight", dims, input, weight, None, stride, padding, dilation, groups)
    return convolve_weight(input, grad_output, windows, groups)
