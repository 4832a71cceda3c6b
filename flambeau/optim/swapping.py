"""An optimizer that works on other parameters and another state for a while."""
from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from flambeau.optim.groups import Group
from flambeau.optim.optimizer import Optimizer


@contextlib.contextmanager
def swap_in_optimizer_params_and_state(optimizer: Optimizer, swapin_parameters: dict[str, Any],
                                       swapin_optim_state: dict[str, Any]) -> Iterator[None]:
    """In a `with` block, have an optimizer step on other parameters, given in the order of its own, with a state as
    `state_dict` returns it.

    In-place changes of tensors stay; what else the block changes in the optimizer or the state is forgotten. Raises
    RuntimeError where the parameters or the groups do not fit.
    """
    groups, states = _checked(optimizer, swapin_optim_state)
    params = _dealt_out(list(swapin_parameters.values()), groups)
    before = optimizer.state, [dict(group) for group in optimizer.param_groups]
    try:
        optimizer.state = defaultdict(dict)
        for own, group, swapped in zip(optimizer.param_groups, groups, params, strict=True):
            own.update({**group, "params": swapped})
            optimizer.state |= {param: dict(states.get(number, {}))
                                for number, param in zip(group["params"], swapped, strict=True)}
        yield
    finally:
        optimizer.state = before[0]
        for own, kept in zip(optimizer.param_groups, before[1], strict=True):
            own.clear()
            own.update(kept)


def _checked(optimizer: Optimizer, swapped: Any) -> tuple[list[Group], dict[Any, Any]]:
    """Return the groups and the states by the parameters' numbers."""
    if not optimizer.state:
        raise RuntimeError("swap_in_optimizer_params_and_state requires initialized optimizer state: take a step first")
    groups, states = (swapped.get(name) if isinstance(swapped, dict) else None for name in ("param_groups", "state"))
    if not isinstance(groups, list) or not isinstance(states, dict):
        raise RuntimeError("swap_in_optimizer_params_and_state requires what optimizer.state_dict() returns: a dict of 'state' "
                           "and 'param_groups'")
    sizes = [len(group["params"]) for group in groups]
    own = [len(group["params"]) for group in optimizer.param_groups]
    if sizes != own:
        raise RuntimeError(f"the state to swap in has groups of {sizes} parameters, the optimizer has groups of {own}")
    extra = set(states) - {number for group in groups for number in group["params"]}
    if extra:
        raise RuntimeError("swap_in_optimizer_params_and_state requires the state to be keyed by the numbers of parameters in "
                           f"the groups only; got extra keys {sorted(extra, key=str)}")
    return groups, states


def _dealt_out(params: list[Any], groups: list[Group]) -> list[list[Any]]:
    sizes = [len(group["params"]) for group in groups]
    if len(params) < sum(sizes):
        raise RuntimeError(f"{len(params)} parameters were given to swap in for {sum(sizes)}")
    ends = [sum(sizes[:i + 1]) for i in range(len(sizes))]
    return [params[end - size:end] for size, end in zip(sizes, ends, strict=True)]
