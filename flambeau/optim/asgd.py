"""Averaged stochastic gradient descent."""
from __future__ import annotations

from typing import Any

from flambeau.optim.arithmetic import Numbers, add_, descent
from flambeau.optim.checks import check_lr, check_not_negative, number
from flambeau.optim.elementwise import Elementwise, counted, counter, zeros_like
from flambeau.optim.groups import Group, State
from flambeau.optim.optimizer import Params


def asgd(param: Numbers, grad: Numbers, average: Numbers, *, eta: float, lambd: float, mu: float, weight_decay: float,
         maximize: bool) -> None:
    """Step down the gradient, and keep the average of where the steps have led."""
    grad = descent(grad, param, maximize, weight_decay)
    param *= 1 - lambd * eta
    add_(param, grad, -eta)
    if mu == 1:
        average[...] = param
    else:
        average += (param - average) * mu


class ASGD(Elementwise):
    """Gradient descent whose state `ax` averages the parameters ([Polyak & Juditsky 1992](https://doi.org/10.1137/0330046)).

    `lambd` pulls to zero, `alpha` is the power by which steps shrink, `t0` the step at which averaging starts.
    """

    _formula = asgd
    _remembered = ("ax",)

    def __init__(self, params: Params, lr: Any = 1e-2, lambd: float = 1e-4, alpha: float = 0.75, t0: float = 1e6,
                 weight_decay: float = 0, foreach: bool | None = None, maximize: bool = False,
                 differentiable: bool = False, capturable: bool = False) -> None:
        check_lr(lr)
        check_not_negative(weight_decay=weight_decay)
        super().__init__(params, {
            "lr": lr, "lambd": lambd, "alpha": alpha, "t0": t0, "weight_decay": weight_decay, "foreach": foreach,
            "maximize": maximize, "differentiable": differentiable, "capturable": capturable,
        })

    def _start(self, param: Any, group: Group) -> State:
        return {"step": counter(), "eta": counter(number(group["lr"])), "mu": counter(1.0), "ax": zeros_like(param)}

    def _numbers(self, param: Any, group: Group, state: State) -> dict[str, Any]:
        eta, mu = (_number_in(state, name) for name in ("eta", "mu"))
        step, lr = counted(state), number(group["lr"])
        state["eta"]._array[...] = lr / (1 + group["lambd"] * lr * step) ** group["alpha"]  # for the next step
        state["mu"]._array[...] = 1 / max(1, step - group["t0"])
        return {"eta": eta, "mu": mu, "lambd": group["lambd"], "weight_decay": group["weight_decay"],
                "maximize": group["maximize"]}


def _number_in(state: State, name: str) -> float:
    return float(state[name]._array)
