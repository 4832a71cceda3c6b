"""Computing on an array in the order in which its dims lie in memory."""
from __future__ import annotations

from collections.abc import Callable

from flambeau.core.arrays import Array
from flambeau.dispatch.layout import memory_order

Order = tuple[int, ...]


def in_memory_order(array: Array, compute: Callable[[Array, Order], Array]) -> Array:
    """Compute on an array with its dims in the order of its memory, and give the result the same order.

    `compute` takes the array and the order: which dim each of its dims was.
    """
    order = memory_order(array)
    return compute(array.transpose(order), order).transpose(sorted(range(len(order)), key=order.__getitem__))
