"""Tensors of a class of the user's: their calls go to its `__torch_function__`, and results are of their class."""
from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from types import BuiltinFunctionType, MethodDescriptorType
from typing import Any

from flambeau.core.tensor import TensorBase, fill
from flambeau.dispatch import overriding
from flambeau.dispatch.overriding import UNHEARD, asked


class OverridingMethods(TensorBase):
    __slots__ = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.__module__ != "flambeau.tensor" and overriding.asks(cls):
            overriding.counted(1)
            watch(cls)

    @classmethod
    def __torch_function__(cls, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (),
                           kwargs: dict[str, Any] | None = None) -> Any:
        """Run `func` on the tensors as they are, and return what it returns as tensors of this class.

        NotImplemented where another class is involved that is no base of this one.
        """
        if not all(issubclass(cls, kind) for kind in types) or isinstance(func, _ANOTHER_LIBRARYS):
            return NotImplemented
        with overriding.DisableTorchFunctionSubclass():
            result = func(*args, **(kwargs or {}))
        return result if func in keeping_their_class() else overriding.like_class(result, cls)

    @staticmethod
    def _make_subclass(cls: type, data: Any, require_grad: bool = False) -> Any:  # noqa: PLW0211  PyTorch's signature
        """Return the values of `data`, off the tape, as a tensor of class `cls`."""
        made = fill(object.__new__(cls), data._array, data._storage)
        made._requires_grad = require_grad
        return made

    def as_subclass(self, cls: type) -> Any:
        """Return another view of this tensor that is of class `cls`; gradients go through it."""
        from flambeau.ops.parts import aliased

        with overriding.DisableTorchFunction():
            view = aliased(self, (...,))
        made: Any = object.__new__(cls)
        for name in _STATE:
            setattr(made, name, getattr(view, name))
        return made


# Functions here are written in Python: these are PyTorch's own, which asks objects that are not its tensors too.
_ANOTHER_LIBRARYS = (BuiltinFunctionType, MethodDescriptorType)
_STATE = ("_array", "_storage", "_requires_grad", "_node", "_number", "_grad", "_view", "_hooks")


@functools.cache
def keeping_their_class() -> frozenset[Any]:
    """What hands out tensors that were there before, not results."""
    public: Any = TensorBase._public
    return frozenset({public._base.__get__, public.grad.__get__})


# ---------------------------------------------------------------------- methods and attributes written as plain Python

# They do not look at `overriding.users`: a class that asks for calls, and while a mode is on every tensor, has its
# attributes looked up by way of these two.


def _looked_up(tensor: Any, name: str) -> Any:
    if name in _watched() and overriding.here.anyone and (overriding.here.classes or overriding.here.modes):
        found = getattr(TensorBase._public, name)
        if getattr(type(tensor), name) is found:  # no method of the user's own
            return _asking(tensor, found)
    return object.__getattribute__(tensor, name)


def _asking(tensor: Any, found: Any) -> Any:
    if not isinstance(found, property):
        return functools.partial(_call, found, tensor)
    heard = asked(found.__get__, (tensor,), {})
    return found.__get__(tensor) if heard is UNHEARD else heard


def _call(method: Any, *args: Any, **kwargs: Any) -> Any:
    heard = asked(method, args, kwargs)
    return method(*args, **kwargs) if heard is UNHEARD else heard


def _assigned(tensor: Any, name: str, value: Any) -> None:
    found = getattr(TensorBase._public, name, None)
    if isinstance(found, property) and asked(found.__set__, (tensor, value), {}) is not UNHEARD:
        return
    object.__setattr__(tensor, name, value)


def watch(kind: Any) -> None:
    """Hand out the attributes of tensors of class `kind` by way of whoever asks for calls, unless it has ways of its own."""
    ways = vars(kind)
    if "__getattribute__" not in ways:
        kind.__getattribute__ = _looked_up
    if "__setattr__" not in ways:
        kind.__setattr__ = _assigned


def enter_mode(mode: Any) -> None:
    """Have `mode` take this thread's calls."""
    with _modes_on.changing:
        _modes_on.count += 1
        if _modes_on.count == 1:
            watch(TensorBase._public)
    overriding.counted(1)
    overriding.here.modes.append(mode)


def leave_mode() -> None:
    """Have the innermost mode of this thread take calls no longer."""
    overriding.here.modes.pop()
    overriding.counted(-1)
    public: Any = TensorBase._public
    with _modes_on.changing:
        _modes_on.count -= 1
        if _modes_on.count == 0:
            del public.__getattribute__, public.__setattr__


class _ModesOn:
    """How many modes are on in all threads: while there is one, plain tensors are watched too."""

    def __init__(self) -> None:
        self.count = 0
        self.changing = threading.Lock()


_modes_on = _ModesOn()


# Python's own, how the framework itself looks at a tensor, and what there is no call to take of.
_UNWATCHED = frozenset(["as_subclass", "public"])


@functools.cache
def _watched() -> frozenset[str]:
    """The names of Tensor's attributes that do not see for themselves whether anyone asks for calls."""
    public: Any = TensorBase._public
    return frozenset(name for name in dir(public) if name not in _UNWATCHED
                     and (not name.startswith("_") or name in ("_base", "_version"))
                     and not getattr(getattr(public, name), "guards", False))
