"""Tensors that a module owns: parameters, which are trained, and buffers, which are not."""
from __future__ import annotations

from typing import Any

from flambeau.core.tensor import TensorBase
from flambeau.ops.creation import empty
from flambeau.tensor import Tensor


class Parameter(Tensor):
    """A tensor that a module lists among its parameters when it is assigned as an attribute.

    It shares the memory of `data`.
    """

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Any:
        return cls._make_subclass(cls, empty(0) if data is None else data, requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            twin = type(self)(self.data.clone(), self.requires_grad)
            memo[id(self)] = twin
            twin.__dict__.update(self.__dict__)
        return memo[id(self)]

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A tensor that a module lists among its buffers when it is assigned as an attribute."""

    persistent: bool

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Any:
        made = cls._make_subclass(cls, empty(0) if data is None else data, getattr(data, "requires_grad", False))
        made.persistent = persistent
        return made


def is_parameter(value: Any) -> bool:
    return isinstance(value, Parameter)


def is_tensor(value: Any) -> bool:
    return isinstance(value, TensorBase)
