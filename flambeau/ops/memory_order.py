"""In which order the dims of an array lie in memory, and computing in that order."""
from __future__ import annotations

from collections.abc import Callable

from flambeau.core.arrays import Array

Order = tuple[int, ...]


def memory_order(array: Array) -> Order:
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


def in_memory_order(array: Array, compute: Callable[[Array, Order], Array]) -> Array:
    """Compute on an array with its dims in the order of its memory, and give the result the same order.

    `compute` takes the array and the order: which dim each of its dims was.
    """
    order = memory_order(array)
    return compute(array.transpose(order), order).transpose(sorted(range(len(order)), key=order.__getitem__))
