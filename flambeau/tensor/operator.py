"""Python's operators on tensors: the op, or NotImplemented for what no op takes."""
from __future__ import annotations

from typing import Any

import numpy

from flambeau.core.tensor import TensorBase, wrap
from flambeau.dispatch.apply import apply

_OPERANDS = (TensorBase, int, float, complex, numpy.generic)


def operand(value: Any) -> Any:
    """Return what an op can take for the other side of an operator, or NotImplemented."""
    if isinstance(value, _OPERANDS):
        return value
    return wrap(value) if isinstance(value, numpy.ndarray) else NotImplemented


def operator(function: Any) -> Any:
    """Make `__add__` of `add`; an op goes straight to the road, without the function's argument handling."""
    op = getattr(function, "op", None)
    if op is None or function.__name__.endswith("_"):
        return _around(function)
    rest = tuple(op.defaults[name] for name in op.parameters[2:])

    def method(self: Any, other: Any) -> Any:
        if other.__class__ is not float and not isinstance(other, TensorBase):
            other = operand(other)
            if other is NotImplemented:
                return other
        return apply(op, (self, other, *rest) if rest else (self, other))

    return method


def _around(function: Any) -> Any:
    def method(self: Any, other: Any) -> Any:
        other = operand(other)
        return other if other is NotImplemented else function(self, other)

    return method


def reflected(function: Any) -> Any:
    """Make `__radd__` of `add`: the tensor is the second operand."""
    def method(self: Any, other: Any) -> Any:
        other = operand(other)
        return other if other is NotImplemented else function(other, self)

    return method
