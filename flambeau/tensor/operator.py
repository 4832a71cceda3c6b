"""Python's operators on tensors: the op, or NotImplemented for what no op takes."""
from __future__ import annotations

from typing import Any

import numpy

from flambeau.core.tensor import TensorBase, wrap
from flambeau.dispatch.apply import apply
from flambeau.tensor.late import late

_OPERANDS = (TensorBase, int, float, complex, numpy.generic)


def operand(value: Any) -> Any:
    """Return what an op can take for the other side of an operator, or NotImplemented."""
    if isinstance(value, _OPERANDS):
        return value
    return wrap(value) if isinstance(value, numpy.ndarray) else NotImplemented


@late
def operator(function: Any) -> Any:
    """Make `__add__` of the op `add`: it goes straight to the road, without the function's argument handling."""
    op = function.op
    rest = tuple(op.defaults[name] for name in op.parameters[2:])

    def method(self: Any, other: Any) -> Any:
        kind = other.__class__
        if kind is not float and kind is not int and not isinstance(other, TensorBase):
            other = operand(other)
            if other is NotImplemented:
                return other
        return apply(op, (self, other, *rest))

    return method


@late
def reflected(function: Any) -> Any:
    """Make `__radd__` of the op `add`: the tensor is the second operand."""
    op = function.op
    rest = tuple(op.defaults[name] for name in op.parameters[2:])

    def method(self: Any, other: Any) -> Any:
        other = operand(other)
        return other if other is NotImplemented else apply(op, (other, self, *rest))

    return method


@late
def assigning(twin: Any) -> Any:
    """Make `__iadd__` of the in-place `add_`."""
    def method(self: Any, other: Any) -> Any:
        other = operand(other)
        return other if other is NotImplemented else twin(self, other)

    return method


def operators(function: Any, twin: Any) -> tuple[Any, Any, Any]:
    """Make `__add__`, `__radd__` and `__iadd__` of `add` and `add_`."""
    return operator(function), reflected(function), assigning(twin)
