"""Normalizations: to mean 0 and variance 1 over some dims, then scaled and shifted by what was learned."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.dtype import bfloat16, float16, float32
from flambeau.dispatch.op import composite
from flambeau.dispatch.views import on_its_own
from flambeau.ops.conversion import clone, contiguous
from flambeau.ops.padding import constant_pad_nd
from flambeau.ops.parts import narrow
from flambeau.ops.reduction import mean
from flambeau.ops.shape import expand, reshape
from flambeau.ops.standardization import rescaled, standardized, with_statistics

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def batch_norm(input: Tensor, running_mean: Tensor | None, running_var: Tensor | None, weight: Tensor | None = None,
               bias: Tensor | None = None, training: bool = False, momentum: float = 0.1, eps: float = 1e-05) -> Tensor:
    """Normalize each channel (dim 1) over the batch, or by running statistics when not `training`.

    While training, the running statistics are moved by the share `momentum` towards the batch's, in place.

    >>> batch_norm(randn(4, 2), None, None, training=True)
    >>> batch_norm(randn(2, 2, 3), None, None, rand(2), randn(2), training=True)
    """
    if input.ndim == 1 and not input.shape[0]:
        return clone(input)  # PyTorch lets an empty row pass
    channels = _channels(input)
    for name, values in (("running_mean", running_mean), ("running_var", running_var), ("weight", weight), ("bias", bias)):
        if values is not None and values.numel() != channels:
            raise RuntimeError(f"{name} should contain {channels} elements not {values.numel()}")
    if input.dtype.is_floating_point:  # whole numbers are refused further on
        _check_dtypes(input, running_mean, running_var, weight, bias)
    shape = (channels, *(1,) * (input.ndim - 2))
    if not training:
        if running_mean is None or running_var is None:
            raise RuntimeError("Expected running_mean and running_var to be defined when training=False")
        return with_statistics(input, weight, bias, running_mean, running_var, shape, eps)
    if eps <= 0:
        raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
    _refuse_single_values(input, input.numel() // max(channels, 1))
    axes = (0, *range(2, input.ndim))
    output, mean, var = standardized(input, weight, bias, axes, shape, eps)
    if input.numel():  # an empty batch has nothing to say
        _update(running_mean, mean, momentum)
        _update(running_var, var, momentum, input.numel() // max(channels, 1))
    return output


def _check_dtypes(input: Tensor, *parameters: Tensor | None) -> None:
    """Raise RuntimeError unless the parameters have the input's dtype, or all of them float32 beside half types."""
    dtypes = {parameter.dtype for parameter in parameters if parameter is not None}
    if dtypes <= {input.dtype} or dtypes == {float32} and input.dtype in (float16, bfloat16):
        return
    others = ", ".join(sorted(map(str, dtypes - {input.dtype})))
    raise RuntimeError(f"mixed dtype: expect parameters of {input.dtype}, or all of torch.float32 beside an input of half "
                       f"precision, but found {others}")


def _channels(input: Tensor) -> int:
    if input.ndim < 2:
        raise RuntimeError(f"expected at least 2 dims, the second of channels, got an input of {tuple(input.shape)}")
    return int(input.shape[1])


def _refuse_single_values(input: Tensor, count: int) -> None:
    if count == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {input.shape}")


def _update(running: Tensor | None, batch: Tensor, momentum: float, count: int = 0) -> None:
    """Move running statistics towards a batch's; the variance of `count` values is made unbiased."""
    if running is None:
        return
    latest: Any = mean(batch._array.reshape(-1, running._array.size), 0)  # instances have statistics of their own
    if count > 1:
        latest = latest * (count / (count - 1))
    running._array[...] = running._array * (1 - momentum) + (latest * momentum).astype(running._array.dtype)
    running._storage.bump("batch_norm")


def instance_norm(input: Tensor, running_mean: Tensor | None = None, running_var: Tensor | None = None,
                  weight: Tensor | None = None, bias: Tensor | None = None, use_input_stats: bool = True,
                  momentum: float = 0.1, eps: float = 1e-05) -> Tensor:
    """Normalize each channel of each instance over its own elements, or by running statistics.

    >>> instance_norm(randn(2, 2, 3))
    >>> instance_norm(randn(2, 2, 3, 2), weight=rand(2), bias=randn(2))
    """
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    channels = _channels(input)
    count = math.prod(input.shape[2:])
    if count == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    _check_dtypes(input, running_mean, running_var, weight, bias)
    shape = (channels, *(1,) * (input.ndim - 2))
    output, mean, var = standardized(input, weight, bias, tuple(range(2, input.ndim)), shape, eps)
    _update(running_mean, mean, momentum)
    _update(running_var, var, momentum, count)
    return output


@composite
def layer_norm(input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, bias: Tensor | None = None,
               eps: float = 1e-05) -> Tensor:
    """Normalize over the last dims, whose sizes are `normalized_shape`.

    >>> layer_norm(randn(2, 4), (4,))
    >>> layer_norm(randn(2, 3, 2), (3, 2), rand(3, 2), randn(3, 2))
    >>> layer_norm(randn(2, 4), (4,), rand(4))
    """
    axes = _last_dims("layer_norm", input, normalized_shape, weight, bias)
    _check_dtypes(input, weight, bias)
    return standardized(contiguous(input), weight, bias, axes, tuple(normalized_shape), eps)[0]


def _last_dims(name: str, input: Tensor, sizes: Sequence[int], *parameters: Tensor | None) -> tuple[int, ...]:
    """Check the sizes of the dims to normalize over, and return which they are."""
    sizes = tuple(sizes)
    if not sizes:
        raise RuntimeError("Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, "
                           "but got normalized_shape = []")
    for parameter in parameters:
        if parameter is not None and tuple(parameter.shape) != sizes:
            raise RuntimeError(f"{name}: Expected weight and bias to be of the same shape as normalized_shape, but got "
                               f"{list(parameter.shape)} and normalized_shape = {list(sizes)}")
    if tuple(input.shape[-len(sizes):]) != sizes:
        raise RuntimeError(f"Given normalized_shape={list(sizes)}, expected input with shape "
                           f"[*, {', '.join(map(str, sizes))}], but got input of size{list(input.shape)}")
    return tuple(range(input.ndim - len(sizes), input.ndim))


def rms_norm(input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None,
             eps: float | None = None) -> Tensor:
    """Divide by the root of the mean square over the last dims.

    >>> rms_norm(randn(2, 4), (4,))
    >>> rms_norm(randn(2, 3, 2), (3, 2), rand(3, 2), eps=0.01)
    """
    axes = _last_dims("rms_norm", input, normalized_shape, weight)
    return rescaled(input, weight, axes, eps)[0]


@composite
def group_norm(input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None,
               eps: float = 1e-05) -> Tensor:
    """Normalize groups of channels (dim 1) of each instance.

    >>> group_norm(randn(2, 4, 3), 2)
    >>> group_norm(randn(2, 4), 2, rand(4), randn(4))
    """
    channels = _channels(input)
    if num_groups <= 0 or channels % num_groups:
        raise RuntimeError("Expected number of channels in input to be divisible by num_groups, but got input of shape "
                           f"{list(input.shape)} and num_groups={num_groups}")
    for name, values in (("weight", weight), ("bias", bias)):
        if values is not None and tuple(values.shape) != (channels,):
            raise RuntimeError(f"Expected {name} to be a vector of size equal to the number of channels in input, but got "
                               f"{name} of shape {list(values.shape)} and input of shape {list(input.shape)}")
    _check_dtypes(input, weight, bias)
    _refuse_single_values(input, math.prod((*input.shape[:1], channels // num_groups, *input.shape[2:])))
    grouped = reshape(input, (input.shape[0], num_groups, channels // num_groups, *input.shape[2:]))
    shape = (num_groups, channels // num_groups, *(1,) * (input.ndim - 2))
    axes = tuple(range(2, grouped.ndim))
    return on_its_own(reshape(standardized(grouped, weight, bias, axes, shape, eps)[0], input.shape))


def local_response_norm(input: Tensor, size: int, alpha: float = 0.0001, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """Divide by a power of the mean square of the `size` channels around each.

    >>> local_response_norm(randn(2, 4, 3), 2)
    >>> local_response_norm(randn(2, 4, 3), 3, alpha=0.1, beta=0.5, k=2.0)
    """
    if input.ndim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {input.ndim} dimensions)")
    if not input.numel():
        return input
    padding = (*(0, 0) * (input.ndim - 2), size // 2, (size - 1) // 2)
    squares = constant_pad_nd(input * input, padding)
    total: Any = sum(narrow(squares, 1, first, input.shape[1]) for first in range(size))
    mean = total / size if total.dtype.is_floating_point or total.dtype.is_complex else total // size  # as a pool of them
    return input / (mean * alpha + k) ** beta


@composite
def cross_map_norm(input: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
    """Divide (batch, channels, …) by a power of the sum of squares of the channels around each, and of channel 0."""
    half, channels = (size - 1) // 2, input.shape[1]
    squares = input * input
    padded = constant_pad_nd(squares, (*(0, 0) * (input.ndim - 2), half, half))
    total: Any = sum(narrow(padded, 1, first, channels) for first in range(2 * half + 1))
    if channels > half + 1:
        first = expand(narrow(squares, 1, 0, 1), (-1, channels - half - 1, *input.shape[2:]))
        total = total + constant_pad_nd(first, (*(0, 0) * (input.ndim - 2), half + 1, 0))
    return input / (total * (alpha / size) + k) ** beta
