"""Losses of a choice among classes."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.tensor import TensorBase, wrap
from flambeau.dispatch.op import SAME, op
from flambeau.ops.class_targets import Rows, check_shapes, check_weight, class_axis
from flambeau.ops.loss_reduction import chosen, reduced
from flambeau.ops.reduction import sum
from flambeau.ops.refusals import COMPLEX, NOT_FLOAT, refuse
from flambeau.ops.shape import reshape, unsqueeze
from flambeau.ops.softmax import below_highest, log_softmax, softmax
from flambeau.ops.sums import total

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(promote=SAME, promoted=("input", "weight"), grad_name="NllLossBackward0", grad={
    "input": lambda g, input_shape, target, weight, ignore_index, reduction:
        nll_loss_backward(g, target, weight, ignore_index, reduction, input_shape),
})
def _nll_loss(input: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str) -> Tensor:
    refuse(NOT_FLOAT + COMPLEX, "nll_loss_out_frame", input)
    rows = Rows(input, target, weight, ignore_index, reduction)
    return rows.reduced(rows.weighed(-rows.pick(input)), reduction)


@op(promote=SAME, promoted=("grad", "weight"), grad={
    "grad": lambda g, target, weight, ignore_index, reduction: _nll_loss(g, target, weight, ignore_index, reduction),
})
def nll_loss_backward(grad: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str,
                      shape: tuple[int, ...]) -> Tensor:
    """The gradient of `nll_loss`: nothing but at each row's class."""
    result = namespace_of(grad).zeros(shape, grad.dtype)
    rows = Rows(result, target, weight, ignore_index, reduction)
    rows.add(result, -rows.gradient(grad))
    return result


def nll_loss(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None,
             ignore_index: int = -100, reduce: bool | None = None, reduction: str = "mean") -> Tensor:
    """Take the log probability of each row's class, with its sign changed.

    >>> nll_loss(randn(3, 4), tensor([0, 2, 1]))
    >>> nll_loss(randn(3, 4), tensor([0, 2, -100]), reduction="sum")
    >>> nll_loss(randn(2, 4, 3), tensor([[0, 2, 1], [3, 3, 0]]), reduction="none", ignore_index=3)
    """
    check_shapes(tuple(input.shape), tuple(target.shape))
    check_weight(input, weight)
    target = target if input.ndim > 1 else reshape(target, ())
    return _nll_loss(input, target, weight, ignore_index, chosen(reduction, size_average, reduce))


@op(promote=SAME, promoted=("input", "weight"), outputs=("loss", "shares"), differentiable=1,
    grad_name="CrossEntropyBackward0", grad={
        "input": lambda g, input, target, weight, ignore_index, reduction, label_smoothing, shares:
            score_slope(g, input, target, weight, ignore_index, reduction, label_smoothing, shares),
    })
def _cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str,
                   label_smoothing: float) -> tuple[Tensor, Tensor]:
    refuse(NOT_FLOAT + COMPLEX, "log_softmax_lastdim_kernel_impl", input)
    rows = Rows(input, target, weight, ignore_index, reduction)
    xp, axis = rows.xp, rows.axis
    scores = below_highest(xp, input, axis)
    picked = rows.pick(scores)
    everywhere = _weighed(scores, weight).sum(axis) if label_smoothing else None
    shares = xp.exp(scores, out=scores)
    totals = total(xp, shares, (axis,))
    shares /= totals
    log_totals = xp.log(totals).squeeze(axis)
    losses = rows.weighed(log_totals - picked)
    if everywhere is not None:
        spread_out = log_totals * (rows.classes if weight is None else weight.sum()) - everywhere
        spread_out = xp.where(target == ignore_index, 0, spread_out / rows.classes)
        losses = (1 - label_smoothing) * losses + label_smoothing * spread_out
    return rows.reduced(losses, reduction), shares


def _weighed(scores: Array, weight: Array | None) -> Array:
    return scores if weight is None else scores * _along(weight, scores.ndim)


def _along(weight: Array, ndim: int) -> Array:
    """Class weights, shaped to multiply scores of `ndim` dims."""
    return weight.reshape(-1, *(1,) * (ndim - 2)) if ndim > 1 else weight


def score_slope(g: Any, input: Any, *options: Any) -> Any:
    """The gradient of the scores: quickly on arrays; on tensors, whose own gradient is wanted, in ops."""
    if not isinstance(g, TensorBase):
        return cross_entropy_backward(g, *options)
    *settings, shares = options
    wanted = wrap(-_aims(*(getattr(value, "_array", value) for value in (*settings, shares))))
    axis = class_axis(input.ndim)
    slope = softmax(input, axis) * sum(wanted, axis, True) - wanted
    return slope * (unsqueeze(g, axis) if settings[3] == "none" else g)


def _aims(target: Array, weight: Array | None, ignore_index: int, reduction: str, label_smoothing: float,
          shares: Array) -> Array:
    """Minus what each share should be, times its weight in the loss: what the gradient adds to the shares."""
    ones = namespace_of(shares).ones(target.shape if reduction == "none" else (), shares.dtype)
    aims: Array = cross_entropy_backward(ones, target, weight, ignore_index, reduction, label_smoothing, shares * 0)
    return aims


@op()
def cross_entropy_backward(grad: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str,
                           label_smoothing: float, shares: Tensor) -> Tensor:
    """The gradient of `cross_entropy`: the shares less what they should be, times each row's weight in the loss."""
    rows = Rows(shares, target, weight, ignore_index, reduction)
    sharp = rows.gradient(grad) * (1 - label_smoothing)
    if not label_smoothing:
        result = shares * rows.xp.expand_dims(sharp, rows.axis)
        rows.add(result, -sharp)
        return result
    weights = rows.xp.ones(rows.classes, shares.dtype) if weight is None else weight
    even = grad * (label_smoothing / rows.classes) / (rows.total if rows.averaged else 1)
    even = rows.xp.where(target == ignore_index, 0, even)
    result = shares * rows.xp.expand_dims(sharp + even * weights.sum(), rows.axis)
    result -= rows.xp.expand_dims(even, rows.axis) * _along(weights, shares.ndim)
    rows.add(result, -sharp)
    return result


def cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None = None, size_average: bool | None = None,
                  ignore_index: int = -100, reduce: bool | None = None, reduction: str = "mean",
                  label_smoothing: float = 0.0) -> Tensor:
    """Measure how far the softmax of scores is from the right classes, or from given probabilities.

    >>> cross_entropy(randn(3, 4), tensor([0, 2, 1]))
    >>> cross_entropy(randn(3, 4), tensor([0, 2, -100]), reduction="sum", label_smoothing=0.1)
    >>> cross_entropy(randn(2, 4, 3), tensor([[0, 2, 1], [3, 3, 0]]), reduction="none", label_smoothing=0.2)
    >>> cross_entropy(randn(3, 4), rand(3, 4), label_smoothing=0.1)
    """
    reduction = chosen(reduction, size_average, reduce)
    if not 0.0 <= label_smoothing <= 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    if input.shape == target.shape:
        return _against_probabilities(input, target, weight, ignore_index, reduction, label_smoothing)
    check_shapes(tuple(input.shape), tuple(target.shape))
    check_weight(input, weight)
    target = target if input.ndim > 1 else reshape(target, ())
    result: Any = _cross_entropy(input, target, weight, ignore_index, reduction, label_smoothing)[0]
    return result


def _against_probabilities(input: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int, reduction: str,
                           label_smoothing: float) -> Tensor:
    if not target.dtype.is_floating_point:
        raise RuntimeError("Expected floating point type for target with class probabilities, got "
                           f"{target.dtype}; class numbers have one dim less than the scores")
    if ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    axis = class_axis(input.ndim)
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / input.shape[axis]
    log_shares = log_softmax(input, axis)
    if weight is not None:
        log_shares = log_shares * reshape(weight, (-1, *(1,) * (input.ndim - 2)))
    losses = -sum(log_shares * target, axis)
    return sum(losses) / max(losses.numel(), 1) if reduction == "mean" else reduced(losses, reduction)
