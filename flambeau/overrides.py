"""`torch.overrides`: who takes the calls of public functions. See `flambeau.dispatch.overriding` for how they are offered."""
from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FunctionType, ModuleType
from typing import Any, TypeVar

from flambeau.core.page import pages
from flambeau.core.tensor import TensorBase
from flambeau.dispatch import overriding
from flambeau.tensor import overriding as watching

Function = Callable[..., Any]
F = TypeVar("F", bound=Function)

__all__ = ["BaseTorchFunctionMode", "TorchFunctionMode", "enable_reentrant_dispatch", "get_default_nowrap_functions",
           "get_ignored_functions", "get_overridable_functions", "get_testing_overrides", "handle_torch_function",
           "has_torch_function", "has_torch_function_unary", "has_torch_function_variadic", "is_tensor_like",
           "is_tensor_method_or_property", "resolve_name", "wrap_torch_function"]


# ------------------------------------------------------------------------------------- functions of the user's own


def has_torch_function(relevant_args: Iterable[Any]) -> bool:
    """Say whether a call with these arguments goes to one of their classes, or to a mode."""
    return overriding.here.anyone and bool(overriding.here.modes or overriding.here.classes and any(
        overriding.asks(type(arg)) for arg in relevant_args))


def has_torch_function_unary(obj: Any) -> bool:
    return has_torch_function((obj,))


def has_torch_function_variadic(*args: Any) -> bool:
    return has_torch_function(args)


def handle_torch_function(public_api: Function, relevant_args: Iterable[Any], /, *args: Any, **kwargs: Any) -> Any:
    """Offer a call of `public_api` to a mode and to the classes of `relevant_args`, and return the answer.

    Raises TypeError where all of them decline.
    """
    return overriding.offered(public_api, overriding.overloaded(relevant_args), args, kwargs)


def wrap_torch_function(dispatcher: Callable[..., Iterable[Any]]) -> Callable[[F], F]:
    """Decorate a function whose calls can be taken; `dispatcher`, given the arguments, returns those that have a say."""
    def decorate(function: F) -> F:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            relevant = tuple(dispatcher(*args, **kwargs))
            if has_torch_function(relevant):
                return handle_torch_function(call, relevant, *args, **kwargs)
            return function(*args, **kwargs)

        return call  # type: ignore[return-value]  # same signature, by wraps

    return decorate


# ------------------------------------------------------------------------------------- modes


class TorchFunctionMode:
    """A `with` block in which each call of a public function of this thread goes to `__torch_function__` of this object.

    While it answers, calls go to the mode around it, if there is one.
    """

    def __torch_function__(self, func: Function, types: Any, args: tuple[Any, ...] = (),
                           kwargs: dict[str, Any] | None = None) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define __torch_function__(func, types, args, kwargs)")

    def __enter__(self) -> Any:
        watching.enter_mode(self)
        return self

    def __exit__(self, *error: object) -> None:
        watching.leave_mode()

    @classmethod
    def push(cls, *args: Any, **kwargs: Any) -> Any:
        """Make one; older programs write `with Mode.push():`."""
        return cls(*args, **kwargs)


class BaseTorchFunctionMode(TorchFunctionMode):
    """The mode that changes nothing."""

    def __torch_function__(self, func: Function, types: Any, args: tuple[Any, ...] = (),
                           kwargs: dict[str, Any] | None = None) -> Any:
        return func(*args, **(kwargs or {}))


def _get_current_function_mode() -> Any:
    modes = overriding.here.modes
    return modes[-1] if modes else None


def _get_current_function_mode_stack() -> list[Any]:
    return list(overriding.here.modes)


def _len_torch_function_stack() -> int:
    return len(overriding.here.modes)


@contextmanager
def enable_reentrant_dispatch() -> Iterator[None]:
    """Ask classes again inside a `__torch_function__` that has them silenced."""
    before, overriding.here.classes = overriding.here.classes, True
    try:
        yield
    finally:
        overriding.here.classes = before


# ------------------------------------------------------------------------------------- what there is to take


_PAGES = ("flambeau", "flambeau.nn.functional", "flambeau.linalg", "flambeau.fft", "flambeau.special")
# Functions of these pages whose calls no argument takes: they make tensors of other things, or only ask about dtypes.
_IGNORED = {
    "flambeau": "arange as_strided as_tensor asarray bartlett_window blackman_window broadcast_shapes can_cast empty "
                "empty_permuted empty_strided eye fill from_dlpack from_numpy frombuffer full hamming_window hann_window "
                "is_tensor kaiser_window linspace logspace normal ones promote_types rand rand_like randint randint_like "
                "randn randn_like randperm range result_type scalar_tensor tensor tril_indices triu_indices vander zeros",
    "flambeau.nn.functional": "hardsigmoid hardswish sigmoid tanh upsample upsample_bilinear upsample_nearest",
    "flambeau.fft": "fftfreq rfftfreq",
}
_IGNORED_METHODS = frozenset([
    "__array_priority__", "__class__", "__delattr__", "__dir__", "__getattribute__", "__getstate__", "__hash__", "__init__",
    "__init_subclass__", "__iter__", "__new__", "__reduce__", "__setattr__", "__sizeof__", "__str__", "__subclasshook__",
    "__torch_function__", "_make_subclass", "as_subclass", "new_empty", "new_empty_strided", "new_full", "new_ones",
    "new_tensor", "new_zeros", "public", "stride", "unflatten",
])


def _functions_of(title: str) -> dict[str, Function]:
    page: Any = __import__(title, fromlist=["__all__"])
    found = {name: getattr(page, name) for name, (module, _) in pages[title][0].items()
             if module.startswith("ops.") and not name.startswith("_")}
    return {name: value for name, value in found.items() if isinstance(value, FunctionType)}


def get_ignored_functions() -> set[Function]:
    """Return the public functions whose calls no argument takes."""
    functions = {getattr(sys.modules[title], name) for title, names in _IGNORED.items() for name in names.split()
                 if hasattr(__import__(title, fromlist=["__all__"]), name)}
    return functions | {getattr(TensorBase._public, name) for name in _IGNORED_METHODS
                        if callable(getattr(TensorBase._public, name, None))}


def get_overridable_functions() -> dict[Any, list[Function]]:
    """Return the public functions whose calls can be taken, by the module or class that has them."""
    found: dict[Any, list[Function]] = {}
    for title in _PAGES:
        ignored = _IGNORED.get(title, "").split()
        functions = _functions_of(title)
        found[sys.modules[title]] = [function for name, function in functions.items() if name not in ignored]
    found[TensorBase._public] = list(_methods())
    return found


def _methods() -> Iterator[Function]:
    """The methods of Tensor, and the getters of its attributes."""
    public: Any = TensorBase._public
    for name in sorted(dir(public)):
        member = inspect.getattr_static(public, name)
        if name in _IGNORED_METHODS or hasattr(object, name) and getattr(object, name) is getattr(public, name, None):
            continue
        value = getattr(public, name)
        if isinstance(value, property):
            yield value.__get__
        elif isinstance(value, FunctionType) and not isinstance(member, staticmethod | classmethod):
            if not name.startswith("_") or name.startswith("__"):
                yield value


@functools.cache
def _names() -> dict[Function, str]:
    found: dict[Function, str] = {}
    for title in _PAGES:
        module = "torch" + title.removeprefix("flambeau")
        for name, function in _functions_of(title).items():
            found.setdefault(function, f"{module}.{name}")
    for name in dir(TensorBase._public):
        value = getattr(TensorBase._public, name)
        if isinstance(value, property):
            found |= {getattr(value, f"__{way}__"): f"torch.Tensor.{name}.__{way}__" for way in ("get", "set", "delete")}
        elif isinstance(value, FunctionType):
            own = getattr(value, "__qualname__", "")
            found.setdefault(value, f"torch.{own}" if own.startswith("Tensor.") else f"torch.Tensor.{name}")
    return found


def resolve_name(f: Any) -> str | None:
    """Return what PyTorch's users know a function by, such as 'torch.Tensor.add'; None where it is no public function."""
    if not callable(f):
        return None
    return _names().get(f) or (overriding.known_name(f) if getattr(f, "guards", False) else None)


def is_tensor_method_or_property(func: Function) -> bool:
    """Say whether a function is a method of Tensor, or gets or sets an attribute of it."""
    return (resolve_name(func) or "").startswith("torch.Tensor.") or getattr(func, "__name__", "") == "__get__"


def get_default_nowrap_functions() -> set[Function]:
    """Return the functions whose results are no new tensors, and so are not made tensors of a class."""
    return set(watching.keeping_their_class())


def get_testing_overrides() -> dict[Function, Function]:
    """Return, for each function whose calls can be taken, a stand-in of the same parameters that returns -1."""
    return {function: _stand_in(function) for functions in get_overridable_functions().values() for function in functions}


def _stand_in(function: Function) -> Function:
    def answer(*args: Any, **kwargs: Any) -> int:
        return -1

    try:
        answer.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    except (TypeError, ValueError):  # the getter of an attribute: `(self)`
        answer.__signature__ = inspect.signature(lambda self: -1)  # type: ignore[attr-defined]
    return answer


def is_tensor_like(inp: Any) -> bool:
    """Say whether something is a tensor, or has `__torch_function__` as a tensor does."""
    return isinstance(inp, TensorBase) or not isinstance(inp, ModuleType) and hasattr(inp, "__torch_function__")
