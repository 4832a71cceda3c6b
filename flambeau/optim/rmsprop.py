"""RMSprop."""
from __future__ import annotations

from typing import Any

from flambeau.optim.arithmetic import Numbers, add_, addcdiv_, addcmul_, descent, lerp_, sqrt
from flambeau.optim.checks import check_lr, check_not_negative
from flambeau.optim.elementwise import Elementwise, counted, counter, option, zeros_like
from flambeau.optim.groups import Group, State
from flambeau.optim.optimizer import Params


def rmsprop(param: Numbers, grad: Numbers, square_avg: Numbers, grad_avg: Numbers | None,
            momentum_buffer: Numbers | None, *, lr: Any, alpha: float, eps: float, momentum: float, weight_decay: float,
            maximize: bool) -> None:
    """Step along the gradient, divided by the root of the running mean of its square (or by its deviation)."""
    grad = descent(grad, param, maximize, weight_decay)
    square_avg *= alpha
    addcmul_(square_avg, grad, grad, 1 - alpha)
    if grad_avg is not None:
        lerp_(grad_avg, grad, 1 - alpha)
        square_avg = square_avg + 0  # a copy, to make the variance of
        addcmul_(square_avg, grad_avg, grad_avg, -1)
    denominator = sqrt(square_avg) + eps
    if momentum_buffer is None:
        addcdiv_(param, grad, denominator, -lr)
        return
    momentum_buffer *= momentum
    addcdiv_(momentum_buffer, grad, denominator, 1)
    add_(param, momentum_buffer, -lr)


class RMSprop(Elementwise):
    """Gradients divided by their root mean square (Hinton, lecture 6 of his 2012 course).

    `alpha` is the memory of the mean, `centered` divides by the standard deviation instead, `momentum` keeps steps going.
    """

    _formula = rmsprop
    _remembered = ("square_avg", "grad_avg", "momentum_buffer")

    def __init__(self, params: Params, lr: Any = 1e-2, alpha: float = 0.99, eps: float = 1e-8, weight_decay: float = 0,
                 momentum: float = 0, centered: bool = False, capturable: bool = False, foreach: bool | None = None,
                 maximize: bool = False, differentiable: bool = False) -> None:
        check_lr(lr)
        check_not_negative(epsilon=eps, momentum=momentum, weight_decay=weight_decay, alpha=alpha)
        super().__init__(params, {
            "lr": lr, "momentum": momentum, "alpha": alpha, "eps": eps, "centered": centered,
            "weight_decay": weight_decay, "capturable": capturable, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable,
        })

    def _start(self, param: Any, group: Group) -> State:
        state = {"step": counter(), "square_avg": zeros_like(param)}
        if group["momentum"] > 0:
            state["momentum_buffer"] = zeros_like(param)
        if group["centered"]:
            state["grad_avg"] = zeros_like(param)
        return state

    def _numbers(self, param: Any, group: Group, state: State) -> dict[str, Any]:
        counted(state)
        names = ("alpha", "eps", "momentum", "weight_decay", "maximize")
        return {"lr": option(group, "lr"), **{name: group[name] for name in names}}
