"""Comparisons, logic, and what kind of number an element is: answers are booleans."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import namespace_of
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.layout import as_operands
from flambeau.dispatch.op import COMPARE, op
from flambeau.ops.refusals import COMPLEX, NOT_FLOAT, refuse

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(promote=COMPARE)
def eq(input: Tensor, other: Tensor | float) -> Tensor:
    """Say which elements are equal to those of `other`.

    >>> eq(tensor([1.0, 2.0, 3.0]), tensor([2.0, 2.0, 1.0]))
    >>> eq(randint(0, 3, (2, 3)), 1.5)
    """
    return input == other


@op(promote=COMPARE)
def ne(input: Tensor, other: Tensor | float) -> Tensor:
    """Say which elements differ from those of `other`.

    >>> ne(tensor([1.0, 2.0, 3.0]), tensor([2.0, 2.0, 1.0]))
    >>> ne(randint(0, 3, (2, 3)), 1.5)
    """
    return input != other


@op(promote=COMPARE)
def lt(input: Tensor, other: Tensor | float) -> Tensor:
    """Say which elements are less than those of `other`.

    >>> lt(tensor([1.0, 2.0, 3.0]), tensor([2.0, 2.0, 1.0]))
    >>> lt(randint(0, 3, (2, 3)), 1.5)
    """
    refuse(COMPLEX, "lt", input, other)
    return input < other


@op(promote=COMPARE)
def le(input: Tensor, other: Tensor | float) -> Tensor:
    """Say which elements are at most those of `other`.

    >>> le(tensor([1.0, 2.0, 3.0]), tensor([2.0, 2.0, 1.0]))
    >>> le(randint(0, 3, (2, 3)), 1.5)
    """
    refuse(COMPLEX, "le", input, other)
    return input <= other


@op(promote=COMPARE)
def gt(input: Tensor, other: Tensor | float) -> Tensor:
    """Say which elements are more than those of `other`.

    >>> gt(tensor([1.0, 2.0, 3.0]), tensor([2.0, 2.0, 1.0]))
    >>> gt(randint(0, 3, (2, 3)), 1.5)
    """
    refuse(COMPLEX, "gt", input, other)
    return input > other


@op(promote=COMPARE)
def ge(input: Tensor, other: Tensor | float) -> Tensor:
    """Say which elements are at least those of `other`.

    >>> ge(tensor([1.0, 2.0, 3.0]), tensor([2.0, 2.0, 1.0]))
    >>> ge(randint(0, 3, (2, 3)), 1.5)
    """
    refuse(COMPLEX, "ge", input, other)
    return input >= other


@op(promote=COMPARE)
def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Say where both are not zero.

    >>> logical_and(tensor([0.0, 1.0, 2.0]), tensor([[0.0], [3.0]]))
    """
    return namespace_of(input).logical_and(input, other)


@op(promote=COMPARE)
def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Say where either is not zero.

    >>> logical_or(tensor([0.0, 1.0, 2.0]), tensor([[0.0], [3.0]]))
    """
    return namespace_of(input).logical_or(input, other)


@op(promote=COMPARE)
def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Say where exactly one is not zero.

    >>> logical_xor(tensor([0.0, 1.0, 2.0]), tensor([[0.0], [3.0]]))
    """
    return namespace_of(input).logical_xor(input, other)


@op(promote=COMPARE)
def logical_not(input: Tensor) -> Tensor:
    """Say where an element is zero.

    >>> logical_not(tensor([0.0, -1.5, inf, -inf, nan]))
    """
    return namespace_of(input).logical_not(input)


@op(promote=COMPARE)
def isnan(input: Tensor) -> Tensor:
    """Say where an element is no number.

    >>> isnan(tensor([0.0, -1.5, inf, -inf, nan]))
    """
    return namespace_of(input).isnan(input)


@op(promote=COMPARE)
def isinf(input: Tensor) -> Tensor:
    """Say where an element is infinite.

    >>> isinf(tensor([0.0, -1.5, inf, -inf, nan]))
    """
    return namespace_of(input).isinf(input)


@op(promote=COMPARE)
def isfinite(input: Tensor) -> Tensor:
    """Say where an element is finite.

    >>> isfinite(tensor([0.0, -1.5, inf, -inf, nan]))
    """
    return namespace_of(input).isfinite(input)


@op(promote=COMPARE)
def isposinf(input: Tensor) -> Tensor:
    """Say where an element is plus infinity.

    >>> isposinf(tensor([0.0, -1.5, inf, -inf, nan]))
    """
    return _infinite("isposinf", input) & (input > 0)


@op(promote=COMPARE)
def isneginf(input: Tensor) -> Tensor:
    """Say where an element is minus infinity.

    >>> isneginf(tensor([0.0, -1.5, inf, -inf, nan]))
    """
    return _infinite("isneginf", input) & (input < 0)


def _infinite(name: str, input: Any) -> Any:
    if input.dtype.kind == COMPLEX:
        raise RuntimeError(f"{name} does not support complex inputs.")
    return namespace_of(input).isinf(input)


@op(layout=as_operands)
def isclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Tensor:
    """Say where two differ by at most `atol` plus `rtol` times the size of `other`.

    >>> isclose(tensor([1.0, 2.0, nan]), tensor([1.0000001, 2.1, nan]))
    >>> isclose(tensor([1.0, 2.0, nan]), tensor([1.0000001, 2.1, nan]), rtol=0.1, equal_nan=True)
    """
    if input.dtype != other.dtype:
        raise RuntimeError(f"{pytorch_name(input.dtype)} did not match {pytorch_name(other.dtype)}; convert one of them")
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if tolerance < 0:
            raise RuntimeError(f"{name} must be greater than or equal to zero, but got {tolerance}")
    xp = namespace_of(input)
    close = input == other
    if equal_nan and input.dtype.kind not in NOT_FLOAT:
        close = close | (xp.isnan(input) & xp.isnan(other))
    if rtol == 0 and atol == 0 or input.dtype.kind == "b":
        return close
    distance = xp.abs(input - other)
    return close | (xp.isfinite(distance) & (distance <= atol + xp.abs(other) * rtol))


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Say whether all elements of two tensors are close to each other.

    >>> allclose(tensor([1.0, 2.0]), tensor([1.0000001, 2.0]))
    >>> allclose(tensor([1.0, nan]), tensor([1.0, nan]))
    """
    return bool(isclose(input, other, rtol, atol, equal_nan)._array.all())


def equal(input: Tensor, other: Tensor) -> bool:
    """Say whether two tensors have the same shape and the same elements.

    >>> equal(tensor([1.0, 2.0]), tensor([1.0, 2.0]))
    >>> equal(tensor([1.0, 2.0]), tensor([[1.0, 2.0]]))
    """
    if not isinstance(other, TensorBase):
        raise TypeError(f"equal(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}")
    return input._array.shape == other._array.shape and bool(eq(input, other)._array.all())


greater, greater_equal, less, less_equal, not_equal = gt, ge, lt, le, ne


@op(promote=COMPARE)
def isin(elements: Tensor | float, test_elements: Tensor | float, *, assume_unique: bool = False,
         invert: bool = False) -> Tensor:
    """Say which of `elements` are among `test_elements`; with `invert`, which are not.

    >>> isin(tensor([[1, 2], [3, 4]]), tensor([2, 4, 5]))
    >>> isin(tensor([1.0, 2.0]), 2.0, invert=True)
    """
    xp = namespace_of(test_elements if hasattr(test_elements, "dtype") else elements)
    return xp.isin(elements, test_elements, assume_unique=assume_unique, invert=invert)
