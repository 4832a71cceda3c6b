"""Bringing numbers to mean 0 and variance 1, over dims that each norm chooses for itself."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.autograd.mode import no_grad
from flambeau.core.arrays import namespace_of
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.dims import array_of
from flambeau.ops.exponential import rsqrt, sqrt
from flambeau.ops.pooling import avg_pool1d
from flambeau.ops.padding import pad
from flambeau.ops.reduction import mean
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Dims = tuple[int, ...]


def _slope(g_out: Tensor, g_mean: Tensor, g_var: Tensor, out: Tensor, var: Tensor, dims: Dims, eps: float) -> Tensor:
    """The gradient through the numbers themselves, their mean and their variance (Ioffe & Szegedy 2015, section 3)."""
    deviation = sqrt(var + eps)
    count = math.prod(out.shape[d] for d in dims)
    within = (g_out - mean(g_out, dims, True) - out * mean(g_out * out, dims, True)) / deviation
    return within + (g_mean + out * (g_var * deviation * 2.0)) * (1.0 / max(count, 1))


@op(promote=SAME, outputs=("out", "mean", "var"), grad={"input": _slope}, grad_name="NativeBatchNormBackward0")
def standardize(input: Tensor, dims: Dims, eps: float) -> tuple[Tensor, Tensor, Tensor]:
    """Bring `input` to mean 0 and variance 1 over `dims`; also return that mean and (biased) variance, dims kept.

    >>> standardize(randn(4, 3), (0,), 1e-5)
    """
    xp = namespace_of(input)
    center = input.mean(dims, keepdims=True)
    out = input - center
    var = xp.square(out).mean(dims, keepdims=True)
    out /= xp.sqrt(var + eps)
    return out, center, var


def _scaled(input: Tensor, weight: Tensor | None, bias: Tensor | None, shape: Sequence[int]) -> Tensor:
    """Multiply by the weight and add the bias, seen in `shape`."""
    if weight is not None:
        input = input * reshape(weight, tuple(shape))
    return input if bias is None else input + reshape(bias, tuple(shape))


@composite
def batch_norm(input: Tensor, running_mean: Tensor | None, running_var: Tensor | None, weight: Tensor | None = None,
               bias: Tensor | None = None, training: bool = False, momentum: float = 0.1, eps: float = 1e-05) -> Tensor:
    """Standardize each channel of (N, C, …) over all else: by its own statistics in training, which move the running
    ones, or by the running ones. [Ioffe & Szegedy 2015](https://arxiv.org/abs/1502.03167)

    Raises ValueError in training where a channel has one value only.

    >>> batch_norm(randn(4, 3), None, None, randn(3), randn(3), training=True)
    >>> batch_norm(randn(2, 3, 2, 2), None, None, training=True)
    >>> batch_norm(randn(4, 2, 3), zeros(2), ones(2), randn(2), randn(2))
    """
    shape = [1] * input.ndim
    shape[1] = input.shape[1]
    _check_channels(input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    if not training:
        if running_mean is None or running_var is None:
            raise RuntimeError("batch_norm: running_mean and running_var must be given in evaluation mode")
        return _by_running(input, running_mean, running_var, weight, bias, eps, tuple(shape))
    count = math.prod(input.shape) // max(input.shape[1], 1)
    if count == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {input.shape}")
    out, center, var = standardize(input, tuple(d for d in range(input.ndim) if d != 1), eps)
    if running_mean is not None and running_var is not None and count:
        _move(running_mean, center, momentum, 1.0)
        _move(running_var, var, momentum, count / max(count - 1, 1))
    return _scaled(out, weight, bias, shape)


def _by_running(input: Tensor, running_mean: Tensor, running_var: Tensor, weight: Tensor | None, bias: Tensor | None,
                eps: float, shape: Dims) -> Tensor:
    scale = rsqrt(running_var + eps)
    centered = input - reshape(running_mean, shape)
    return _scaled(centered * reshape(scale, shape), weight, bias, shape)


def _check_channels(input: Tensor, **tables: Any) -> None:
    for name, table in tables.items():
        if table is not None and table.shape[0] != input.shape[1]:
            raise RuntimeError(f"{name} should contain {input.shape[1]} elements not {table.shape[0]}; the input "
                               f"{list(input.shape)} has {input.shape[1]} channels")


def _move(running: Any, seen: Any, momentum: float, correction: float) -> None:
    """Move running statistics the fraction `momentum` of the way to what was seen."""
    target = running._array
    target += momentum * (correction * array_of(seen).reshape(target.shape) - target)
    running._storage.bump("batch_norm")


@composite
def instance_norm(input: Tensor, running_mean: Tensor | None = None, running_var: Tensor | None = None,
                  weight: Tensor | None = None, bias: Tensor | None = None, use_input_stats: bool = True,
                  momentum: float = 0.1, eps: float = 1e-05) -> Tensor:
    """Standardize each channel of each sample of (N, C, …).

    >>> instance_norm(randn(2, 3, 4), weight=randn(3), bias=randn(3))
    """
    shape = (1, input.shape[1], *[1] * (input.ndim - 2))
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    count = math.prod(input.shape[2:])
    if count == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    out, center, var = standardize(input, tuple(range(2, input.ndim)), eps)
    if running_mean is not None and running_var is not None:
        with no_grad():
            _move(running_mean, mean(center, 0), momentum, 1.0)
            _move(running_var, mean(var, 0), momentum, count / (count - 1))
    return _scaled(out, weight, bias, shape)


@composite
def layer_norm(input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, bias: Tensor | None = None,
               eps: float = 1e-05) -> Tensor:
    """Standardize over the last dims, whose sizes are `normalized_shape`. [Ba et al. 2016](https://arxiv.org/abs/1607.06450)

    Raises RuntimeError where the input does not end in these sizes.

    >>> layer_norm(randn(2, 3, 4), (4,), randn(4), randn(4))
    >>> layer_norm(randn(2, 3, 4), (3, 4))
    """
    wanted = tuple(normalized_shape)
    _check_ending("layer_norm", input, wanted, weight, bias)
    out = standardize(input, tuple(range(input.ndim - len(wanted), input.ndim)), eps)[0]
    return _scaled(out, weight, bias, wanted)


def _check_ending(name: str, input: Tensor, wanted: Dims, *tables: Any) -> None:
    if not wanted:
        raise RuntimeError(f"{name}: Expected normalized_shape to be at least 1-dimensional, but got {list(wanted)}")
    if any(table is not None and tuple(table.shape) != wanted for table in tables):
        raise RuntimeError(f"{name}: Expected weight and bias to be of same shape as normalized_shape, {list(wanted)}")
    if tuple(input.shape[-len(wanted):]) != wanted:
        raise RuntimeError(f"Given normalized_shape={list(wanted)}, expected input with shape [*, "
                           f"{', '.join(map(str, wanted))}], but got input of size{list(input.shape)}")


@composite
def rms_norm(input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None,
             eps: float | None = None) -> Tensor:
    """Divide by the root mean square over the last dims. [Zhang & Sennrich 2019](https://arxiv.org/abs/1910.07467)

    `eps` defaults to the dtype's rounding unit.

    >>> rms_norm(randn(2, 3, 4), (4,), randn(4))
    """
    wanted = tuple(normalized_shape)
    _check_ending("rms_norm", input, wanted, weight)
    if eps is None:
        eps = float(namespace_of(array_of(input)).finfo(array_of(input).dtype).eps)
    dims = tuple(range(input.ndim - len(wanted), input.ndim))
    return _scaled(input * rsqrt(mean(input * input, dims, True) + eps), weight, None, wanted)


@composite
def group_norm(input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None,
               eps: float = 1e-05) -> Tensor:
    """Standardize each group of channels of each sample. [Wu & He 2018](https://arxiv.org/abs/1803.08494)

    Raises RuntimeError where the channels cannot be split into `num_groups`.

    >>> group_norm(randn(2, 4, 3), 2, randn(4), randn(4))
    """
    if input.ndim < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.ndim}")
    channels = input.shape[1]
    if num_groups <= 0 or channels % num_groups:
        raise RuntimeError("Expected number of channels in input to be divisible by num_groups, but got input of shape "
                           f"{list(input.shape)} and num_groups={num_groups}")
    grouped = reshape(input, (input.shape[0], num_groups, -1) if math.prod(input.shape) else (input.shape[0], num_groups, 0))
    out = reshape(standardize(grouped, (2,), eps)[0], tuple(input.shape))
    return _scaled(out, weight, bias, (1, channels, *[1] * (input.ndim - 2)))


@composite
def local_response_norm(input: Tensor, size: int, alpha: float = 0.0001, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """Divide by a power of the mean square over `size` neighbouring channels (Krizhevsky et al. 2012).

    >>> local_response_norm(randn(2, 5, 3), 3)
    """
    from flambeau.ops.pooling import avg_pool1d

    if input.ndim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {input.ndim} dimensions)")
    squares = reshape(input * input, (input.shape[0], input.shape[1], -1))
    lines = reshape(squares.transpose(1, 2), (-1, 1, input.shape[1]))
    around = avg_pool1d(pad(lines, (size // 2, (size - 1) // 2)), size, 1)
    around = reshape(around, (input.shape[0], -1, input.shape[1])).transpose(1, 2)
    return input / (reshape(around, tuple(input.shape)) * alpha + k) ** beta
