"""Calling a module with other parameters and buffers than its own."""
from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

from flambeau.nn.module import Module
from flambeau.nn.parallel import DataParallel
from flambeau.nn.parameter import is_tensor
from flambeau.ops.joining import stack

Tensors = dict[str, Any]
_ABSENT = object()


def call_with(module: Module, parameter_and_buffer_dicts: Tensors | Sequence[Tensors], args: Any = None,
              kwargs: dict[str, Any] | None = None, *, tie_weights: bool = True, strict: bool = False) -> Any:
    """Call a module with the given tensors, by their names, in the place of its own.

    Several dicts count as one. `tie_weights`: a tensor that is there under several names is replaced under all. `strict`:
    every parameter and buffer must be given, and nothing else. Raises ValueError for what is no dict and for names given
    twice, RuntimeError where `strict` finds names missing or left over.
    """
    return _call(module, _merged(parameter_and_buffer_dicts), args, kwargs, tie_weights, strict)


def functional_call(module: Module, parameters_and_buffers: Tensors, args: Any = None, kwargs: dict[str, Any] | None = None, *,
                    tie_weights: bool = True, strict: bool = False) -> Any:
    """Do the same; the name from before `torch.func`."""
    warnings.warn("`torch.nn.utils.stateless.functional_call` is deprecated as of PyTorch 2.0 and will be removed in a future "
                  "version of PyTorch. Please use `torch.func.functional_call` instead which is a drop-in replacement.",
                  FutureWarning, stacklevel=2)
    return _call(module, parameters_and_buffers, args, kwargs, tie_weights, strict)


def _merged(given: Any) -> Tensors:
    if isinstance(given, dict):
        return given
    if not isinstance(given, Sequence):
        raise ValueError(f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(given)}")
    if not all(isinstance(each, dict) for each in given):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    names = [name for each in given for name in each]
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise ValueError(f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous")
    return {name: tensor for each in given for name, tensor in each.items()}


def _call(module: Module, given: Tensors, args: Any, kwargs: Any, tie_weights: bool, strict: bool) -> Any:
    if isinstance(module, DataParallel):
        raise RuntimeError("The stateless API can't be used with nn.DataParallel module")
    args = () if args is None else args if isinstance(args, tuple) else (args,)
    with _replaced(module, given, tie_weights, strict):
        return module(*args, **(kwargs or {}))


@contextlib.contextmanager
def _replaced(module: Module, given: Tensors, tie_weights: bool, strict: bool) -> Iterator[None]:
    """Put tensors in the place of a module's own for a `with` block; those that the module replaces itself come out."""
    wanted = _under_all_names(module, given) if tie_weights else given
    if strict:
        _check_names(module, wanted)
    own: Tensors = {}
    try:
        for name, tensor in wanted.items():
            own[name] = _exchange(module, name, tensor)
        yield
    finally:
        last = {name: _exchange(module, name, tensor) for name, tensor in own.items()}
        given.update({name: last[name] for name in given if name in last})


def _exchange(module: Module, path: str, value: Any) -> Any:
    """Put a tensor at a path and return what was there."""
    if not is_tensor(value) and value is not None and value is not _ABSENT:
        raise TypeError(f"{value} is not an instance of torch.Tensor")
    parent, _, name = path.rpartition(".")
    owner = module.get_submodule(parent)
    for register in (owner._parameters, owner._buffers):
        if name in register:
            before, register[name] = register[name], value
            return before
    before = getattr(owner, name, _ABSENT)
    if value is _ABSENT:
        delattr(owner, name)
    else:
        setattr(owner, name, value)
    return before


def _all_named(module: Module) -> Tensors:
    return {**dict(module.named_parameters(remove_duplicate=False)), **dict(module.named_buffers(remove_duplicate=False))}


def _under_all_names(module: Module, given: Tensors) -> Tensors:
    """Give tied tensors under all their names. Raises ValueError where different ones are given for them."""
    names_of: dict[int, list[str]] = {}
    for name, tensor in _all_named(module).items():
        names_of.setdefault(id(tensor), []).append(name)
    wanted = dict(given)
    for names in names_of.values():
        chosen = {id(given[name]): given[name] for name in names if name in given}
        if len(chosen) > 1:
            raise ValueError(f"functional_call got multiple values for keys {sorted(names)}, which are tied. Consider using "
                             "tie_weights=False")
        for tensor in chosen.values():
            wanted.update(dict.fromkeys(names, tensor))
    return wanted


def _check_names(module: Module, given: Tensors) -> None:
    own = _all_named(module)
    found = [(title, [name for name in names if name not in others])
             for title, names, others in (("Unexpected", given, own), ("Missing", own, given))]
    messages = [f"{title} key(s): {', '.join(map(repr, names))}." for title, names in found if names]
    if messages:
        raise RuntimeError(f"Error(s) in reparametrizing for {module._get_name()}:\n\t" + "\n\t".join(messages))


# ------------------------------------------------------------------------------------ many models as one


def stack_module_state(models: Sequence[Module]) -> tuple[Tensors, Tensors]:
    """Return the parameters and the buffers of models of one class, each stacked along a new first dim.

    Raises RuntimeError for models that do not fit together.
    """
    if not len(models):
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({model.training for model in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if len({type(model) for model in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    return (_stacked([dict(model.named_parameters()) for model in models]),
            _stacked([dict(model.named_buffers()) for model in models]))


def _stacked(states: list[Tensors]) -> Tensors:
    return {name: _stacked_leaf(name, [state[name] for state in states]) for name in states[0]}


def _stacked_leaf(name: str, tensors: list[Any]) -> Any:
    if len({tensor.requires_grad for tensor in tensors}) > 1:
        raise RuntimeError(f"Expected {name} from each model to have the same .requires_grad")
    return stack(tensors).detach().requires_grad_(tensors[0].requires_grad)
