"""Adagrad."""
from __future__ import annotations

from typing import Any

from flambeau.optim.arithmetic import Numbers, addcdiv_, addcmul_, descent, sqrt
from flambeau.optim.checks import check_fused, check_lr, check_not_negative
from flambeau.optim.elementwise import Elementwise, counted, counter, full_like, option
from flambeau.optim.groups import Group, State
from flambeau.optim.optimizer import Params


def adagrad(param: Numbers, grad: Numbers, total: Numbers, *, step_size: Any, eps: float, weight_decay: float,
            maximize: bool) -> None:
    """Step along the gradient, divided by the root of the sum of all its squares so far."""
    grad = descent(grad, param, maximize, weight_decay)
    addcmul_(total, grad, grad, 1)
    addcdiv_(param, grad, sqrt(total) + eps, -step_size)


class Adagrad(Elementwise):
    """Steps that shrink where gradients were large: [Duchi et al. 2011](https://jmlr.org/papers/v12/duchi11a.html).

    `lr_decay` lowers the learning rate as steps go by, `initial_accumulator_value` is where the sum of squares starts.
    """

    _formula = adagrad
    _remembered = ("sum",)

    def __init__(self, params: Params, lr: Any = 1e-2, lr_decay: float = 0, weight_decay: float = 0,
                 initial_accumulator_value: float = 0, eps: float = 1e-10, foreach: bool | None = None, *,
                 maximize: bool = False, differentiable: bool = False, fused: bool | None = None) -> None:
        check_lr(lr)
        check_not_negative(lr_decay=lr_decay, weight_decay=weight_decay,
                           initial_accumulator_value=initial_accumulator_value, epsilon=eps)
        super().__init__(params, {
            "lr": lr, "lr_decay": lr_decay, "eps": eps, "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "fused": fused,
        })
        check_fused(fused, foreach, differentiable)
        for group in self.param_groups:
            for param in group["params"]:
                self.state[param] = self._start(param, group)  # PyTorch has the state from the beginning

    def share_memory(self) -> None:
        """Move the sums to memory that processes forked from now on share."""
        for state in self.state.values():
            state["sum"].share_memory_()

    def _start(self, param: Any, group: Group) -> State:
        return {"step": counter(), "sum": full_like(param, group["initial_accumulator_value"])}

    def _numbers(self, param: Any, group: Group, state: State) -> dict[str, Any]:
        step_size = option(group, "lr") / (1 + (counted(state) - 1) * group["lr_decay"])
        return {"step_size": step_size, "eps": group["eps"], "weight_decay": group["weight_decay"],
                "maximize": group["maximize"]}
