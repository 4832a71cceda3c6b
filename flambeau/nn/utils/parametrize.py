"""Parametrizations: parameters that are computed from others each time a module asks for them.

`register_parametrization(module, "weight", f)` moves the weight to `module.parametrizations.weight.original`, and
`module.weight` becomes `f(original)`. Several in a row are applied one after the other.
"""
from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from flambeau.autograd.mode import no_grad
from flambeau.nn.containers import ModuleDict, ModuleList
from flambeau.nn.module import Module
from flambeau.nn.parameter import Parameter, is_tensor

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


# ------------------------------------------------------------------------------------ the parametrizations of one tensor


class ParametrizationList(ModuleList):
    """The parametrizations of one tensor and what they start from: `original`, or `original0`, `original1`, …

    `unsafe`: do not check that they keep shape and dtype. Raises ValueError where they do not.
    """

    def __init__(self, modules: Sequence[Module], original: Any, unsafe: bool = False) -> None:
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        start = self._start_of(original)
        self.is_tensor = is_tensor(start)
        self.ntensors = 1 if self.is_tensor else len(start)
        if self.is_tensor:
            self._keep_one(original, start)
        else:
            self._keep_several(original, start)
        if not unsafe:
            _check_kept("Registering a parametrization may not change the {} of the tensor, unless `unsafe` flag is enabled.\n"
                        "unparametrized {}: {}\nparametrized {}: {}", self(), shape, dtype)

    @no_grad()
    def _start_of(self, original: Any) -> Any:
        """Return what the parametrizations must be given to come out at `original`, as far as they can say."""
        value = original
        for module in reversed(list(self)):
            if hasattr(module, "right_inverse"):
                with contextlib.suppress(NotImplementedError):
                    value = module.right_inverse(value)
        if not is_tensor(value) and not isinstance(value, Sequence):
            raise ValueError("'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                             f"Got {type(value).__name__}")
        return value

    def _keep_one(self, original: Any, start: Any) -> None:
        for fact in ("dtype", "device"):
            was, became = getattr(original, fact), getattr(start, fact)
            if was != became:
                raise ValueError(f"When `right_inverse` outputs one tensor, it may not change the {fact}.\n"
                                 f"original.{fact}: {was}\nright_inverse(original).{fact}: {became}")
        _set(original, start)
        _register(self, "original", original)

    def _keep_several(self, original: Any, start: Any) -> None:
        for i, part in enumerate(start):
            if not is_tensor(part):
                raise ValueError("'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                                 f"Got element {i} of the sequence with type {type(part).__name__}.")
            if isinstance(original, Parameter):
                part = Parameter(part, original.requires_grad)
            part.requires_grad_(original.requires_grad)
            _register(self, f"original{i}", part)

    @no_grad()
    def right_inverse(self, value: Any) -> None:
        """Change the originals so that the parametrized tensor becomes `value`.

        Raises RuntimeError where a parametrization has no `right_inverse`, ValueError where it returns something else than
        the originals.
        """
        for module in reversed(list(self)):
            if not hasattr(module, "right_inverse"):
                raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
            value = module.right_inverse(value)
        if self.is_tensor:
            self._assign_one(value)
        else:
            self._assign_several(value)

    def _assign_one(self, value: Any) -> None:
        if not is_tensor(value):
            raise ValueError(f"`right_inverse` should return a tensor. Got {type(value).__name__}")
        if value.dtype != self.original.dtype:
            raise ValueError(f"The tensor returned by `right_inverse` has dtype {value.dtype} while `original` has dtype "
                             f"{self.original.dtype}")
        _set(self.original, value)

    def _assign_several(self, value: Any) -> None:
        if is_tensor(value) or not isinstance(value, Sequence):
            raise ValueError(f"'right_inverse' must return a sequence of tensors. Got {type(value).__name__}.")
        if len(value) != self.ntensors:
            raise ValueError(f"'right_inverse' must return a sequence of tensors of length {self.ntensors}. Got a sequence "
                             f"of length {len(value)}.")
        for i, (part, original) in enumerate(zip(value, self._originals(), strict=True)):
            if not is_tensor(part):
                raise ValueError("'right_inverse' must return a sequence of tensors or reference-type opaques. "
                                 f"Got element {i} of type {type(part).__name__}.")
            if part.dtype != original.dtype:
                raise ValueError(f"Tensor {i} returned by `right_inverse` has dtype {part.dtype} while `original{i}` has dtype "
                                 f"{original.dtype}")
            _set(original, part)

    def _originals(self) -> list[Any]:
        if self.is_tensor:
            return [self.original]
        return [getattr(self, f"original{i}") for i in range(self.ntensors)]

    def forward(self) -> Any:
        first, *others = self._modules.values()
        value = first(*self._originals())
        for module in others:
            value = module(value)
        return value


def _register(module: Module, name: str, value: Any) -> None:
    add = module.register_parameter if isinstance(value, Parameter) else module.register_buffer
    add(name, value)


def _set(original: Any, value: Any) -> None:
    """Give a tensor another's memory; it stays the same object, so that optimizers keep it."""
    if value is not original:
        original.data = value.detach()


def _check_kept(message: str, value: Any, shape: Any, dtype: Any) -> None:
    """Raise ValueError for what is no tensor, or not of this dtype and shape."""
    if not is_tensor(value):
        raise ValueError(f"A parametrization must return a tensor. Got {type(value).__name__}.")
    for fact, was in (("dtype", dtype), ("shape", shape)):
        became = getattr(value, fact)
        if became != was:
            raise ValueError(message.format(fact, fact, was, fact, became))


# ------------------------------------------------------------------------------------ modules with parametrized tensors


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
    _check_kept("Registering a parametrization may not change the {} of the tensor, unless the `unsafe` flag is enabled.\n"
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
    _register(module, tensor_name, value)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def _plain(module: Any, name: str, leave_parametrized: bool) -> Any:
    parametrizations = module.parametrizations[name]
    if parametrizations.is_tensor:
        if leave_parametrized:
            with no_grad():
                _set(parametrizations.original, getattr(module, name))
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
