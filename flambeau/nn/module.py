"""`Module`: parameters, buffers and other modules under names, and a `forward`."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flambeau.nn import calling, conversion, everywhere, state, traversal
from flambeau.nn.parameter import Buffer, Parameter, is_tensor

M = TypeVar("M", bound="Module")

_REGISTERS = ("_parameters", "_buffers", "_modules")


class Module(traversal.Traversal, state.State, conversion.Conversion, calling.Calling):
    """The base of all networks and layers.

    What is assigned as an attribute registers itself: a `Parameter` among the parameters, a `Module` among the children, a
    `Buffer` (or what `register_buffer` is given) among the buffers. Subclasses define `forward`.
    """

    dump_patches = False
    _version = 1
    training: bool

    call_super_init = False  # whether a class beside Module among a model's bases gets the arguments

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if (args or kwargs) and not self.call_super_init:
            raise TypeError(f"{type(self).__name__}.__init__() got unexpected arguments: {args or tuple(kwargs)}")
        facts = self.__dict__
        facts["training"] = True
        facts["_parameters"], facts["_buffers"], facts["_modules"] = {}, {}, {}
        facts["_non_persistent_buffers_set"] = set()
        calling.start(facts)
        state.start(facts)
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    # ------------------------------------------------------------------------------------ attributes

    def __setattr__(self, name: str, value: Any) -> None:
        facts = self.__dict__
        if isinstance(value, Parameter):
            self._forget(name, but="_parameters")
            self.register_parameter(name, value)
        elif isinstance(value, Module):
            self._started(name, "module")
            self._forget(name, but="_modules")
            facts["_modules"][name] = everywhere.registered("module", self, name, value)
        elif isinstance(value, Buffer):
            self._forget(name, but="_buffers")
            self.register_buffer(name, value, value.persistent)
        elif not self._replace(name, value):
            object.__setattr__(self, name, value)

    def _replace(self, name: str, value: Any) -> bool:
        """Put a value in the place of what is registered under a name; say whether there was anything.

        Raises TypeError where a parameter would become something else than a parameter or None, and likewise.
        """
        for register, kind in (("_parameters", "parameter"), ("_modules", "child module"), ("_buffers", "buffer")):
            known = self.__dict__.get(register)
            if known is None or name not in known:
                continue
            if value is not None and not (register == "_buffers" and is_tensor(value)):
                wanted = {"parameter": "torch.nn.Parameter", "child module": "torch.nn.Module",
                          "buffer": "torch.Tensor"}[kind]
                raise TypeError(f"cannot assign '{type(value).__module__}.{type(value).__qualname__}' as {kind} '{name}' "
                                f"({wanted} or None expected)")
            known[name] = value if register == "_parameters" else everywhere.registered(kind.split()[-1], self, name, value)
            return True
        return False

    def _started(self, name: str, kind: str) -> None:
        if "_modules" not in self.__dict__:
            raise AttributeError(f"cannot assign {kind} before Module.__init__() call: call super().__init__() first in "
                                 f"{type(self).__name__}.__init__ ({name})")

    def _forget(self, name: str, but: str) -> None:
        """Take a name out of the attributes and of all registers but one."""
        self.__dict__.pop(name, None)
        for register in _REGISTERS:
            if register != but:
                self.__dict__.get(register, {}).pop(name, None)
        self.__dict__.get("_non_persistent_buffers_set", set()).discard(name)

    def __getattr__(self, name: str) -> Any:
        facts = self.__dict__
        for register in _REGISTERS:
            known = facts.get(register)
            if known is not None and name in known:
                return known[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        for register in _REGISTERS:
            if name in self.__dict__[register]:
                del self.__dict__[register][name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        names = {*object.__dir__(self), *self._parameters, *self._buffers, *self._modules}
        return sorted(name for name in names if name.isidentifier())

    # ------------------------------------------------------------------------------------ registering

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter, or None to keep its place.

        Raises KeyError for a name that is taken or cannot be one, TypeError for another kind of value.
        """
        self._check_name(name, "parameter")
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"cannot assign '{type(param).__module__}.{type(param).__qualname__}' object to parameter "
                            f"'{name}' (torch.nn.Parameter or None required)")
        if param is not None and param.grad_fn is not None:
            raise ValueError(f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be created "
                             "explicitly. To express '{name}' as a function of another Tensor, compute the value in the "
                             "forward() method.")
        self._parameters[name] = None if param is None else everywhere.registered("parameter", self, name, param)

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """Add a tensor that is state but not trained; `persistent` ones are part of the `state_dict`."""
        self._check_name(name, "buffer")
        if tensor is not None and not is_tensor(tensor):
            raise TypeError(f"cannot assign '{type(tensor).__module__}.{type(tensor).__qualname__}' object to buffer "
                            f"'{name}' (torch Tensor or None required)")
        self._buffers[name] = everywhere.registered("buffer", self, name, tensor)
        (self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add)(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a child."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{type(module).__module__}.{type(module).__qualname__} is not a Module subclass")
        self._check_name(name, "module")
        self._modules[name] = everywhere.registered("module", self, name, module)

    register_module = add_module

    def _check_name(self, name: str, kind: str) -> None:
        self._started(name, kind)
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {type(name).__module__}.{type(name).__qualname__}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain ".", got: {name}')
        if not name:
            raise KeyError(f'{kind} name can\'t be empty string ""')
        own = {"parameter": "_parameters", "buffer": "_buffers", "module": "_modules"}[kind]
        if hasattr(self, name) and name not in self.__dict__[own]:
            raise KeyError(f"attribute '{name}' already exists")

    # ------------------------------------------------------------------------------------ whole trees

    def train(self: M, mode: bool = True) -> M:
        """Switch this module and all in it to training, or with False to evaluation."""
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for child in self.children():
            child.train(mode)
        return self

    def eval(self: M) -> M:
        return self.train(False)

    def requires_grad_(self: M, requires_grad: bool = True) -> M:
        """Have gradients for all parameters, or for none."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drop all gradients, or fill them with zeros."""
        for parameter in self.parameters():
            if parameter.grad is not None:
                if set_to_none:
                    parameter.grad = None
                else:
                    parameter.grad = parameter.grad.detach()
                    parameter.grad.zero_()

    def apply(self: M, fn: Callable[[Module], None]) -> M:
        """Call `fn` on every module in this one, children first."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    # ------------------------------------------------------------------------------------ text and copies

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """Return what stands between the brackets in the module's text."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = [f"({name}): {indented(repr(child))}" for name, child in self._modules.items()]
        if not lines:
            return f"{self._get_name()}({indented(extra)})" if "\n" not in extra else (
                f"{self._get_name()}(\n  " + "\n  ".join(extra.split("\n")) + "\n)")
        return f"{self._get_name()}(\n  " + "\n  ".join([*(extra.split("\n") if extra else []), *lines]) + "\n)"

    def __setstate__(self, facts: dict[str, Any]) -> None:
        self.__dict__.update(facts)
        for name, default in (("_non_persistent_buffers_set", set()), *calling.defaults(), *state.defaults()):
            self.__dict__.setdefault(name, default)
        calling.look_for_hooks(self)

    def _replicate_for_data_parallel(self) -> Module:
        replica = self.__new__(type(self))
        replica.__dict__ = self.__dict__.copy()
        for register in _REGISTERS:
            replica.__dict__[register] = dict(self.__dict__[register])
        return replica


def indented(text: str) -> str:
    """Move all lines but the first two columns to the right."""
    return text.replace("\n", "\n  ")
