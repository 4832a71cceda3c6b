"""Bits of integers, and what integers divide by."""
from __future__ import annotations

from typing import TYPE_CHECKING

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import SAME, op
from flambeau.ops.refusals import BOOL, COMPLEX, refuse

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

NOT_INTEGER = BOOL + COMPLEX + "fV"


@op(promote=SAME)
def bitwise_and(input: Tensor | float, other: Tensor | float) -> Tensor:
    """Set the bits that are set in both; of booleans: both.

    >>> bitwise_and(tensor([5, 6]), tensor([3, 3]))
    >>> bitwise_and(mask(2, 3), mask(3))
    """
    refuse("fc", "bitwise_and_cpu", input, other)
    return input & other


@op(promote=SAME)
def bitwise_or(input: Tensor | float, other: Tensor | float) -> Tensor:
    """Set the bits that are set in either; of booleans: either.

    >>> bitwise_or(tensor([5, 6]), tensor([3, 3]))
    >>> bitwise_or(mask(2, 3), mask(3))
    """
    refuse("fc", "bitwise_or_cpu", input, other)
    return input | other


@op(promote=SAME)
def bitwise_xor(input: Tensor | float, other: Tensor | float) -> Tensor:
    """Set the bits that are set in exactly one; of booleans: exactly one.

    >>> bitwise_xor(tensor([5, 6]), tensor([3, 3]))
    >>> bitwise_xor(mask(2, 3), mask(3))
    """
    refuse("fc", "bitwise_xor_cpu", input, other)
    return input ^ other


@op(promote=SAME)
def bitwise_not(input: Tensor) -> Tensor:
    """Turn every bit over; of booleans: not.

    >>> bitwise_not(tensor([5, -6]))
    >>> bitwise_not(mask(2, 3))
    """
    refuse("fc", "bitwise_not_cpu", input)
    return ~input


@op(promote=SAME)
def bitwise_left_shift(input: Tensor | float, other: Tensor | float) -> Tensor:
    """Move the bits up by `other` places.

    >>> bitwise_left_shift(tensor([1, -3]), tensor([2, 3]))
    """
    refuse(NOT_INTEGER, "lshift_cpu", input, other)
    return _in_range(input << other, other, 0)


@op(promote=SAME)
def bitwise_right_shift(input: Tensor | float, other: Tensor | float) -> Tensor:
    """Move the bits down by `other` places, keeping the sign.

    >>> bitwise_right_shift(tensor([9, -9]), tensor([2, 70]))
    """
    refuse(NOT_INTEGER, "rshift_cpu", input, other)
    return _in_range(input >> other, other, -(input < 0).astype(other.dtype))


def _in_range(shifted: Array, places: Array, beyond: Array | int) -> Array:
    """A shift by more bits than there are, or fewer than none, leaves the sign or nothing."""
    bits = 8 * shifted.dtype.itemsize
    outside = (places < 0) | (places >= bits)
    return namespace_of(shifted).where(outside, beyond, shifted) if outside.any() else shifted


@op(promote=SAME)
def gcd(input: Tensor, other: Tensor) -> Tensor:
    """Return the greatest common divisor.

    >>> gcd(tensor([12, -18]), tensor([8, 27]))
    """
    refuse(NOT_INTEGER, "gcd_cpu", input, other)
    return namespace_of(input).gcd(input, other)


@op(promote=SAME)
def lcm(input: Tensor, other: Tensor) -> Tensor:
    """Return the least common multiple.

    >>> lcm(tensor([12, -18]), tensor([8, 27]))
    """
    refuse(NOT_INTEGER, "lcm_cpu", input, other)
    return namespace_of(input).lcm(input, other)
