"""Batch norm in parts, for batches that are dealt out: each part's statistics, one from them all, and what follows.

PyTorch has most of these on GPUs alone, where its SyncBatchNorm calls them; here they work everywhere.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.dtype import HALVES
from flambeau.core.promotion import FLOAT32
from flambeau.dispatch.op import composite
from flambeau.ops.conversion import cast
from flambeau.ops.creation import tensor
from flambeau.ops.exponential import rsqrt
from flambeau.ops.moments import var
from flambeau.ops.reduction import mean, sum
from flambeau.ops.shape import reshape
from flambeau.ops.standardization import with_statistics

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _dims(input: Tensor) -> tuple[int, ...]:
    """All dims but that of the channels, the second."""
    return (0, *range(2, input.ndim))


def _along(values: Tensor, input: Tensor) -> Tensor:
    return reshape(values, (-1, *(1,) * (input.ndim - 2)))


def _wide(input: Tensor) -> Tensor:
    return cast(input, FLOAT32) if input.dtype.numpy in HALVES else input


@composite
def batch_norm_stats(input: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """Return the mean and the inverse of the standard deviation of each channel; half types are computed in float32."""
    values = _wide(input)
    return mean(values, _dims(input)), rsqrt(var(values, _dims(input), correction=0) + eps)


@composite
def batch_norm_update_stats(input: Tensor, running_mean: Tensor | None, running_var: Tensor | None,
                            momentum: float) -> tuple[Tensor, Tensor]:
    """Return each channel's mean and (biased) variance, and move the running ones `momentum` of the way to them."""
    values = _wide(input)
    average, spread = mean(values, _dims(input)), var(values, _dims(input), correction=0)
    count = input.numel() // max(input.shape[1], 1)
    _move(running_mean, running_var, average, spread * (count / (count - 1)) if count > 1 else spread, momentum)
    return average, spread


def _move(running_mean: Any, running_var: Any, average: Tensor, spread: Tensor, momentum: float) -> None:
    for running, seen in ((running_mean, average), (running_var, spread)):
        if running is not None:
            running.mul_(1 - momentum).add_(cast(seen, running.dtype.numpy), alpha=momentum)


@composite
def batch_norm_gather_stats(input: Tensor, mean: Tensor, invstd: Tensor, running_mean: Tensor | None,
                            running_var: Tensor | None, momentum: float, eps: float, count: int) -> tuple[Tensor, Tensor]:
    """Return the mean and inverse of the standard deviation of a batch from those of its parts, `count` elements each.

    `mean`, `invstd`: (parts, channels). The running statistics move `momentum` of the way, the variance unbiased.
    """
    counts = tensor([float(count)] * mean.shape[0], dtype=mean.dtype, device=mean.device)
    return batch_norm_gather_stats_with_counts(input, mean, invstd, running_mean, running_var, momentum, eps, counts)


@composite
def batch_norm_gather_stats_with_counts(input: Tensor, mean: Tensor, invstd: Tensor, running_mean: Tensor | None,
                                        running_var: Tensor | None, momentum: float, eps: float,
                                        counts: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean and inverse of the standard deviation of a batch from those of parts of `counts` elements."""
    share = reshape(counts / sum(counts), (-1, 1))
    average = sum(mean * share, 0)
    spread = sum((invstd**-2 - eps + (mean - average) ** 2) * share, 0)
    whole = sum(counts)
    _move(running_mean, running_var, average, spread * whole / (whole - 1), momentum)
    return average, rsqrt(spread + eps)


@composite
def batch_norm_elemt(input: Tensor, weight: Tensor | None, bias: Tensor | None, mean: Tensor, invstd: Tensor,
                     eps: float) -> Tensor:
    """Return the input less `mean`, times `invstd`, scaled and shifted. `eps` is in `invstd` already."""
    return with_statistics(input, weight, bias, mean, invstd**-2, (-1, *(1,) * (input.ndim - 2)), 0.0)


@composite
def batch_norm_backward_reduce(grad_out: Tensor, input: Tensor, mean: Tensor, invstd: Tensor, weight: Tensor | None,
                               input_g: bool, weight_g: bool,
                               bias_g: bool) -> tuple[Tensor | None, Tensor | None, Tensor | None, Tensor | None]:
    """Return, by channel, the sum of the gradient and that of the gradient times the centred input, where `input_g`; the
    gradients of weight and bias where those are wanted.
    """
    slopes = _wide(grad_out)
    total = sum(slopes, _dims(input))
    moment = sum(slopes * (_wide(input) - _along(mean, input)), _dims(input))
    return (total if input_g else None, moment if input_g else None, moment * invstd if weight_g else None,
            total if bias_g else None)


@composite
def batch_norm_backward_elemt(grad_out: Tensor, input: Tensor, mean: Tensor, invstd: Tensor, weight: Tensor | None,
                              sum_dy: Tensor, sum_dy_xmu: Tensor, count: Tensor) -> Tensor:
    """Return the gradient of the input from the sums that `batch_norm_backward_reduce` gives, of all parts together.

    `count`: how many elements each part has in a channel.
    """
    whole = sum(count)
    scale = invstd if weight is None else invstd * weight
    centred = _wide(input) - _along(mean, input)
    slope = _wide(grad_out) - _along(sum_dy / whole, input) - centred * _along(invstd**2 * sum_dy_xmu / whole, input)
    return cast(slope * _along(scale, input), input.dtype.numpy)
