"""Functions of `torch` whose namesakes in `torch.nn.functional` take their arguments in another way; and normalizations with
the statistics as further outputs.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.core.dtype import float64, uint8
from flambeau.core.promotion import FLOAT32, FLOAT64
from flambeau.dispatch.op import composite
from flambeau.ops.conversion import cast
from flambeau.ops.creation import empty
from flambeau.ops.dropout import alpha_dropout, dropout, feature_alpha_dropout
from flambeau.ops.embedding import embedding
from flambeau.ops.exponential import rsqrt
from flambeau.ops.moments import var as variance
from flambeau.ops.normalization import batch_norm, group_norm, instance_norm, layer_norm
from flambeau.ops.reduction import mean
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Statistics = tuple["Tensor", "Tensor", "Tensor"]


def native_layer_norm(input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None, bias: Tensor | None,
                      eps: float) -> Statistics:
    """Return `layer_norm`, and the mean and the inverse of the standard deviation that it normalized by.

    >>> native_layer_norm(randn(2, 4), (4,), rand(4), None, 1e-05)
    """
    output = layer_norm(input, normalized_shape, weight, bias, eps)
    dims = tuple(range(-len(normalized_shape), 0))
    values = input.detach()
    return output, mean(values, dims, True), rsqrt(variance(values, dims, correction=0, keepdim=True) + eps)


def native_group_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, N: int, C: int, HxW: int, group: int,
                      eps: float) -> Statistics:
    """Return `group_norm`, and the mean and the inverse of the standard deviation of each group.

    >>> native_group_norm(randn(2, 4, 3), rand(4), None, 2, 4, 3, 2, 1e-05)
    """
    groups = reshape(input, (N, group, C // group * HxW))
    output = group_norm(input, group, weight, bias, eps)
    return output, mean(groups, -1), rsqrt(variance(groups, -1, correction=0) + eps)


@composite
def native_batch_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor | None,
                      running_var: Tensor | None, training: bool, momentum: float, eps: float) -> Statistics:
    """Return `batch_norm`, and the mean and the inverse of the standard deviation of the batch when `training`."""
    output = batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)
    values = input.detach()
    if not training:
        nothing = reshape(values, (-1,))[:0]
        return output, nothing, nothing
    dims = (0, *range(2, input.ndim))
    return output, mean(values, dims), rsqrt(variance(values, dims, correction=0) + eps)


@composite
def _native_batch_norm_legit(input: Tensor, weight: Tensor | None, bias: Tensor | None, *options: object) -> Statistics:
    """As `native_batch_norm`; the running statistics may be left out."""
    if isinstance(options[0], bool):
        options = (None, None, *options)
    return native_batch_norm(input, weight, bias, *options)


def _batch_norm_with_update(input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor,
                            running_var: Tensor, momentum: float, eps: float) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return `batch_norm` in training, the batch's mean and inverse of the standard deviation, and a reserve of nothing."""
    if running_mean is None or running_var is None:
        raise RuntimeError("Expected a proper Tensor but got None for running_mean or running_var; batch_norm works without")
    output = batch_norm(input, running_mean, running_var, weight, bias, True, momentum, eps)
    values = cast(input.detach(), FLOAT64 if input.dtype is float64 else FLOAT32)
    dims = (0, *range(2, input.ndim))
    scale = rsqrt(variance(values, dims, correction=0) + eps)
    kind = running_mean.dtype.numpy
    return output, cast(mean(values, dims), kind), cast(scale, kind), empty(0, dtype=uint8, device=input.device)


def aten_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Do what `torch.nn.functional.dropout` does; nothing is left to be said."""
    return dropout(input, p, train)


def aten_alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Do what `torch.nn.functional.alpha_dropout` does; nothing is left to be said."""
    return alpha_dropout(input, p, train)


def aten_feature_alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Do what `torch.nn.functional.feature_alpha_dropout` does; nothing is left to be said."""
    return feature_alpha_dropout(input, p, train)


def aten_layer_norm(input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, bias: Tensor | None = None,
                    eps: float = 1e-5, cudnn_enable: bool = True) -> Tensor:
    """Do what `torch.nn.functional.layer_norm` does, by whatever library."""
    return layer_norm(input, normalized_shape, weight, bias, eps)


def aten_group_norm(input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None,
                    eps: float = 1e-5, cudnn_enabled: bool = True) -> Tensor:
    """Do what `torch.nn.functional.group_norm` does, by whatever library."""
    return group_norm(input, num_groups, weight, bias, eps)


def aten_batch_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor | None,
                    running_var: Tensor | None, training: bool, momentum: float, eps: float, cudnn_enabled: bool) -> Tensor:
    """Do what `torch.nn.functional.batch_norm` does, its arguments in another order."""
    return batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


def aten_instance_norm(input: Tensor, weight: Tensor | None, bias: Tensor | None, running_mean: Tensor | None,
                       running_var: Tensor | None, use_input_stats: bool, momentum: float, eps: float,
                       cudnn_enabled: bool) -> Tensor:
    """Do what `torch.nn.functional.instance_norm` does, its arguments in another order."""
    return instance_norm(input, running_mean, running_var, weight, bias, use_input_stats, momentum, eps)


def aten_embedding(weight: Tensor, indices: Tensor, padding_idx: int = -1, scale_grad_by_freq: bool = False,
                   sparse: bool = False) -> Tensor:
    """Do what `torch.nn.functional.embedding` does, its arguments in another order; -1 pads nothing."""
    return embedding(indices, weight, None if padding_idx == -1 else padding_idx, None, 2.0, scale_grad_by_freq, sparse)
