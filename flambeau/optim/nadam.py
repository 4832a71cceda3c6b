"""NAdam."""
from __future__ import annotations

from typing import Any

from flambeau.optim.arithmetic import Numbers, addcdiv_, addcmul_, descent, lerp_, sqrt
from flambeau.optim.checks import check_betas, check_lr, check_not_negative
from flambeau.optim.elementwise import Elementwise, counted, counter, option, zeros_like
from flambeau.optim.groups import Group, State
from flambeau.optim.optimizer import Params


def nadam(param: Numbers, grad: Numbers, exp_avg: Numbers, exp_avg_sq: Numbers, *, grad_size: Any, momentum_size: Any,
          beta1: float, beta2: float, bias: float, eps: float, decay: Any, weight_decay: float, maximize: bool) -> None:
    """Step along the gradient and, looking ahead, along its running mean, both over the root of the mean square."""
    grad = descent(grad, param, maximize, weight_decay)
    if decay is not None:
        param *= decay
    lerp_(exp_avg, grad, 1 - beta1)
    exp_avg_sq *= beta2
    addcmul_(exp_avg_sq, grad, grad, 1 - beta2)
    denominator = sqrt(exp_avg_sq / bias) + eps
    addcdiv_(param, grad, denominator, -grad_size)
    addcdiv_(param, exp_avg, denominator, -momentum_size)


class NAdam(Elementwise):
    """Adam with Nesterov's momentum: [Dozat 2016](https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ).

    `momentum_decay` sets how the momentum warms up.
    """

    _formula = nadam
    _remembered = ("exp_avg", "exp_avg_sq")

    def __init__(self, params: Params, lr: Any = 2e-3, betas: tuple[float, float] = (0.9, 0.999), eps: float = 1e-8,
                 weight_decay: float = 0, momentum_decay: float = 4e-3, decoupled_weight_decay: bool = False, *,
                 foreach: bool | None = None, maximize: bool = False, capturable: bool = False,
                 differentiable: bool = False) -> None:
        check_lr(lr)
        check_not_negative(epsilon=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)
        check_betas(betas)
        super().__init__(params, {
            "lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay, "maximize": maximize, "foreach": foreach,
            "capturable": capturable, "differentiable": differentiable,
        })

    def _start(self, param: Any, group: Group) -> State:
        return {"step": counter(), "mu_product": counter(1.0), "exp_avg": zeros_like(param),
                "exp_avg_sq": zeros_like(param)}

    def _numbers(self, param: Any, group: Group, state: State) -> dict[str, Any]:
        step, lr, weight_decay = counted(state), option(group, "lr"), group["weight_decay"]
        beta1, beta2 = group["betas"]
        momentum, next_momentum = (
            beta1 * (1.0 - 0.5 * 0.96 ** (at * group["momentum_decay"])) for at in (step, step + 1)
        )
        product = _multiplied(state, momentum)
        decoupled = group["decoupled_weight_decay"] and weight_decay != 0
        return {
            "grad_size": lr * (1.0 - momentum) / (1.0 - product),
            "momentum_size": lr * next_momentum / (1.0 - product * next_momentum),
            "beta1": beta1, "beta2": beta2, "bias": 1 - beta2**step, "eps": group["eps"],
            "decay": 1 - lr * weight_decay if decoupled else None,
            "weight_decay": 0 if decoupled else weight_decay, "maximize": group["maximize"],
        }


def _multiplied(state: State, momentum: float) -> float:
    """Multiply the product of all momenta so far by this step's, and return it."""
    product = state["mu_product"]._array
    product *= momentum
    return float(product)
