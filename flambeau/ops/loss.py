"""Losses between numbers and their targets, element by element."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flambeau.core.arrays import namespace_of
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.bounds import clamp
from flambeau.ops.creation import full_like
from flambeau.ops.dims import holds
from flambeau.ops.exponential import exp, log, xlogy
from flambeau.ops.loss_reduction import chosen, fitted, folded, reduced, share
from flambeau.ops.masking import choose
from flambeau.ops.reduction import sum
from flambeau.ops.refusals import BOOL, COMPLEX, INTEGERS, refuse
from flambeau.ops.rounding import sgn
from flambeau.ops.shape import unsqueeze

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(promote=SAME, grad_name="MseLossBackward0", grad={
    "input": lambda g, input, target, reduction: _mse_slope(g, input, target, reduction),
    "target": lambda g, input, target, reduction: _mse_slope(g, target, input, reduction),
})
def _mse_loss(input: Tensor, target: Tensor, reduction: str) -> Tensor:
    refuse(BOOL + INTEGERS + COMPLEX, "mse_cpu", input)
    gap = input - target
    gap *= gap
    return folded(gap, reduction)


def _mse_slope(g: Tensor, input: Tensor, target: Tensor, reduction: str) -> Tensor:
    return (input - target) * (share(g, reduction, input.shape) * 2)


def mse_loss(input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
             reduction: str = "mean", weight: Tensor | None = None) -> Tensor:
    """Square the distance to the target.

    >>> mse_loss(randn(2, 3), randn(2, 3))
    >>> mse_loss(randn(2, 3), randn(2, 3), reduction="sum")
    >>> mse_loss(randn(2, 3), randn(2, 3), reduction="none")
    >>> mse_loss(randn(2, 3), randn(2, 3), weight=rand(2, 3))
    """
    reduction = chosen(reduction, size_average, reduce)
    input, target = fitted("mse_loss", input, target)
    if weight is None:
        return _mse_loss(input, target, reduction)
    return _weighted((input - target) ** 2, weight, reduction)


def _weighted(losses: Tensor, weight: Tensor, reduction: str) -> Tensor:
    """Weigh each loss; the mean is over the weights."""
    if weight.shape != losses.shape:
        raise ValueError("Weights and input must have the same size; "
                         f"they have {tuple(weight.shape)} and {tuple(losses.shape)}")
    losses = losses * weight
    return sum(losses) / sum(weight) if reduction == "mean" else reduced(losses, reduction)


@op(promote=SAME, complex_rules=True, grad_name="AbsBackward0", grad={
    "input": lambda g, input, target, reduction: sgn(input - target) * share(g, reduction, input.shape),
    "target": lambda g, input, target, reduction: sgn(target - input) * share(g, reduction, input.shape),
})
def _l1_loss(input: Tensor, target: Tensor, reduction: str) -> Tensor:
    if input.dtype.kind == "b":
        raise RuntimeError("Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` operator.")
    if reduction == "mean" and input.dtype.kind in INTEGERS:
        raise RuntimeError(f"mean(): could not infer output dtype: the distances are {input.dtype}; convert to a float dtype")
    gap = input - target
    return folded(namespace_of(gap).abs(gap), reduction)


def l1_loss(input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
            reduction: str = "mean", weight: Tensor | None = None) -> Tensor:
    """Measure the distance to the target.

    >>> l1_loss(randn(2, 3), randn(2, 3))
    >>> l1_loss(randn(2, 3), randn(2, 3), reduction="none")
    >>> l1_loss(randn(2, 3), randn(2, 3), weight=rand(2, 3))
    """
    reduction = chosen(reduction, size_average, reduce)
    input, target = fitted("l1_loss", input, target)
    if weight is None:
        return _l1_loss(input, target, reduction)
    return _weighted(_l1_loss(input, target, "none"), weight, reduction)


@op(promote=SAME, grad_name="HuberLossBackward0", grad={
    "input": lambda g, input, target, reduction, delta: _huber_slope(g, input, target, reduction, delta),
    "target": lambda g, input, target, reduction, delta: _huber_slope(g, target, input, reduction, delta),
})
def _huber_loss(input: Tensor, target: Tensor, reduction: str, delta: float) -> Tensor:
    refuse(BOOL + INTEGERS + COMPLEX, "huber_cpu", input)
    xp = namespace_of(input)
    gap = xp.abs(input - target)
    return folded(xp.where(gap <= delta, 0.5 * gap * gap, delta * (gap - 0.5 * delta)), reduction)


def _huber_slope(g: Tensor, input: Tensor, target: Tensor, reduction: str, delta: float) -> Tensor:
    return clamp(input - target, -delta, delta) * share(g, reduction, input.shape)


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0,
               weight: Tensor | None = None) -> Tensor:
    """Half the square of the distance to the target up to `delta`, then a straight line.

    >>> huber_loss(randn(2, 3), randn(2, 3))
    >>> huber_loss(randn(2, 3), randn(2, 3), reduction="none", delta=0.5)
    """
    if isinstance(delta, complex):
        raise TypeError(f"huber_loss(): argument 'delta' (position 4) must be float, not {type(delta).__name__}")
    if delta <= 0:
        raise RuntimeError("huber_loss does not support non-positive values for delta.")
    reduction = chosen(reduction)
    input, target = fitted("huber_loss", input, target)
    if weight is None:
        return _huber_loss(input, target, reduction, delta)
    if weight.shape != input.shape:
        raise ValueError(f"Weights and input must have the same size; they have {tuple(weight.shape)} and "
                         f"{tuple(input.shape)}")
    return reduced(_huber_loss(input, target, "none", delta) * weight, reduction)


def smooth_l1_loss(input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
                   reduction: str = "mean", beta: float = 1.0) -> Tensor:
    """The square of the distance to the target over 2 `beta`, where that is below `beta`; then a straight line.

    >>> smooth_l1_loss(randn(2, 3), randn(2, 3))
    >>> smooth_l1_loss(randn(2, 3), randn(2, 3), reduction="none", beta=0.5)
    >>> smooth_l1_loss(randn(2, 3), randn(2, 3), beta=0.0)
    """
    reduction = chosen(reduction, size_average, reduce)
    if beta < 0:
        raise RuntimeError("smooth_l1_loss does not support negative values for beta.")
    input, target = fitted("smooth_l1_loss", input, target)
    return _huber_loss(input, target, reduction, beta) / beta if beta else _l1_loss(input, target, reduction)


@composite
def kl_div(input: Tensor, target: Tensor, size_average: bool | None = None, reduce: bool | None = None,
           reduction: str = "mean", log_target: bool = False) -> Tensor:
    """Measure how far the distribution with logarithms `input` is from `target`.

    >>> kl_div(randn(2, 3), rand(2, 3), reduction="batchmean")
    >>> kl_div(randn(2, 3), rand(2, 3), reduction="none")
    >>> kl_div(randn(2, 3), randn(2, 3), reduction="sum", log_target=True)
    """
    if reduction == "mean":
        import warnings

        warnings.warn("reduction: 'mean' divides the total loss by both the batch size and the support size. 'batchmean' "
                      "divides only by the batch size, and aligns with the definition of the divergence.", stacklevel=2)
    if not (input.dtype.is_floating_point and target.dtype.is_floating_point):
        kind = "Complex" if input.dtype.is_complex or target.dtype.is_complex else "Integral"
        raise RuntimeError(f"kl_div: {kind} inputs not supported.")
    per_batch = reduction == "batchmean"
    reduction = chosen("sum" if per_batch else reduction, size_average, reduce)
    losses = exp(target) * (target - input) if log_target else xlogy(target, target) - target * input
    result = reduced(losses, reduction)
    return result / input.shape[0] if per_batch and input.ndim else result


@composite
def poisson_nll_loss(input: Tensor, target: Tensor, log_input: bool = True, full: bool = False,
                     size_average: bool | None = None, eps: float = 1e-08, reduce: bool | None = None,
                     reduction: str = "mean") -> Tensor:
    """The negative log likelihood of counts under Poisson's distribution; `full` adds Stirling's term.

    >>> poisson_nll_loss(randn(2, 3), rand(2, 3))
    >>> poisson_nll_loss(rand(2, 3), tensor([[0.5, 1.0, 2.0], [3.0, 4.0, 5.0]]), log_input=False, full=True)
    """
    reduction = chosen(reduction, size_average, reduce)
    losses = exp(input) - target * input if log_input else input - target * log(input + eps)
    if full:
        large = choose(target > 1, target, 1.0)
        stirling = large * log(large) - large + 0.5 * log(2 * math.pi * large)
        losses = losses + choose(target > 1, stirling, 0.0)
    return reduced(losses, reduction)


def gaussian_nll_loss(input: Tensor, target: Tensor, var: Tensor | float, full: bool = False, eps: float = 1e-06,
                      reduction: str = "mean") -> Tensor:
    """The negative log likelihood of targets under normal distributions around `input` with variances `var`.

    >>> gaussian_nll_loss(randn(2, 3), randn(2, 3), rand(2, 3))
    >>> gaussian_nll_loss(randn(2, 3), randn(2, 3), rand(2, 1), full=True, reduction="none")
    """
    reduction = chosen(reduction)
    var = _variances(input, var)
    bounded = var.detach().clamp(min=eps) + (var - var.detach())  # PyTorch's: the bound does not stop the gradient
    losses = 0.5 * (log(bounded) + (input - target) ** 2 / bounded)
    return reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)


def _variances(input: Tensor, var: Tensor | float) -> Tensor:
    """Check the variances, or make a tensor of the one given; give them the shape of `input`."""
    if isinstance(var, int | float):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        return full_like(input, var)
    if holds(var < 0):
        raise ValueError("var has negative entry/entries")
    if var.shape == input.shape[:-1] and var.shape != input.shape:
        return unsqueeze(var, -1)
    fits = var.ndim == input.ndim and all(n in (size, 1) for n, size in zip(var.shape, input.shape, strict=True))
    if not fits:
        raise ValueError(f"var is of incorrect size: {tuple(var.shape)} for an input of {tuple(input.shape)}")
    return var
