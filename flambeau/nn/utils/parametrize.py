"""Parametrizations: parameters that are computed from others each time a module asks for them.

`register_parametrization(module, "weight", f)` moves the weight to `module.parametrizations.weight.original`, and
`module.weight` becomes `f(original)`. Several in a row are applied one after the other.
"""
from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Iterator
from typing import Any

from flambeau.autograd.mode import no_grad
from flambeau.nn.containers import ModuleDict
from flambeau.nn.module import Module
from flambeau.nn.parameter import Parameter, is_tensor
from flambeau.nn.utils.parametrization_list import ParametrizationList, check_kept, register, set_memory

__all__ = ["ParametrizationList", "cached", "is_parametrized", "register_parametrization", "remove_parametrizations",
           "transfer_parametrizations_and_params", "type_before_parametrizations"]


class _Cache(threading.local):
    """What parametrizations gave in the `cached` blocks of one thread, by module and name."""

    def __init__(self) -> None:
        self.depth = 0
        self.known: dict[tuple[int, str], Any] = {}


_cache = _Cache()


@contextlib.contextmanager
def cached() -> Iterator[None]:
    """Compute each parametrized tensor once in a `with` block, however often it is used."""
    _cache.depth += 1
    try:
        yield
    finally:
        _cache.depth -= 1
        if not _cache.depth:
            _cache.known.clear()


def register_parametrization(module: Module, tensor_name: str, parametrization: Module, *,
                             unsafe: bool = False) -> Module:
    """Have `module.tensor_name` computed by `parametrization`, after those it already has.

    A method `right_inverse` of the parametrization gives what it starts from, and lets users assign to the tensor. `unsafe`
    leaves out the checks. Raises ValueError where shape or dtype would change, or there is no such tensor.
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _check_next(module, tensor_name, parametrization)
        present = module.parametrizations[tensor_name]
        present.append(parametrization)
        present.unsafe |= unsafe
        return module
    if tensor_name not in module._buffers and tensor_name not in module._parameters:
        raise ValueError(f"Module '{module}' does not have a parameter, a buffer, or a parametrized element with name "
                         f"'{tensor_name}'")
    made = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe=unsafe)
    delattr(module, tensor_name)
    if not is_parametrized(module):
        module.__class__ = _parametrized_class(type(module))
        module.parametrizations = ModuleDict()
    if hasattr(module, tensor_name):
        raise AssertionError(f"Module already has an attribute named '{tensor_name}'")
    setattr(type(module), tensor_name, _computed(tensor_name))
    module.parametrizations[tensor_name] = made
    return module


def _check_next(module: Module, name: str, parametrization: Module) -> None:
    """Check that one more parametrization, and its inverse, keep the dtype and shape."""
    present = getattr(module, name)
    value = parametrization(present)
    place = f"module.{name}"
    check_kept("Registering a parametrization may not change the {} of the tensor, unless the `unsafe` flag is enabled.\n"
                f"{place}.{{}}: {{}}\nparametrization({place}).{{}}: {{}}", value, present.shape, present.dtype)
    if not hasattr(parametrization, "right_inverse"):
        return
    try:
        back = parametrization.right_inverse(value)
    except NotImplementedError:
        return
    if not is_tensor(back):
        raise ValueError(f"parametrization.right_inverse must return a tensor. Got: {type(back).__name__}")
    for fact in ("dtype", "shape"):
        if getattr(back, fact) != getattr(present, fact):
            raise ValueError(f"The tensor returned by parametrization.right_inverse must have the same {fact} as {place}, "
                             f"unless the `unsafe` flag is enabled.\n{place}.{fact}: {getattr(present, fact)}\n"
                             f"returned {fact}: {getattr(back, fact)}")


def _parametrized_class(kind: type) -> type:
    """Make a class for one module: its parametrized tensors are properties there, and nowhere else."""
    members: dict[str, Any] = {"__getstate__": _refuse_pickling}
    if not hasattr(kind, "__deepcopy__"):
        members["__deepcopy__"] = _copied
    return type(f"Parametrized{kind.__name__}", (kind,), members)


def _refuse_pickling(self: Any) -> Any:
    raise RuntimeError("Serialization of parametrized modules is only supported through state_dict(). See:\n"
                       "https://pytorch.org/tutorials/beginner/saving_loading_models.html"
                       "#saving-loading-a-general-checkpoint-for-inference-and-or-resuming-training")


def _copied(self: Any, memo: dict[int, Any]) -> Any:
    """Copy a module, and its class with it: taking the copy's parametrizations off must leave the module's own."""
    kind = type(self)
    twin: Any = object.__new__(type(kind.__name__, kind.__bases__, dict(vars(kind))))
    memo[id(self)] = twin
    twin.__dict__.update(copy.deepcopy(self.__dict__, memo))
    return twin


def _computed(name: str) -> property:
    def value(self: Any) -> Any:
        parametrization = self.parametrizations[name]
        if not _cache.depth:
            return parametrization()
        key = id(self), name
        if key not in _cache.known:
            _cache.known[key] = parametrization()
        return _cache.known[key]

    return property(value, lambda self, value: self.parametrizations[name].right_inverse(value))


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Say whether a module has any parametrized tensor, or one of this name."""
    known = getattr(module, "parametrizations", None)
    if not isinstance(known, ModuleDict):
        return False
    return len(known) > 0 if tensor_name is None else tensor_name in known


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Make a tensor an ordinary one again: with its present value, or with the original one.

    Raises ValueError for a tensor without parametrizations, and where there is no one original to go back to.
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    value = _plain(module, tensor_name, leave_parametrized)
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    register(module, tensor_name, value)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def _plain(module: Any, name: str, leave_parametrized: bool) -> Any:
    parametrizations = module.parametrizations[name]
    if parametrizations.is_tensor:
        if leave_parametrized:
            with no_grad():
                set_memory(parametrizations.original, getattr(module, name))
        return parametrizations.original
    if not leave_parametrized:
        raise ValueError("Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of "
                         "a sequence of tensors.")
    value = getattr(module, name)
    return Parameter(value) if value.requires_grad else value


def type_before_parametrizations(module: Module) -> type:
    """Return a module's class; that which it had before, of a parametrized one."""
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(from_module: Module, to_module: Module,
                                         tensor_name: str | None = None) -> Module:
    """Give `to_module` the parametrizations of `from_module`, with their originals: all, or those of one tensor."""
    if not is_parametrized(from_module):
        return to_module
    for name in list(from_module.parametrizations) if tensor_name is None else [tensor_name]:
        source = from_module.parametrizations[name]
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name)))
        for parametrization in source:
            register_parametrization(to_module, name, parametrization)
        target = to_module.parametrizations[name]
        for own in [*source._parameters, *source._buffers]:
            setattr(target, own, getattr(source, own))
    return to_module
