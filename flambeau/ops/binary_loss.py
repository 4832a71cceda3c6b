"""Losses of a yes or no."""
from __future__ import annotations

from typing import TYPE_CHECKING

from flambeau.core.arrays import namespace_of
from flambeau.dispatch import casting
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.activation import logsigmoid, sigmoid
from flambeau.ops.bounds import clamp
from flambeau.ops.exponential import log, log1p
from flambeau.ops.loss_reduction import chosen, folded, reduced, share
from flambeau.ops.refusals import COMPLEX, NOT_FLOAT, refuse

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(promote=SAME, grad_name="BinaryCrossEntropyBackward0", grad={
    "input": lambda g, input, target: g * ((input - target) / clamp((1 - input) * input, 1e-12)),
    "target": lambda g, input: g * (log1p(-input) - log(input)),
})
def _binary_cross_entropy(input: Tensor, target: Tensor) -> Tensor:
    refuse(NOT_FLOAT + COMPLEX, "binary_cross_entropy", input)
    xp = namespace_of(input)
    if input.size and not (0 <= input.min() and input.max() <= 1):
        raise RuntimeError("all elements of input should be between 0 and 1; apply sigmoid first, or use "
                           "binary_cross_entropy_with_logits")
    if target.size and not (0 <= target.min() and target.max() <= 1):
        raise RuntimeError("all elements of target should be between 0 and 1")
    yes, no = xp.maximum(xp.log(input), -100), xp.maximum(xp.log1p(-input), -100)  # a sure error costs 100, not inf
    return (target - 1) * no - target * yes


def binary_cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None,
                         reduce: bool | None = None, reduction: str = "mean") -> Tensor:
    """Measure how far probabilities are from the targets 0 and 1, or anything between.

    >>> binary_cross_entropy(rand(2, 3), tensor([[0.0, 1.0, 0.0], [1.0, 1.0, 0.5]]))
    >>> binary_cross_entropy(rand(2, 3), rand(2, 3), reduction="sum")
    """
    reduction = chosen(reduction, size_average, reduce)
    if target.shape != input.shape:
        raise ValueError(f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is "
                         "deprecated. Please ensure they have the same size.")
    if target.dtype != input.dtype and not casting.is_on():
        raise RuntimeError(f"Found dtype {pytorch_name(target._array.dtype)} but expected "
                           f"{pytorch_name(input._array.dtype)}: bring the target to the dtype of the input")
    losses = _binary_cross_entropy(input, target)
    return reduced(losses if weight is None else losses * weight, reduction)


@op(promote=SAME, grad_name="BinaryCrossEntropyWithLogitsBackward0", grad={
    "input": lambda g, input, target, reduction: (sigmoid(input) - target) * share(g, reduction, input.shape),
    "target": lambda g, input, reduction: -input * share(g, reduction, input.shape),
})
def _with_logits(input: Tensor, target: Tensor, reduction: str) -> Tensor:
    """log(1 + exp(-|x|)) + max(-x, 0) + (1 - target) x: no exponential overflows."""
    refuse(NOT_FLOAT + COMPLEX, "log_sigmoid_cpu", input)
    xp = namespace_of(input)
    losses = xp.asarray(xp.abs(input))
    xp.negative(losses, out=losses)
    xp.exp(losses, out=losses)
    xp.log1p(losses, out=losses)
    losses += xp.maximum(-input, 0)
    losses += (1 - target) * input
    return folded(losses, reduction)


@composite
def binary_cross_entropy_with_logits(input: Tensor, target: Tensor, weight: Tensor | None = None,
                                     size_average: bool | None = None, reduce: bool | None = None,
                                     reduction: str = "mean", pos_weight: Tensor | None = None) -> Tensor:
    """Measure how far the sigmoid of scores is from the targets 0 and 1; `pos_weight` multiplies the loss of a 1.

    >>> binary_cross_entropy_with_logits(randn(2, 3), rand(2, 3))
    >>> binary_cross_entropy_with_logits(randn(2, 3), rand(2, 3), reduction="none")
    """
    reduction = chosen(reduction, size_average, reduce)
    if target.shape != input.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    if input.dtype.is_floating_point and not target.dtype.is_floating_point:
        raise RuntimeError(f"result type {pytorch_name(input._array.dtype)} can't be cast to the desired output type "
                           f"{pytorch_name(target._array.dtype)}: bring the target to a float dtype")
    if weight is None and pos_weight is None:
        return _with_logits(input, target, reduction)
    if pos_weight is None:
        losses = _with_logits(input, target, "none")
    else:
        losses = (1 - target) * input - (1 + (pos_weight - 1) * target) * logsigmoid(input)
    return reduced(losses if weight is None else losses * weight, reduction)
