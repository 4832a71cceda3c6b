"""Python's operators on tensors: the op, or NotImplemented for what no op takes."""
from __future__ import annotations

from typing import Any

import numpy

from flambeau.core.arrays import is_array
from flambeau.core.tensor import TensorBase, wrap
from flambeau.dispatch import overriding
from flambeau.dispatch.apply import apply
from flambeau.dispatch.overriding import UNHEARD
from flambeau.tensor.late import late

_OPERANDS = (TensorBase, int, float, complex, numpy.generic)


def operand(value: Any) -> Any:
    """Return what an op can take for the other side of an operator, or NotImplemented."""
    if isinstance(value, _OPERANDS):
        return value
    return wrap(value) if is_array(value) else NotImplemented


# The methods that operators are known by to `__torch_function__`, where they are not known by their own names.
_KNOWN_AS = {
    "__add__": "add", "__radd__": "add", "__sub__": "sub", "__mul__": "mul", "__rmul__": "mul", "__truediv__": "div",
    "__mod__": "remainder", "__pow__": "pow", "__matmul__": "matmul", "__ne__": "ne", "__lt__": "lt", "__le__": "le",
    "__gt__": "gt", "__ge__": "ge", "__rand__": "bitwise_and", "__ror__": "bitwise_or", "__rxor__": "bitwise_xor",
    "__iadd__": "add_", "__isub__": "sub_", "__imul__": "mul_", "__itruediv__": "div_", "__ifloordiv__": "floor_divide_",
    "__imod__": "remainder_", "__ipow__": "pow_",
}


def _asked(method: Any, self: Any, other: Any) -> Any:
    """Hand an operator to whoever asks for calls; NotImplemented where all of them decline."""
    name = method.__name__
    function = getattr(TensorBase._public, _KNOWN_AS[name]) if name in _KNOWN_AS else method
    try:
        return overriding.asked(function, (self, other), {})
    except overriding.NoImplementation:
        return NotImplemented


def _asked_anew(method: Any, self: Any, other: Any) -> Any:
    """Ask an operand that no op takes, where its class was not known yet as one that asks for calls."""
    heard = _asked(method, self, other) if overriding.notice([other]) else UNHEARD
    return NotImplemented if heard is UNHEARD else heard


@late
def operator(function: Any) -> Any:
    """Make `__add__` of the op `add`: it goes straight to the road, without the function's argument handling."""
    op = function.op
    rest = tuple(op.defaults[name] for name in op.parameters[2:])

    def method(self: Any, other: Any) -> Any:
        if overriding.users and (heard := _asked(method, self, other)) is not UNHEARD:
            return heard
        kind = other.__class__
        if kind is not float and kind is not int and not isinstance(other, TensorBase):
            taken = operand(other)
            if taken is NotImplemented:
                return _asked_anew(method, self, other)
            other = taken
        return apply(op, (self, other, *rest))

    return method


@late
def reflected(function: Any) -> Any:
    """Make `__radd__` of the op `add`: the tensor is the second operand."""
    op = function.op
    rest = tuple(op.defaults[name] for name in op.parameters[2:])

    def method(self: Any, other: Any) -> Any:
        if overriding.users and (heard := _asked(method, self, other)) is not UNHEARD:
            return heard
        taken = operand(other)
        return _asked_anew(method, self, other) if taken is NotImplemented else apply(op, (taken, self, *rest))

    return method


@late
def dividing(reciprocal: Any, times: Any) -> Any:
    """Make `__rtruediv__` of two ops: PyTorch multiplies by the reciprocal, whose rounding shows and which alone is saved."""
    def method(self: Any, other: Any) -> Any:
        if overriding.users and (heard := _asked(method, self, other)) is not UNHEARD:
            return heard
        taken = operand(other)
        if taken is NotImplemented:
            return _asked_anew(method, self, other)
        return apply(times.op, (apply(reciprocal.op, (self,)), taken))

    return method


@late
def assigning(twin: Any) -> Any:
    """Make `__iadd__` of the in-place `add_`."""
    def method(self: Any, other: Any) -> Any:
        if overriding.users and (heard := _asked(method, self, other)) is not UNHEARD:
            return heard
        taken = operand(other)
        return _asked_anew(method, self, other) if taken is NotImplemented else twin(self, taken)

    return method


def operators(function: Any, twin: Any) -> tuple[Any, Any, Any]:
    """Make `__add__`, `__radd__` and `__iadd__` of `add` and `add_`."""
    return operator(function), reflected(function), assigning(twin)
