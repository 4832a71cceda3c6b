"""Adadelta."""
from __future__ import annotations

from typing import Any

from flambeau.optim.arithmetic import Numbers, add_, addcmul_, descent, sqrt
from flambeau.optim.checks import check_lr, check_not_negative
from flambeau.optim.elementwise import Elementwise, counted, counter, option, zeros_like
from flambeau.optim.groups import Group, State
from flambeau.optim.optimizer import Params


def adadelta(param: Numbers, grad: Numbers, square_avg: Numbers, acc_delta: Numbers, *, lr: Any, rho: float, eps: float,
             weight_decay: float, maximize: bool) -> None:
    """Step along the gradient, scaled by the root mean square of past steps over that of past gradients."""
    grad = descent(grad, param, maximize, weight_decay)
    square_avg *= rho
    addcmul_(square_avg, grad, grad, 1 - rho)
    delta = sqrt(acc_delta + eps) / sqrt(square_avg + eps) * grad
    acc_delta *= rho
    addcmul_(acc_delta, delta, delta, 1 - rho)
    add_(param, delta, -lr)


class Adadelta(Elementwise):
    """Steps whose size follows from past steps: [Zeiler 2012](https://arxiv.org/abs/1212.5701).

    `rho` is the memory of both running means.
    """

    _formula = adadelta
    _remembered = ("square_avg", "acc_delta")

    def __init__(self, params: Params, lr: Any = 1.0, rho: float = 0.9, eps: float = 1e-6, weight_decay: float = 0,
                 foreach: bool | None = None, *, capturable: bool = False, maximize: bool = False,
                 differentiable: bool = False) -> None:
        check_lr(lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        check_not_negative(epsilon=eps, weight_decay=weight_decay)
        super().__init__(params, {
            "lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "capturable": capturable, "foreach": foreach, "differentiable": differentiable,
        })

    def _start(self, param: Any, group: Group) -> State:
        return {"step": counter(), "square_avg": zeros_like(param), "acc_delta": zeros_like(param)}

    def _numbers(self, param: Any, group: Group, state: State) -> dict[str, Any]:
        counted(state)
        return {"lr": option(group, "lr"), **{name: group[name] for name in ("rho", "eps", "weight_decay", "maximize")}}
