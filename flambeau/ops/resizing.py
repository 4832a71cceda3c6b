"""Tensors that change size in place."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array
from flambeau.core.memory import with_room_for
from flambeau.ops.dims import Sizes, sizes_of

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def resize_(self: Tensor, *sizes: Any, size: Any = None, memory_format: Any = None) -> Tensor:
    """Give this tensor another size, over the same memory while that has room.

    Raises RuntimeError for a tensor that needs a gradient.
    """
    if self.requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    shape = sizes_of(sizes if size is None else (size,))
    if min(shape, default=0) < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
    if shape != self._array.shape:
        self._array = _resized(self._array, shape)
        self._storage.bump("resize_")
    return self


def resize_as_(self: Tensor, the_template: Tensor, *, memory_format: Any = None) -> Tensor:
    """Give this tensor the size of another."""
    return resize_(self, tuple(the_template.shape))


def _resized(array: Array, shape: Sizes) -> Array:
    """Return the elements in memory in another shape; what was not there is zero."""
    return with_room_for(array, math.prod(shape)).reshape(shape)
