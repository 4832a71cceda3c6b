"""Flat indices taken apart into an index for each dim."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from operator import mul
from typing import TYPE_CHECKING

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.promotion import INT64
from flambeau.dispatch.op import composite, op
from flambeau.ops.splitting import unbind

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def unravel_index(indices: Tensor, shape: int | Sequence[int]) -> tuple[Tensor, ...]:
    """Return, for each dim of a tensor of `shape`, where in it the elements at flat `indices` are.

    >>> unravel_index(tensor([1, 5]), (2, 3))
    >>> unravel_index(tensor([[7], [11]]), (2, 3, 2))
    >>> unravel_index(tensor(4), 6)
    """
    kind = indices.dtype
    if kind.is_floating_point or kind.is_complex or kind.numpy.kind == "b":
        raise TypeError(f"expected 'indices' to be integer dtype, but got {kind}; convert them first")
    sizes = _checked((shape,) if isinstance(shape, int) else shape)
    return unbind(_unraveled(indices, sizes), -1) if sizes else ()


def _checked(shape: Sequence[int]) -> tuple[int, ...]:
    for size in shape:
        if not isinstance(size, int):
            raise TypeError(f"expected 'shape' sequence to only contain ints, but got {type(size)}")
    if any(size < 0 for size in shape):
        raise ValueError(f"'shape' cannot have negative values, but got {tuple(shape)}")
    return tuple(shape)


@op()
def _unraveled(indices: Tensor, shape: tuple[int, ...]) -> Tensor:
    if indices.size and 0 in shape:
        raise RuntimeError(f"ZeroDivisionError: a tensor of shape {list(shape)} has no elements to point at")
    xp = namespace_of(indices)
    sizes: Array = xp.asarray(shape, INT64)
    steps = xp.asarray([*accumulate(reversed(shape[1:]), mul, initial=1)][::-1], INT64)
    return indices[..., None].astype(INT64) // xp.maximum(steps, 1) % xp.maximum(sizes, 1)
