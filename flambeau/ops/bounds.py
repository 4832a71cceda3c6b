"""The larger and the smaller of two, and keeping within bounds."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import is_array, namespace_of
from flambeau.core.fitting import number_for
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.comparison import isnan
from flambeau.ops.masking import choose, masked_fill
from flambeau.ops.refusals import BOOL, COMPLEX, refuse

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _share(g: Tensor, mine: Tensor, other: Tensor) -> Tensor:
    """Half of the gradient where both are equal, all of it elsewhere."""
    return choose(mine == other, g / 2, g)


@op(promote=SAME, grad={
    "input": lambda g, input, other: masked_fill(_share(g, input, other), input < other, 0.0),
    "other": lambda g, input, other: masked_fill(_share(g, input, other), input > other, 0.0),
})
def maximum(input: Tensor, other: Tensor) -> Tensor:
    """Return the larger of two, NaN if either is; equal ones share the gradient.

    >>> maximum(randn(2, 3), randn(3))
    >>> maximum(tensor([1, 2, 3]), tensor([1, 3, 0]))
    """
    _refuse_complex("maximum", input)
    return namespace_of(input).maximum(input, other)


@op(promote=SAME, grad={
    "input": lambda g, input, other: masked_fill(_share(g, input, other), input > other, 0.0),
    "other": lambda g, input, other: masked_fill(_share(g, input, other), input < other, 0.0),
})
def minimum(input: Tensor, other: Tensor) -> Tensor:
    """Return the smaller of two, NaN if either is; equal ones share the gradient.

    >>> minimum(randn(2, 3), randn(3))
    >>> minimum(tensor([1, 2, 3]), tensor([1, 3, 0]))
    """
    _refuse_complex("minimum", input)
    return namespace_of(input).minimum(input, other)


@op(promote=SAME, grad={
    "input": lambda g, input, other: choose((input >= other) | isnan(other), g, 0.0),
    "other": lambda g, input, other: choose((input >= other) | isnan(other), 0.0, g),
})
def fmax(input: Tensor, other: Tensor) -> Tensor:
    """Return the larger of two, and where one is NaN the other.

    >>> fmax(randn(2, 3), randn(3))
    """
    _refuse_complex("fmax", input)
    return namespace_of(input).fmax(input, other)


@op(promote=SAME, grad={
    "input": lambda g, input, other: choose((input <= other) | isnan(other), g, 0.0),
    "other": lambda g, input, other: choose((input <= other) | isnan(other), 0.0, g),
})
def fmin(input: Tensor, other: Tensor) -> Tensor:
    """Return the smaller of two, and where one is NaN the other.

    >>> fmin(randn(2, 3), randn(3))
    """
    _refuse_complex("fmin", input)
    return namespace_of(input).fmin(input, other)


def _refuse_complex(name: str, input: Any) -> None:
    if input.dtype.kind == COMPLEX:
        raise RuntimeError(f"{name} not implemented for complex tensors: they have no order")


@op(promote=SAME, scalars=("min", "max"), grad={
    "input": lambda g, input, min, max: choose(_within(input, min, max), g, 0.0),
    "min": lambda g, input, min, max: choose(_takes_min(input, min, max), g, 0.0),
    "max": lambda g, input, min, max: choose(_takes_max(input, min, max), g, 0.0),
})
def clamp(input: Tensor, min: Tensor | float | None = None, max: Tensor | float | None = None) -> Tensor:
    """Raise what is below `min` to it, lower what is above `max` to it; NaN stays.

    >>> clamp(randn(2, 3), -0.5, 0.5)
    >>> clamp(randn(2, 3), min=0.1)
    >>> clamp(randn(2, 3), max=0.1)
    >>> clamp(randn(2, 3), randn(3), randn(2, 1))
    """
    if min is None and max is None:
        raise RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
    refuse(COMPLEX, "clamp", input)
    if min is not None and max is not None:
        refuse(BOOL, "clamp", input)
        if is_array(min) != is_array(max):
            raise TypeError("clamp() received an invalid combination of arguments: min and max must both be numbers or "
                            "both be tensors")
    xp = namespace_of(input)
    if min is not None:
        input = xp.maximum(input, min if is_array(min) else number_for(input.dtype, min))
    return input if max is None else xp.minimum(input, max if is_array(max) else number_for(input.dtype, max))


def _within(input: Tensor, min: Any, max: Any) -> Tensor:
    if min is None or max is None:
        return input <= max if min is None else input >= min
    return (input >= min) & (input <= max)


def _takes_min(input: Tensor, min: Any, max: Any) -> Tensor:
    return input < min if max is None else (input < min) & (min < max)


def _takes_max(input: Tensor, min: Any, max: Any) -> Tensor:
    return input > max if min is None else (input > max) | (max < min)


@composite
def clamp_min(input: Tensor, min: Tensor | float) -> Tensor:
    """Raise what is below `min` to it.

    >>> clamp_min(randn(2, 3), 0.1)
    >>> clamp_min(randn(2, 3), randn(3))
    """
    return clamp(input, min)


@composite
def clamp_max(input: Tensor, max: Tensor | float) -> Tensor:
    """Lower what is above `max` to it.

    >>> clamp_max(randn(2, 3), 0.1)
    >>> clamp_max(randn(2, 3), randn(3))
    """
    return clamp(input, None, max)


clip = clamp
