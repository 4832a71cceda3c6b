"""`Optimizer`: what all optimizers share."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from flambeau.autograd.mode import enable_grad
from flambeau.core.tensor import TensorBase
from flambeau.optim import groups, state
from flambeau.optim.groups import required
from flambeau.optim.hooks import Hooked, register_optimizer_step_post_hook, register_optimizer_step_pre_hook

__all__ = ["Optimizer", "ParamsT", "register_optimizer_step_post_hook", "register_optimizer_step_pre_hook", "required"]

Params = Iterable[Any]
ParamsT = Params  # the name that optimizers written for PyTorch import
Closure = Callable[[], Any]

# What an option means in a file from a time when it did not exist yet.
_BEFORE_IT_EXISTED = {"amsgrad": False, "maximize": False, "foreach": None, "capturable": False, "differentiable": False,
                      "fused": None, "decoupled_weight_decay": False, "nesterov": False, "momentum": 0,
                      "centered": False}


class Optimizer(Hooked):
    """Parameters in groups, the options of each group, and what is remembered about each parameter.

    `params` is an iterable of tensors, of (name, tensor) pairs, or of dicts with a list under "params" and the options
    that differ from `defaults`. A subclass adds `step`.
    """

    def __init__(self, params: Params, defaults: dict[str, Any]) -> None:
        self.defaults = defaults
        self.state: dict[Any, Any] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        self._make_hook_tables()
        if isinstance(params, TensorBase):
            raise TypeError("params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                            f"{groups.type_name(params)}; write [param]")
        given = list(params)
        if not given:
            raise ValueError("optimizer got an empty parameter list")
        for group in given if isinstance(given[0], dict) else [{"params": given}]:
            self.add_param_group(group)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Optimize more parameters: `{"params": [...]}` with the options that differ from the defaults.

        Raises TypeError for what is no tensor, ValueError for results of ops and for parameters that are here already.
        """
        groups.complete(param_group, self.defaults, self.param_groups)
        self.param_groups.append(param_group)

    def step(self, closure: Closure | None = None) -> Any:
        """Update all parameters once; `closure`, when given, computes the gradients anew and returns the loss."""
        raise NotImplementedError(f"{type(self).__name__} has no step()")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, or fill them with zeros."""
        for group in self.param_groups:
            for param in group["params"]:
                if set_to_none:
                    param._grad = None
                elif param._grad is not None:
                    _zero(param._grad)

    def state_dict(self) -> dict[str, Any]:
        """Return the state of each parameter and the groups' options, with numbers in the parameters' places."""
        for hook in list(self._optimizer_state_dict_pre_hooks.values()):
            hook(self)
        packed = state.packed(self.state, self.param_groups)
        for hook in list(self._optimizer_state_dict_post_hooks.values()):
            packed = _unless_none(hook(self, packed), packed)
        return packed

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue where a saved optimizer stopped; the state is copied to each parameter's dtype and device.

        Raises ValueError where the numbers of groups or of parameters differ.
        """
        state_dict = state_dict.copy()
        for hook in list(self._optimizer_load_state_dict_pre_hooks.values()):
            state_dict = _unless_none(hook(self, state_dict), state_dict)
        loaded, param_groups = state.unpacked(state_dict, self.param_groups)
        self.__setstate__({"state": loaded, "param_groups": param_groups})
        for hook in list(self._optimizer_load_state_dict_post_hooks.values()):
            hook(self)

    def __getstate__(self) -> dict[str, Any]:
        return {"defaults": self.defaults, "state": self.state, "param_groups": self.param_groups}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._make_hook_tables()
        for group in self.param_groups:
            for name in self.defaults.keys() & _BEFORE_IT_EXISTED.keys():
                group.setdefault(name, _BEFORE_IT_EXISTED[name])

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for number, group in enumerate(self.param_groups):
            options = "".join(f"    {name}: {group[name]}\n" for name in sorted(group) if name != "params")
            text += f"\nParameter Group {number}\n{options}"
        return text + ")"


def evaluate(closure: Closure | None) -> Any:
    """Run a step's closure, recording."""
    if closure is None:
        return None
    with enable_grad():
        return closure()


def _zero(grad: Any) -> None:
    if grad._node is not None:
        grad.detach_()
    grad.requires_grad_(False)
    grad.zero_()


def _unless_none(result: Any, otherwise: Any) -> Any:
    return otherwise if result is None else result
