"""In which order the elements of a result lie in memory, where operands are views. NumPy has rules of its own."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array, laid_out, namespace_of, row_major, strides_in_elements
from flambeau.core.tensor import TensorBase

Sizes = tuple[int, ...]


def row_by_row(result: Array, args: tuple[Any, ...]) -> Array:
    """Lay a result out row by row, whatever the operands' order was."""
    return result if result.flags.c_contiguous else namespace_of(result).ascontiguousarray(result)


def as_operands(result: Array, args: tuple[Any, ...]) -> Array:
    """Lay the result of an op that works element by element out as its operands are, the first before the others."""
    operands = [arg._array for arg in args if isinstance(arg, TensorBase)]
    if not all(_fits(operand.shape, result.shape) for operand in operands):
        return result  # each element comes of several; the body knows best
    return _laid_out_as(operands, result)


def as_input(result: Array, args: tuple[Any, ...]) -> Array:
    """Lay a result of the shape of the first argument out as that is, without its gaps."""
    return _laid_out_as([args[0]._array], result)


def as_suggested(result: Array, args: tuple[Any, ...]) -> Array:
    """Lay a result out with its channels last where all operands are so, else row by row."""
    orders = {memory_order(arg._array) for arg in args if isinstance(arg, TensorBase)}
    order = orders.pop()
    if orders or len(order) != result.ndim:
        return row_by_row(result, args)
    return with_strides(result, _packed(result.shape, list(reversed(order))))


def ordered_by(steps: list[Sizes], result: Array) -> Array:
    """Lay a result out so that its dims come in the order of an operand's steps along them, the first before the others."""
    return with_strides(result, _packed(result.shape, _order(steps, result.shape)))


def with_strides(array: Array, strides: Sizes) -> Array:
    return array if strides_in_elements(array) == strides else laid_out(array, strides)


def packed_strides(array: Array) -> Sizes:
    """Strides for a copy of an array: its own where it has no gaps, else such that its dims stay in order."""
    return _strides_as([array], array.shape)


def _laid_out_as(operands: list[Array], result: Array) -> Array:
    return with_strides(result, _strides_as(operands, result.shape))


def _strides_as(operands: list[Array], shape: Sizes) -> Sizes:
    common = _common_strides(operands, shape)
    return common or _packed(shape, _order([steps_along(operand, shape) for operand in operands], shape))


def _fits(shape: Sizes, whole: Sizes) -> bool:
    """Say whether a shape broadcasts to another."""
    extra = len(whole) - len(shape)
    return extra >= 0 and all(size in (1, other) for size, other in zip(shape, whole[extra:], strict=True))


def _common_strides(operands: list[Array], shape: Sizes) -> Sizes | None:
    """The strides that all operands have, if they have a cell for each element and no others in between."""
    strides = strides_in_elements(operands[0])
    if any(operand.shape != shape or strides_in_elements(operand) != strides for operand in operands):
        return None
    dense = _packed(shape, sorted(range(len(shape)), key=lambda dim: strides[dim]))
    same = all(step == want or size == 1 for step, want, size in zip(strides, dense, shape, strict=True))
    return strides if same else None


def _packed(shape: Sizes, order: list[int]) -> Sizes:
    """Strides without gaps, for dims listed from the fastest."""
    inner_first = row_major(tuple(shape[dim] for dim in reversed(order)))[::-1]
    strides = dict(zip(order, inner_first, strict=True))
    return tuple(strides[dim] for dim in range(len(shape)))


def _order(steps: list[Sizes], shape: Sizes) -> list[int]:
    """List the dims from the fastest, by insertion: a dim moves in past those that an operand takes larger steps along."""
    order = list(reversed(range(len(shape))))
    for start in range(1, len(order)):
        at = start
        for before in reversed(range(start)):
            verdict = _compared(order[before], order[at], steps, shape)
            if verdict < 0:
                break
            if verdict > 0:
                order[before], order[at] = order[at], order[before]
                at = before
    return order


def steps_along(operand: Array, shape: Sizes) -> Sizes:
    """The strides of an operand that is broadcast to `shape`."""
    extra = len(shape) - operand.ndim
    own = zip(operand.shape, strides_in_elements(operand), shape[extra:], strict=True)
    return (*(0,) * extra, *(0 if size == 1 and whole != 1 else step for size, step, whole in own))


def _compared(inner: int, outer: int, steps: list[Sizes], shape: Sizes) -> int:
    """Say whether two dims are in order (-1), are not (1), or may be either way: the first operand that knows decides."""
    for strides in steps:
        one, other = strides[inner], strides[outer]
        if not one or not other:
            continue  # repeated along one of the two
        if one != other:
            return -1 if one < other else 1
        if shape[inner] > shape[outer]:
            return 1
    return 0


def memory_order(array: Array) -> Sizes:
    """Return the dims of images or volumes, (N, C, *sizes), from the slowest: channels last where PyTorch sees them so.

    What could lie either way, such as images of one channel, has its channels in front.
    """
    plain = tuple(range(array.ndim))
    order = (0, *plain[2:], 1)
    if array.ndim not in (4, 5) or not array.size or not array.strides[1]:
        return plain
    reach = 0
    for dim in reversed(order):
        stride = array.strides[dim]
        if stride < reach or dim == 0 and reach == array.strides[1]:
            return plain
        reach = stride * array.shape[dim]
    return order
