"""Adamax."""
from __future__ import annotations

from typing import Any

from flambeau.optim.arithmetic import Numbers, addcdiv_, descent, lerp_, maximum_
from flambeau.optim.checks import check_betas, check_lr, check_not_negative
from flambeau.optim.elementwise import Elementwise, counted, counter, option, zeros_like
from flambeau.optim.groups import Group, State
from flambeau.optim.optimizer import Params


def adamax(param: Numbers, grad: Numbers, exp_avg: Numbers, exp_inf: Numbers, *, step_size: Any, beta1: float,
           beta2: float, eps: float, weight_decay: float, maximize: bool) -> None:
    """Step along the running mean of the gradient, divided by the largest size it had of late."""
    grad = descent(grad, param, maximize, weight_decay)
    lerp_(exp_avg, grad, 1 - beta1)
    exp_inf *= beta2
    maximum_(exp_inf, abs(grad) + eps)
    addcdiv_(param, exp_avg, exp_inf, -step_size)


class Adamax(Elementwise):
    """Adam with a running maximum in place of the mean square: [Kingma & Ba 2014](https://arxiv.org/abs/1412.6980)."""

    _formula = adamax
    _remembered = ("exp_avg", "exp_inf")

    def __init__(self, params: Params, lr: Any = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0, foreach: bool | None = None, *, maximize: bool = False,
                 differentiable: bool = False, capturable: bool = False) -> None:
        check_lr(lr)
        check_not_negative(epsilon=eps, weight_decay=weight_decay)
        check_betas(betas)
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
        })

    def _start(self, param: Any, group: Group) -> State:
        return {"step": counter(), "exp_avg": zeros_like(param), "exp_inf": zeros_like(param)}

    def _numbers(self, param: Any, group: Group, state: State) -> dict[str, Any]:
        beta1, beta2 = group["betas"]
        return {"step_size": option(group, "lr") / (1 - beta1 ** counted(state)), "beta1": beta1, "beta2": beta2,
                "eps": group["eps"], "weight_decay": group["weight_decay"], "maximize": group["maximize"]}
