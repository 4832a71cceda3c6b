"""Stochastic gradient descent."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import namespace_of
from flambeau.core.tensor import wrap
from flambeau.optim.arithmetic import Numbers, add_, descent, detached, plus
from flambeau.optim.checks import check_fused, check_lr, check_not_negative
from flambeau.optim.elementwise import Elementwise, option
from flambeau.optim.groups import Group, State
from flambeau.optim.optimizer import Params


def sgd(param: Numbers, grad: Numbers, momentum_buffer: Numbers | None, *, lr: Any, momentum: float, dampening: float,
        weight_decay: Any, nesterov: bool, maximize: bool, is_first: bool) -> None:
    """Step down the gradient, or down a running sum of gradients."""
    grad = descent(grad, param, maximize, weight_decay)
    if momentum_buffer is not None:
        if is_first:
            momentum_buffer[...] = detached(grad)
        else:
            momentum_buffer *= momentum
            add_(momentum_buffer, grad, 1 - dampening)
        grad = plus(grad, momentum_buffer, momentum) if nesterov else momentum_buffer
    add_(param, grad, -lr)


class SGD(Elementwise):
    """Stochastic gradient descent, with momentum and Nesterov's variant of it.

    `momentum` is the share of the last step that goes on, `dampening` takes from the new gradient, `weight_decay` pulls
    to zero, `nesterov` looks ahead along the momentum. `foreach` and `fused` are accepted and change nothing.
    """

    _formula = sgd
    _remembered = ("momentum_buffer",)

    def __init__(self, params: Params, lr: Any = 1e-3, momentum: float = 0, dampening: float = 0,
                 weight_decay: Any = 0, nesterov: bool = False, *, maximize: bool = False, foreach: bool | None = None,
                 differentiable: bool = False, fused: bool | None = None) -> None:
        check_lr(lr)
        check_not_negative(momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        super().__init__(params, {
            "lr": lr, "momentum": momentum, "dampening": dampening, "weight_decay": weight_decay, "nesterov": nesterov,
            "maximize": maximize, "foreach": foreach, "differentiable": differentiable, "fused": fused,
        })
        check_fused(fused, foreach, differentiable)

    def _start(self, param: Any, group: Group) -> State:
        return {"momentum_buffer": None} if group["momentum"] != 0 else {}

    def _numbers(self, param: Any, group: Group, state: State) -> dict[str, Any]:
        is_first = group["momentum"] != 0 and state.get("momentum_buffer") is None
        if is_first:
            state["momentum_buffer"] = wrap(namespace_of(param._array).empty_like(param._array))
        return {
            "lr": option(group, "lr"), "weight_decay": option(group, "weight_decay"), "momentum": group["momentum"],
            "dampening": group["dampening"], "nesterov": group["nesterov"], "maximize": group["maximize"],
            "is_first": is_first,
        }
