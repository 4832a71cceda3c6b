"""Losses that ask for a distance between right and wrong, and for nothing once it is kept."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.tensor import wrap
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import TO_FLOAT, composite, op
from flambeau.ops.activation import logsigmoid, sigmoid
from flambeau.ops.bounds import clamp_min, minimum
from flambeau.ops.exponential import sqrt
from flambeau.ops.loss_reduction import chosen, reduced
from flambeau.ops.masking import choose
from flambeau.ops.reduction import mean, sum
from flambeau.ops.shape import unsqueeze
from flambeau.ops.similarity import pairwise_distance

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * sigmoid(input)}, grad_name="SoftMarginLossBackward0")
def _log1p_exp(input: Tensor) -> Tensor:
    """An op of its own: through log1p and exp the second derivative would overflow long before the value does."""
    xp = namespace_of(input)
    return xp.log1p(xp.exp(input))


@composite
def soft_margin_loss(input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
                     reduction: str = "mean") -> Tensor:
    """log(1 + exp(-target input)), for targets 1 and -1.

    >>> soft_margin_loss(randn(2, 3), tensor([[1, -1, 1], [-1, -1, 1]]))
    """
    return reduced(_log1p_exp(-target * input), chosen(reduction, size_average, reduce))


@composite
def margin_ranking_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0,
                        size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> Tensor:
    """Ask that `input1` be above `input2` by `margin` where the target is 1, below it where it is -1.

    >>> margin_ranking_loss(randn(4), randn(4), tensor([1, -1, -1, 1]))
    >>> margin_ranking_loss(randn(4), randn(4), tensor([1, -1, -1, 1]), margin=0.5, reduction="none")
    """
    reduction = chosen(reduction, size_average, reduce)
    if input1.ndim != input2.ndim or input1.ndim != target.ndim:
        raise RuntimeError("margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: "
                           f"{list(input1.shape)}, input2: {list(input2.shape)}, target: {list(target.shape)}")
    return reduced(clamp_min(-target * (input1 - input2) + float(margin), 0), reduction)


@composite
def hinge_embedding_loss(input: Tensor, target: Tensor, margin: float = 1.0, size_average: bool | None = None,
                         reduce: bool | None = None, reduction: str = "mean") -> Tensor:
    """Ask that distances be small where the target is 1, above `margin` where it is -1.

    >>> hinge_embedding_loss(randn(4), tensor([1, -1, -1, 1]))
    >>> hinge_embedding_loss(randn(4), tensor([1, -1, -1, 1]), margin=2, reduction="none")
    """
    far = choose(target != 1, clamp_min(margin - input, 0), 0)
    return reduced(far + choose(target != -1, input, 0), chosen(reduction, size_average, reduce))


@composite
def cosine_embedding_loss(input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0,
                          size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> Tensor:
    """Ask that vectors point the same way where the target is 1, and have a cosine below `margin` where it is -1.

    >>> cosine_embedding_loss(randn(2, 3), randn(2, 3), tensor([1, -1]))
    >>> cosine_embedding_loss(randn(2, 3), randn(2, 3), tensor([1, -1]), margin=0.2, reduction="none")
    """
    reduction = chosen(reduction, size_average, reduce)
    if target.ndim > 1:
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if not input1.ndim == input2.ndim == target.ndim + 1:
        raise RuntimeError(f"{target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found inputs with "
                           f"sizes {list(input1.shape)} and {list(input2.shape)}.")
    tiny = 1e-12  # keeps a zero vector from being divided by zero
    sizes = sqrt((sum(input1 * input1, -1) + tiny) * (sum(input2 * input2, -1) + tiny))
    cosine = sum(input1 * input2, -1) / sizes
    apart = choose(target == -1, clamp_min(cosine - margin, 0), 0.0)
    return reduced(choose(target == 1, 1 - cosine, 0.0) + apart, reduction)


@composite
def triplet_margin_loss(anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0, p: float = 2,
                        eps: float = 1e-06, swap: bool = False, size_average: bool | None = None,
                        reduce: bool | None = None, reduction: str = "mean") -> Tensor:
    """Ask that each anchor be nearer to its positive than to its negative by `margin`.

    >>> triplet_margin_loss(randn(2, 3), randn(2, 3), randn(2, 3))
    >>> triplet_margin_loss(randn(2, 3), randn(2, 3), randn(2, 3), p=1, swap=True, reduction="none")
    """
    reduction = chosen(reduction, size_average, reduce)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError("The anchor, positive, and negative tensors are expected to have the same number of dimensions, "
                           f"but got: anchor {anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs")

    def distance(x1: Tensor, x2: Tensor) -> Tensor:
        return pairwise_distance(x1, x2, p, eps)

    return _triplet(distance, anchor, positive, negative, margin, swap, reduction)


def triplet_margin_with_distance_loss(anchor: Tensor, positive: Tensor, negative: Tensor, *,
                                      distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
                                      margin: float = 1.0, swap: bool = False, reduction: str = "mean") -> Tensor:
    """As `triplet_margin_loss`, with any distance.

    >>> triplet_margin_with_distance_loss(randn(2, 3), randn(2, 3), randn(2, 3), swap=True)
    """
    reduction = chosen(reduction)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise RuntimeError("The anchor, positive, and negative tensors are expected to have the same number of dimensions, "
                           f"but got: anchor {anchor.ndim}D, positive {positive.ndim}D, and negative {negative.ndim}D inputs")
    return _triplet(distance_function or pairwise_distance, anchor, positive, negative, margin, swap, reduction)


def _triplet(distance: Callable[[Tensor, Tensor], Tensor], anchor: Tensor, positive: Tensor, negative: Tensor,
             margin: float, swap: bool, reduction: str) -> Tensor:
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:  # the negative must also be far from the positive
        far = minimum(far, distance(positive, negative))
    return reduced(clamp_min(margin + near - far, 0), reduction)


@composite
def multi_margin_loss(input: Tensor, target: Tensor, p: int = 1, margin: float = 1.0, weight: Tensor | None = None,
                      size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> Tensor:
    """Ask that the score of each row's class be above all others by `margin`.

    >>> multi_margin_loss(randn(3, 4), tensor([0, 2, 1]))
    >>> multi_margin_loss(randn(3, 4), tensor([0, 2, 1]), 2, 0.5, reduction="none")
    """
    reduction = chosen(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError(f"only p == 1 and p == 2 supported, not {p}")
    input = _with_classes("multi_margin_loss", input)
    _check_weight(weight, input.shape[-1])
    rows = list(input.shape[:-1])
    if list(target.shape) != rows and (rows or target.numel() != 1):
        raise RuntimeError("target tensor should be 1-D with size equal to the number of rows of scores. Expected target "
                           f"size {rows} but got {list(target.shape)}")
    _check_classes(target._array, input.shape[-1])
    right = wrap(_is_class(target._array.reshape(input.shape[:-1])[..., None], input.shape[-1]))
    own = sum(choose(right, input, 0.0), -1, True)
    losses = clamp_min(margin - own + input, 0) ** p
    if weight is not None:
        losses = losses * sum(choose(right, weight, 0.0), -1, True)
    return reduced(sum(choose(right, 0.0, losses), -1) / input.shape[-1], reduction)


def _with_classes(name: str, input: Tensor) -> Tensor:
    """Check that the scores are of one row or several; a single number is a row of one class."""
    if input.ndim > 2 or not all(input.shape[-1:]):
        raise RuntimeError(f"{name}: Expected non-empty vector or matrix with optional 0-dim batch size, but got: "
                           f"{list(input.shape)}")
    return input if input.ndim else unsqueeze(input, 0)


def _check_weight(weight: Tensor | None, classes: int) -> None:
    if weight is None:
        return
    if weight.ndim != 1:
        raise ValueError(f"weight must be one-dimensional, not {weight.ndim}-dimensional")
    if weight.shape[0] != classes:
        raise RuntimeError(f"inconsistent weight size, expected {classes} but got {list(weight.shape)}")


def _check_classes(target: Array, classes: int) -> None:
    if target.dtype.kind not in "iu":
        raise RuntimeError(f"expected scalar type Long but found {pytorch_name(target.dtype)}; class numbers are int64")
    if target.size and not (0 <= target.min() and target.max() < classes):
        raise RuntimeError(f"target out of range: classes are 0 to {classes - 1}")


def _is_class(target: Array, classes: int) -> Array:
    """One row of booleans for each target, true at its class."""
    return target == namespace_of(target).arange(classes)


@composite
def multilabel_margin_loss(input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
                           reduction: str = "mean") -> Tensor:
    """Ask that the scores of a row's classes, listed up to the first -1, be above all others by 1.

    >>> multilabel_margin_loss(randn(4), tensor([3, 0, -1, 1]))
    >>> multilabel_margin_loss(randn(2, 4), tensor([[3, 0, -1, 1], [2, -1, -1, -1]]), reduction="none")
    """
    reduction = chosen(reduction, size_average, reduce)
    if target.shape != input.shape:
        raise RuntimeError(f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}")
    input = _with_classes("multilabel_margin_loss", input)
    listed = target._array.reshape(input.shape).copy()
    xp = namespace_of(listed)
    listed[xp.cumsum(listed < 0, -1) > 0] = -1
    classes = input.shape[-1]
    _check_classes(listed[listed >= 0], classes)
    is_listed = _is_class(listed[..., None], classes)  # a row for each entry of the list
    pairs = is_listed.sum(-2)[..., :, None] * (~is_listed.any(-2))[..., None, :]
    hinges = clamp_min(1 - unsqueeze(input, -1) + unsqueeze(input, -2), 0)
    losses = sum(hinges * wrap(pairs.astype(input._array.dtype)), (-2, -1)) / classes
    return reduced(losses, reduction)


def multilabel_soft_margin_loss(input: Tensor, target: Tensor, weight: Tensor | None = None,
                                size_average: bool | None = None, reduce: bool | None = None,
                                reduction: str = "mean") -> Tensor:
    """The mean over classes of a yes-or-no loss for each.

    >>> multilabel_soft_margin_loss(randn(2, 3), tensor([[1, 0, 1], [0, 0, 1]]))
    >>> multilabel_soft_margin_loss(randn(2, 3), tensor([[1, 0, 1], [0, 0, 1]]), rand(3), reduction="none")
    """
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    return reduced(mean(losses if weight is None else losses * weight, -1), chosen(reduction, size_average, reduce))
