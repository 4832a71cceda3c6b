"""Ops that give a tensor's memory other values: one value throughout, or another tensor's."""
from __future__ import annotations

import importlib
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, is_array, namespace_of, strided_view
from flambeau.core.device import device_of, moved
from flambeau.core.fitting import number_for
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.inplace import inplace, refuse_leaf, write
from flambeau.dispatch.op import op
from flambeau.ops.conversion import cast, move
from flambeau.ops.flat import flat
from flambeau.ops.shape import expand

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(grad={"input": lambda g: flat(g), "value": lambda g: g})
def fill(input: Tensor, value: Tensor | float) -> Tensor:
    """Return `value` throughout, in the shape and dtype of `input`.

    >>> fill(randn(2, 3), 1.5)
    >>> fill(randn(2, 3), randn())
    """
    if is_array(value) and value.ndim:
        raise RuntimeError(f"fill_ only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions.")
    xp = namespace_of(input)
    if isinstance(value, complex) and input.dtype.kind not in "bc":
        raise RuntimeError(f"value cannot be converted to type {input.dtype.name} without overflow: {value} is complex")
    result = xp.empty_like(input)
    result[...] = value if is_array(value) else number_for(input.dtype, value)
    return result


def zero(input: Tensor) -> Tensor:
    """Return zeros in the shape and dtype of `input`."""
    return fill(input, 0)


fill_, zero_ = inplace(fill), inplace(zero)


@op(grad={"input": lambda g: flat(g), "src": lambda g: g}, grad_name="CopyBackwards")
def _copied(input: Tensor, src: Tensor) -> Tensor:
    return namespace_of(input).broadcast_to(src, input.shape)


def copy_(self: Tensor, src: Any, non_blocking: bool = False) -> Tensor:
    """Write the values of `src`, broadcast and cast, into this tensor, wherever it is."""
    from flambeau.ops.creation import as_tensor

    refuse_leaf(self)
    source = src if isinstance(src, TensorBase) else as_tensor(src)
    if device_of(source._array) != device_of(self._array):
        source = move(source, device_of(self._array))
    if source._array.dtype != self._array.dtype:
        if source.requires_grad:
            source = expand(source, self.shape)  # so that the gradient is cast before it is added up
        source = cast(source, self._array.dtype)
    return write(self, _copied(self, source), "copy_")


def set_(self: Tensor, source: Any = None, storage_offset: int = 0, size: Sequence[int] | None = None,
         stride: Sequence[int] | None = None) -> Tensor:
    """Look at the memory of `source`, a tensor or a storage, from now on: at all of it unless `size` says how."""
    if source is not None and (size is not None or not isinstance(source, TensorBase)):
        self._array = _placed(self._array.dtype, source, storage_offset, size, stride)
        return self
    array = namespace_of(self._array).empty(0, self._array.dtype) if source is None else source._array
    self._array = moved(array, device_of(self._array))
    if source is not None:
        self._storage = source._storage
    return self


def _placed(dtype: Any, source: Any, offset: int, size: Sequence[int] | None, stride: Sequence[int] | None) -> Array:
    """Look at elements of a tensor's memory, or of a storage. Raises RuntimeError where it does not reach that far."""
    storage = importlib.import_module("flambeau.storage")  # above this layer
    memory = storage.elements(storage.of(source) if isinstance(source, TensorBase) else source, dtype)
    shape = (memory.size - offset,) if size is None else tuple(size)
    steps = tuple(math.prod(shape[dim + 1:]) for dim in range(len(shape))) if stride is None else tuple(stride)
    last = offset + sum((n - 1) * step for n, step in zip(shape, steps, strict=True))
    if offset < 0 or math.prod(shape) and last >= memory.size:
        raise RuntimeError(f"setStorage: sizes {list(shape)}, strides {list(steps)}, storage offset {offset}, and itemsize "
                           f"{dtype.itemsize} requiring a storage size of {(last + 1) * dtype.itemsize} are out of bounds for "
                           f"storage of size {memory.nbytes}")
    return strided_view(memory[offset:], shape, tuple(step * dtype.itemsize for step in steps))
