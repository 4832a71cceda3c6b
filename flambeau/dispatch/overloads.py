"""`torch.ops.aten`: PyTorch's internal names of ops, by which programs tell them apart (in a checkpoint's policy, say)."""
from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from flambeau.dispatch import aten_names


class OpOverload:
    """An op for one kind of arguments, such as `aten.add.Tensor`. Called, it does what `torch.add` does."""

    __slots__ = ("_overloadname", "overloadpacket")

    def __init__(self, packet: OpOverloadPacket, overload: str) -> None:
        self.overloadpacket, self._overloadname = packet, overload

    def name(self) -> str:
        return f"aten::{self.overloadpacket.__name__}" + f".{self._overloadname}" * (self._overloadname != "default")

    @property
    def namespace(self) -> str:
        return "aten"

    @property
    def __name__(self) -> str:
        return f"{self.overloadpacket.__name__}.{self._overloadname}"

    def __str__(self) -> str:
        return f"aten.{self.__name__}"

    def __repr__(self) -> str:
        return f"<OpOverload(op='{self.overloadpacket}', overload='{self._overloadname}')>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.overloadpacket(*args, **kwargs)


class OpOverloadPacket:
    """All overloads of an op: its attributes, each made when it is first asked for."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, overload: str) -> OpOverload:
        if overload not in self.overloads():
            raise AttributeError(f"The underlying op of 'aten.{self.__name__}' has no overload name '{overload}'; "
                                 f"it has {', '.join(self.overloads())}")
        made = self.__dict__[overload] = OpOverload(self, overload)
        return made

    def overloads(self) -> list[str]:
        return list(aten_names.overloads(self.__name__.removesuffix("_")))

    def __str__(self) -> str:
        return f"aten.{self.__name__}"

    def __repr__(self) -> str:
        return f"<OpOverloadPacket(op='{self}')>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        function = _public_function(self.__name__)
        if function is None:
            raise NotImplementedError(f"aten.{self.__name__} is a name to compare with; call the function of torch or "
                                      "torch.nn.functional that it is a part of")
        return function(*args, **kwargs)


class _Aten:
    """The namespace: a packet for each name."""

    def __getattr__(self, name: str) -> OpOverloadPacket:
        if name not in aten_names.PACKETS and _public_function(name) is None:
            raise AttributeError(f"'_OpNamespace' 'aten' object has no attribute '{name}'")
        made = self.__dict__[name] = OpOverloadPacket(name)
        return made


aten: Any = _Aten()


def _public_function(name: str) -> Callable[..., Any] | None:
    """Find what users call `name`: a function of torch, or of torch.nn.functional, or a method; or what only aten has."""
    torch = importlib.import_module("flambeau")
    for place in (torch, torch.nn.functional, torch.Tensor, importlib.import_module("flambeau._aten")):
        function = getattr(place, name, None)
        if callable(function) and not isinstance(function, type):
            return function
    return None


def overload_of(op: Any, args: tuple[Any, ...]) -> OpOverload:
    """Say what PyTorch calls an op for these arguments; the main part, where PyTorch runs several."""
    name = aten_names.packet(op.name, args)
    packet = aten.__dict__.get(name) or aten.__dict__.setdefault(name, OpOverloadPacket(name))
    return getattr(packet, aten_names.overload(name, args))
