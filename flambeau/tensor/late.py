"""Methods whose family of ops is imported when one of them is first used, so that `import flambeau` stays instant."""
from __future__ import annotations

import importlib
from collections.abc import Callable
from types import FunctionType
from typing import Any

from flambeau.dispatch import overriding
from flambeau.dispatch.inplace import inplace as at_once


class Family:
    """Stands for a module of `flambeau.ops` in a mixin's table: its attributes are methods to be."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, function: str) -> Any:
        return Late(lambda: getattr(importlib.import_module(f"flambeau.ops.{self._name}"), function))


class Late:
    """A method to be. When it is first looked up it is made, and the class holds the made one from then on."""

    def __init__(self, make: Callable[[], Any], own: bool = False) -> None:
        self._make = make
        self._own = own  # made for the table, not a function that is known by another name
        self._made: list[Any] = []
        self._places: list[tuple[type, str]] = []

    def __set_name__(self, owner: type, name: str) -> None:
        self._places.append((owner, name))

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        method = self._public()
        for place, name in self._places:
            setattr(place, name, method)
        return method.__get__(instance, owner)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.made()(*args, **kwargs)

    def made(self) -> Any:
        """Return the method itself, made once."""
        if not self._made:
            self._made = [self._make()]
        return self._made[0]

    def _public(self) -> Any:
        """Return what the class is to hold: of an op a twin that is the method's alone."""
        made = self.made()
        if made in overriding.makers:
            made = overriding.makers[made]()
        elif self._places[0][1] in _TAKING_TENSORS:
            made = overriding.guarded(made)
        elif not isinstance(made, FunctionType) or not self._own and not self._places[0][1].startswith("__"):
            return made
        return overriding.named(made, "flambeau.tensor", f"Tensor.{self._places[0][1]}")


# Methods that are no ops, but whose argument may be a tensor of a class that asks for calls.
_TAKING_TENSORS = frozenset(["addbmm_", "allclose", "copy_", "equal", "expand_as", "map_", "reshape_as", "resize_as_", "set_"])


def late(decorate: Callable[..., Any]) -> Callable[..., Any]:
    """Let a decorator take methods to be, and give one: `late(inplace)(special.erf)`."""
    def decorated(*methods: Any) -> Any:
        return Late(lambda: decorate(*[method.made() if isinstance(method, Late) else method for method in methods]), own=True)

    return decorated


inplace = late(at_once)
