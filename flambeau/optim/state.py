"""From an optimizer's memory to a `state_dict` and back: parameters become numbers, as in PyTorch's files."""
from __future__ import annotations

import copy
from collections import defaultdict
from typing import Any

from flambeau.core.dtype import float32
from flambeau.core.tensor import TensorBase
from flambeau.optim.groups import Group

States = dict[Any, Any]  # by parameter


def packed(state: States, groups: list[Group]) -> dict[str, Any]:
    """Return what `state_dict` hands out: the same values, with each parameter's number in its place."""
    numbers: dict[int, int] = {}
    for number, param in enumerate(param for group in groups for param in group["params"]):
        numbers.setdefault(id(param), number)
    return {
        "state": {numbers[id(key)] if isinstance(key, TensorBase) else key: value for key, value in state.items()},
        "param_groups": [_without_tensors(group, numbers) for group in groups],
    }


def _without_tensors(group: Group, numbers: dict[int, int]) -> Group:
    options = {name: value for name, value in group.items() if name != "params"}
    return {**options, "params": [numbers[id(param)] for param in group["params"]]}


def unpacked(saved: dict[str, Any], groups: list[Group]) -> tuple[States, list[Group]]:
    """Return the state and the groups that `saved` describes, for the parameters in `groups`.

    Raises ValueError where the numbers of groups or of parameters differ.
    """
    saved_groups = copy.deepcopy(saved["param_groups"])
    _check_sizes(groups, saved_groups)
    owners = {
        number: (param, _step_stays(saved_group))
        for group, saved_group in zip(groups, saved_groups, strict=True)
        for number, param in zip(saved_group["params"], group["params"], strict=True)
    }
    state: States = defaultdict(dict)
    for key, value in saved["state"].items():
        if key in owners:
            param, step_stays = owners[key]
            state[param] = _fitted(value, param, step_stays)
        else:
            state[key] = value
    return state, [_with_params(saved, group) for saved, group in zip(saved_groups, groups, strict=True)]


def _check_sizes(groups: list[Group], saved: list[Group]) -> None:
    if len(groups) != len(saved):
        raise ValueError("loaded state dict has a different number of parameter groups: "
                         f"{len(saved)} instead of {len(groups)}")
    for number, (ours, theirs) in enumerate(zip(groups, saved, strict=True)):
        if len(ours["params"]) != len(theirs["params"]):
            raise ValueError("loaded state dict contains a parameter group that doesn't match the size of optimizer's "
                             f"group: group {number} has {len(ours['params'])} parameters, {len(theirs['params'])} were "
                             "saved; was the model built the same way?")


def _step_stays(group: Group) -> bool:
    """Say whether 'step' keeps its saved dtype; PyTorch turns it into float32 for these two options."""
    return not (group.get("fused") or group.get("capturable"))


def _fitted(value: Any, param: Any, step_stays: bool, key: Any = None) -> Any:
    """Copy a saved value, its tensors in the dtype and on the device of `param`."""
    if isinstance(value, TensorBase):
        return _fitted_tensor(value, param, step_stays, key)
    if isinstance(value, dict):
        return {name: _fitted(item, param, step_stays, name) for name, item in value.items()}
    if isinstance(value, list | tuple | set):
        return type(value)(_fitted(item, param, step_stays) for item in value)
    return value


def _fitted_tensor(value: Any, param: Any, step_stays: bool, key: Any) -> Any:
    if key == "step":
        return value.to("cpu", dtype=None if step_stays else float32, copy=True)
    dtype = param.dtype if param.is_floating_point() else None
    return value.to(param.device, dtype=dtype, copy=True)


def _with_params(saved: Group, group: Group) -> Group:
    saved["params"] = group["params"]
    if "param_names" in group:
        saved.setdefault("param_names", group["param_names"])
    return saved
