"""What PyTorch raises for a dtype that an op has no answer for."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array, is_array, namespace_of
from flambeau.core.dtype import HALVES
from flambeau.dispatch.inplace import pytorch_name

BOOL, INTEGERS, FLOAT, COMPLEX = "b", "iu", "fV", "c"
NOT_FLOAT = BOOL + INTEGERS


def refuse(kinds: str, title: str, *arrays: Array) -> None:
    """Raise NotImplementedError where an array is of one of these kinds of number (NumPy's letters)."""
    for array in arrays:
        if is_array(array) and array.dtype.kind in kinds:
            namespace_of(array).broadcast_shapes(*[other.shape for other in arrays if is_array(other)])  # the first error
            raise NotImplementedError(f'"{title}" not implemented for \'{pytorch_name(array.dtype)}\'; convert the '
                                      "tensor first")


def refuse_zero_divisor(title: str, divisor: Array) -> None:
    """Raise RuntimeError where integers would be divided by zero; booleans and complex numbers have no remainder."""
    refuse(BOOL + COMPLEX, title, divisor)
    if is_array(divisor) and divisor.dtype.kind in INTEGERS and not divisor.all():
        raise RuntimeError("ZeroDivisionError")


def no_derivative(name: str) -> Any:
    """Return a gradient rule for an argument that the mathematics has no practical derivative for, here as in PyTorch."""
    def rule(g: Any) -> Any:
        raise NotImplementedError(f"the derivative for '{name}' is not implemented; detach() this argument")

    return rule


def undifferentiable(name: str) -> Any:
    """Return the gradient rule of an op that PyTorch puts on the tape, but has no gradient of at all."""
    def rule(g: Any) -> Any:
        raise RuntimeError(f"derivative for aten::{name} is not implemented; detach() its arguments")

    return rule


def refuse_half(title: str, *arrays: Array) -> None:
    """Raise NotImplementedError for half types, which LAPACK has no routine for."""
    for array in arrays:
        if array.dtype in HALVES:
            raise NotImplementedError(f'"{title}" not implemented for \'{pytorch_name(array.dtype)}\'; convert the tensor '
                                      "first")
