"""Rprop."""
from __future__ import annotations

from typing import Any

from flambeau.optim.arithmetic import Numbers, addcmul_, as_now, clamp_, sign
from flambeau.optim.checks import check_lr, number
from flambeau.optim.elementwise import Elementwise, counted, counter, full_like, zeros_like
from flambeau.optim.groups import Group, State
from flambeau.optim.optimizer import Params


def rprop(param: Numbers, grad: Numbers, prev: Numbers, step_size: Numbers, *, shrink: float, grow: float,
          smallest: float, largest: float, maximize: bool) -> None:
    """Step by `step_size` against the gradient's sign; grow it while the sign stays, shrink it and wait when it turns."""
    grad = -grad if maximize else grad + 0  # a copy: it is written to below
    agreement = sign(grad * as_now(prev))
    turned = agreement < 0
    factor = agreement * 0 + 1
    factor[agreement > 0] = grow
    factor[turned] = shrink
    step_size *= factor
    clamp_(step_size, smallest, largest)
    grad[turned] = 0
    addcmul_(param, sign(grad), step_size, -1)
    prev[...] = grad


class Rprop(Elementwise):
    """Resilient backpropagation, for full batches: only the gradient's sign counts (Riedmiller & Braun 1993).

    `etas` are the factors that shrink and grow a step, `step_sizes` its smallest and largest size.
    """

    _formula = rprop
    _remembered = ("prev", "step_size")

    def __init__(self, params: Params, lr: Any = 1e-2, etas: tuple[float, float] = (0.5, 1.2),
                 step_sizes: tuple[float, float] = (1e-6, 50), *, capturable: bool = False, foreach: bool | None = None,
                 maximize: bool = False, differentiable: bool = False) -> None:
        check_lr(lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        super().__init__(params, {
            "lr": lr, "etas": etas, "step_sizes": step_sizes, "foreach": foreach, "maximize": maximize,
            "differentiable": differentiable, "capturable": capturable,
        })

    def _start(self, param: Any, group: Group) -> State:
        return {"step": counter(), "prev": zeros_like(param), "step_size": full_like(param, number(group["lr"]))}

    def _numbers(self, param: Any, group: Group, state: State) -> dict[str, Any]:
        counted(state)
        shrink, grow = group["etas"]
        smallest, largest = group["step_sizes"]
        return {"shrink": shrink, "grow": grow, "smallest": smallest, "largest": largest, "maximize": group["maximize"]}
