"""Resampling along the dims of images, one after the other: each output is a weighted sum of a few inputs, its taps.

The way back is a resampling too, with the taps transposed; so each is the other's gradient.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.promotion import FLOAT64
from flambeau.dispatch.op import SAME, op
from flambeau.ops.memory_order import Order, in_memory_order
from flambeau.ops.refusals import BOOL, COMPLEX, INTEGERS, refuse
from flambeau.ops.resampling_taps import Line, Taps, taps_of, transposed

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Lines = tuple[Line, ...]  # one for each dim after the second


@op(promote=SAME, grad={"input": lambda g, lines: resampled_back(g, lines)})
def resampled(input: Tensor, lines: Lines) -> Tensor:
    """Make each dim after the second as long as its line says."""
    refuse(BOOL + INTEGERS + COMPLEX, f"compute_indices_weights_{lines[0].mode}", input)
    xp = namespace_of(input)
    return _along_lines(input, lines, lambda line: taps_of(xp, line, input.dtype))


@op(promote=SAME, grad={"grad": lambda g, lines: resampled(g, lines)})
def resampled_back(grad: Tensor, lines: Lines) -> Tensor:
    """Share what each output holds out to the inputs that it was made of."""
    xp = namespace_of(grad)
    return _along_lines(grad, lines, lambda line: transposed(xp, taps_of(xp, line, grad.dtype), line.inputs))


def _along_lines(input: Array, lines: Lines, taps_for: Callable[[Line], Taps]) -> Array:
    def run(array: Array, order: Order) -> Array:
        for dim, line in reversed([*enumerate(lines, start=2)]):
            if not line.stays():
                array = _weighed(array, order.index(dim), *taps_for(line))
        return array.copy() if array.base is not None else array

    return in_memory_order(input, run)


def _weighed(array: Array, axis: int, index: Array, weight: Array) -> Array:
    shape = [1] * array.ndim
    shape[axis] = len(index)
    total = array.take(index[:, 0], axis) * weight[:, 0].reshape(shape)
    for tap in range(1, index.shape[1]):
        part = array.take(index[:, tap], axis)
        part *= weight[:, tap].reshape(shape)
        total += part
    return total


@op(grad={"input": lambda g, lines: resampled_back(g, lines)})
def picked(input: Tensor, lines: Lines) -> Tensor:
    """Make each dim after the second as long as its line says, by taking elements twice or not at all."""
    xp = namespace_of(input)

    def run(array: Array, order: Order) -> Array:
        for dim, line in enumerate(lines, start=2):
            array = array.take(taps_of(xp, line, FLOAT64)[0][:, 0], order.index(dim))
        return array

    return in_memory_order(input, run)


@op()
def resampled_bytes(input: Tensor, lines: Lines) -> Tensor:
    """The same as `resampled`, of bytes: in whole numbers, rounded to bytes after each dim."""
    def run(array: Array, order: Order) -> Array:
        for dim, line in reversed([*enumerate(lines, start=2)]):
            if line.inputs != line.outputs:
                array = _weighed_bytes(array, order.index(dim), line)
        return array.copy() if array.base is not None else array

    return in_memory_order(input, run)


def _weighed_bytes(array: Array, axis: int, line: Line) -> Array:
    xp = namespace_of(array)
    index, weight = taps_of(xp, line, FLOAT64)
    weight = _gathered(index, weight)
    bits = 1
    while bits < 22 and int(0.5 + float(weight.max()) * (1 << bits + 1)) < 1 << 15:  # weights are to fit in 16 bits
        bits += 1
    whole = xp.trunc(weight * (1 << bits) + xp.copysign(0.5, weight)).astype("i4")
    total = _weighed(array.astype("i4"), axis, index, whole)
    total += 1 << bits - 1
    return xp.clip(total >> bits, 0, 255).astype("u1")


def _gathered(index: Array, weight: Array) -> Array:
    """Give the last of the taps that meet in one input the weight of them all."""
    weight = weight.copy()
    for tap in range(1, index.shape[1]):
        same = index[:, tap] == index[:, tap - 1]
        weight[same, tap] += weight[same, tap - 1]
        weight[same, tap - 1] = 0
    return weight
