"""Tensors that change size in place."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of, owner_of
from flambeau.ops.dims import Sizes, sizes_of

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def resize_(self: Tensor, *sizes: Any, memory_format: Any = None) -> Tensor:
    """Give this tensor another size, over the same memory while that has room.

    Raises RuntimeError for a tensor that needs a gradient.
    """
    if self.requires_grad:
        raise RuntimeError("cannot resize variables that require grad")
    shape = sizes_of(sizes)
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
    xp = namespace_of(array)
    count = 1
    for size in shape:
        count *= size
    memory = owner_of(array).reshape(-1) if owner_of(array).flags.c_contiguous else array.reshape(-1)
    if memory.dtype != array.dtype or memory is not array and array.size and not array.flags.c_contiguous:
        memory = array.reshape(-1)
    if memory.size < count:
        memory = xp.concatenate((memory, xp.zeros(count - memory.size, array.dtype)))
    return memory[:count].reshape(shape)
