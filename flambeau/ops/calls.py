"""A Python function over the elements of a tensor, one call each: slow, and on the CPU only."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy

from flambeau.core.device import CPU, device_of
from flambeau.core.tensor import TensorBase

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def apply_(input: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """Replace each element by what `callable` makes of it."""
    return _replaced(input, "apply_", callable, [input])


def map_(input: Tensor, tensor: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
    """Replace each element by what `callable` makes of it and of the element of `tensor` at its place."""
    if not isinstance(tensor, TensorBase):
        raise TypeError(f"map_(): argument 'tensor' (position 1) must be Tensor, not {type(tensor).__name__}")
    return _replaced(input, "map_", callable, [input, tensor])


def map2_(input: Tensor, x: Tensor, y: Tensor, callable: Callable[[Any, Any, Any], Any]) -> Tensor:
    """Replace each element by what `callable` makes of it and of the elements of `x` and `y` at its place."""
    for name, value in (("x", x), ("y", y)):
        if not isinstance(value, TensorBase):
            raise TypeError(f"map2_(): argument '{name}' must be Tensor, not {type(value).__name__}")
    return _replaced(input, "map2_", callable, [input, x, y])


def _replaced(target: Tensor, title: str, function: Callable[..., Any], sources: list[Tensor]) -> Tensor:
    for source in sources:
        if source.requires_grad:
            raise RuntimeError(f"Can't call {title}() on Variable that requires grad. Use var.detach().{title}() instead.")
        if device_of(source._array) != CPU:
            raise TypeError(f"{title} is only implemented on CPU tensors; this one is on {source.device}")
    array = target._array
    columns = [numpy.broadcast_to(source._array, array.shape).ravel().tolist() for source in sources]
    array[...] = numpy.array(list(map(function, *columns)), array.dtype).reshape(array.shape)
    target._storage.bump(title)
    return target
