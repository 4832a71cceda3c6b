"""Optimizers that look at one parameter at a time."""
from __future__ import annotations

from typing import Any

from flambeau.autograd.mode import set_grad_enabled
from flambeau.core.arrays import QUIET, SILENT
from flambeau.optim.groups import Group, State
from flambeau.optim.optimizer import Closure, Optimizer, evaluate


class Parameterwise(Optimizer):
    """Calls `_update` for each parameter with a gradient; the update writes into the parameter's array."""

    def _update(self, param: Any, group: Group) -> None:
        raise NotImplementedError

    def step(self, closure: Closure | None = None) -> Any:
        """Update each parameter that has a gradient; `closure` computes the gradients anew and returns the loss."""
        loss = evaluate(closure)
        writer = f"{type(self).__name__}.step"
        quiet = QUIET.set(SILENT)
        try:
            with set_grad_enabled(bool(self.defaults.get("differentiable"))):
                for group in self.param_groups:
                    for param in group["params"]:
                        if param._grad is not None:
                            self._update(param, group)
                            param._storage.bump(writer)
        finally:
            QUIET.reset(quiet)
        return loss

    def _state_of(self, param: Any, group: Group) -> State:
        """Return what is remembered about `param`; `_start` makes it, and nothing is kept of nothing."""
        known: State | None = self.state.get(param)
        if known:
            return known
        state = self._start(param, group)
        if state:
            self.state[param] = state
        return state

    def _start(self, param: Any, group: Group) -> State:
        raise NotImplementedError
