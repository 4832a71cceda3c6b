"""Parameter groups: lists of parameters with options of their own, and states of their parameters."""
from __future__ import annotations

from typing import Any

from flambeau.core.tensor import TensorBase

Group = dict[str, Any]
State = dict[str, Any]  # what is remembered about one parameter


class Required:
    """Stands in `defaults` for an option that has none."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = Required()


def type_name(value: Any) -> str:
    """Name the type of `value` as PyTorch's messages do."""
    if isinstance(value, TensorBase):
        return str(value.type())  # on the public class
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def complete(group: Group, defaults: dict[str, Any], others: list[Group]) -> None:
    """Bring a new group into its final form, in place, and check that it goes with the `others`."""
    if not isinstance(group, dict):
        raise TypeError(f"param_group must be a dict, but got {type(group)}")
    group["params"] = _as_list(group["params"])
    _split_off_names(group)
    for param in group["params"]:
        _check_optimizable(param, defaults)
    _fill_in(group, defaults)
    _check_among(group, others)


def _as_list(params: Any) -> list[Any]:
    if isinstance(params, TensorBase):
        return [params]
    if isinstance(params, set):
        raise TypeError("optimizer parameters need to be organized in ordered collections, but the ordering of tensors "
                        "in sets will change between runs. Please use a list instead.")
    return list(params)


def _split_off_names(group: Group) -> None:
    """Take apart the (name, parameter) pairs of `named_parameters()`."""
    names = [param[0] for param in group["params"] if isinstance(param, tuple)]
    if not names:
        return
    if len(names) != len(group["params"]):
        raise ValueError("all optimizer params should be with/without names. Some param names are missing")
    group["params"] = [param for _, param in group["params"]]
    group["param_names"] = names


def _check_optimizable(param: Any, defaults: dict[str, Any]) -> None:
    if not isinstance(param, TensorBase):
        raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {type_name(param)}")
    is_result = param._node is not None and not param.retains_grad  # on the public class
    if is_result and not defaults.get("differentiable"):
        raise ValueError("can't optimize a non-leaf Tensor")


def _fill_in(group: Group, defaults: dict[str, Any]) -> None:
    for name, default in defaults.items():
        if default is required and name not in group:
            raise ValueError(f"parameter group didn't specify a value of required optimization parameter {name}")
        group.setdefault(name, default)


def _check_among(group: Group, others: list[Group]) -> None:
    params = set(group["params"])
    if len(params) != len(group["params"]):
        import warnings

        warnings.warn("optimizer contains a parameter group with duplicate parameters; in future, this will cause an "
                      "error; see github.com/pytorch/pytorch/issues/40967 for more information", stacklevel=4)
    named = "param_names" in group
    if any(("param_names" in other) != named for other in others):
        raise ValueError("all optimizer param groups should be with/without names. cannot add param group "
                         f"{'with' if named else 'without'} names to the optimizer")
    if any(not params.isdisjoint(other["params"]) for other in others):
        raise ValueError("some parameters appear in more than one parameter group")
