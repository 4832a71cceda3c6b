"""RAdam."""
from __future__ import annotations

from typing import Any

from flambeau.optim.arithmetic import Numbers, add_, addcdiv_, addcmul_, descent, lerp_, sqrt
from flambeau.optim.checks import check_betas, check_lr, check_not_negative
from flambeau.optim.elementwise import Elementwise, counted, counter, option, zeros_like
from flambeau.optim.groups import Group, State
from flambeau.optim.optimizer import Params


def radam(param: Numbers, grad: Numbers, exp_avg: Numbers, exp_avg_sq: Numbers, *, step_size: Any, beta1: float,
          beta2: float, spread: float, rectified: float | None, eps: float, decay: Any, weight_decay: float,
          maximize: bool) -> None:
    """Step as Adam does once the mean square can be trusted (`rectified` is how far), as momentum does before."""
    grad = descent(grad, param, maximize, weight_decay)
    if decay is not None:
        param *= decay
    lerp_(exp_avg, grad, 1 - beta1)
    exp_avg_sq *= beta2
    addcmul_(exp_avg_sq, grad, grad, 1 - beta2)
    if rectified is None:
        add_(param, exp_avg, -step_size)
        return
    addcdiv_(param, exp_avg, sqrt(exp_avg_sq) + eps, -step_size * spread * rectified)


class RAdam(Elementwise):
    """Adam that waits until its mean square is reliable: [Liu et al. 2019](https://arxiv.org/abs/1908.03265)."""

    _formula = radam
    _remembered = ("exp_avg", "exp_avg_sq")

    def __init__(self, params: Params, lr: Any = 1e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0, decoupled_weight_decay: bool = False, *, foreach: bool | None = None,
                 maximize: bool = False, capturable: bool = False, differentiable: bool = False) -> None:
        check_lr(lr)
        check_not_negative(epsilon=eps, weight_decay=weight_decay)
        check_betas(betas)
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "maximize": maximize,
            "foreach": foreach, "capturable": capturable, "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        })

    def _start(self, param: Any, group: Group) -> State:
        return {"step": counter(), "exp_avg": zeros_like(param), "exp_avg_sq": zeros_like(param)}

    def _numbers(self, param: Any, group: Group, state: State) -> dict[str, Any]:
        step, lr, weight_decay = counted(state), option(group, "lr"), group["weight_decay"]
        beta1, beta2 = group["betas"]
        decoupled = group["decoupled_weight_decay"] and weight_decay != 0
        return {
            "step_size": lr / (1 - beta1**step), "beta1": beta1, "beta2": beta2, "eps": group["eps"],
            "spread": (1 - beta2**step) ** 0.5, "rectified": _rectified(beta2, step),
            "decay": 1 - lr * weight_decay if decoupled else None,
            "weight_decay": 0 if decoupled else weight_decay, "maximize": group["maximize"],
        }


def _rectified(beta2: float, step: float) -> float | None:
    """Return the factor that makes up for the variance of an average over few steps; None while it is unbounded."""
    longest = 2 / (1 - beta2) - 1  # of the averages that a memory of beta2 can hold
    length = longest - 2 * step * beta2**step / (1 - beta2**step)
    if length <= 5.0:
        return None
    factor = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return float(factor**0.5)
