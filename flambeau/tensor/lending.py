"""Tensors for NumPy's own functions: who may be handed over as an array, what comes back, and what is refused."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy

from flambeau.core import dtype as dtypes
from flambeau.core.arrays import is_array, namespace_of
from flambeau.core.tensor import TensorBase, wrap


def tensors_in(values: Any) -> Iterator[Any]:
    """Find the tensors among arguments, in lists and dicts too."""
    if isinstance(values, TensorBase):
        yield values
    elif isinstance(values, list | tuple):
        for value in values:
            yield from tensors_in(value)
    elif isinstance(values, dict):
        yield from tensors_in(list(values.values()))


def mapped(change: Callable[[Any], Any], values: Any) -> Any:
    """Return arguments with each single one changed, those in lists and dicts too."""
    if isinstance(values, list | tuple) and not hasattr(values, "_fields"):
        return type(values)(mapped(change, value) for value in values) if type(values) in (list, tuple) else values
    if type(values) is dict:
        return {key: mapped(change, value) for key, value in values.items()}
    return change(values)


def is_lendable(tensor: Any) -> bool:
    """Say whether NumPy can be given a tensor with nothing lost: no gradient is wanted, and NumPy has memory and dtype."""
    look_up = object.__getattribute__  # nobody is to hear of this
    if look_up(tensor, "requires_grad") or look_up(tensor, "is_sparse"):
        return False
    array = tensor._array
    return namespace_of(array) is numpy and array.dtype != dtypes.bfloat16.numpy


def lent(value: Any) -> Any:
    """Return a tensor as the array it holds. Raises what `Tensor.numpy` raises."""
    return value.__array__() if isinstance(value, TensorBase) else value


def values_of(value: Any) -> Any:
    """Return a tensor's values as an array, also where a gradient is wanted: for questions that have none."""
    return value.detach().numpy() if isinstance(value, TensorBase) else value


def as_tensor(value: Any) -> Any:
    """Return an array or a NumPy scalar as a tensor over the same memory; anything else as it is."""
    return wrap(numpy.array(value) if _is_backwards(value) else value) if is_array(value) else value


def _is_backwards(value: Any) -> bool:
    return isinstance(value, numpy.ndarray) and (min(value.strides, default=0) < 0 or not value.dtype.isnative)


def returned(value: Any, like: Any) -> Any:
    """Return NumPy's results as tensors, of the class of `like`; dtypes that no tensor has stay arrays."""
    def kept(part: Any) -> Any:
        is_number = isinstance(part, numpy.ndarray | numpy.generic) and part.dtype in _TENSORS_HAVE
        return like.__array_wrap__(numpy.asarray(part)) if is_number else part

    return tuple(map(kept, value)) if type(value) is tuple else kept(value)


_TENSORS_HAVE = frozenset(known.numpy for known in dtypes.ALL)


def written(name: str, out: Any) -> Any:
    """Count NumPy's write into tensors, and return them."""
    for tensor in tensors_in(out):
        tensor._storage.bump(name)
    return out


def stored(name: str, out: Any, result: Any) -> Any:
    """Put a result that may carry a gradient where `out` says: a tensor, an array, or as many as there are results."""
    if isinstance(out, tuple):
        if len(out) > 1:
            pairs = zip(out, result, strict=True)
            return tuple(part if place is None else stored(name, place, part) for place, part in pairs)
        out = out[0]
    if not numpy.can_cast(result._array.dtype, out.dtype if is_array(out) else out._array.dtype, "same_kind"):
        raise TypeError(f"{name}: a result of {result.dtype} does not fit `out` of {out.dtype}; leave out= away")
    if isinstance(out, TensorBase):
        return out.copy_(result)
    if result.requires_grad:
        raise RuntimeError(f"{name}: an array as out= would lose the gradient; give a tensor, or detach() the arguments")
    out[...] = lent(result)
    return out


def refusal(name: str, tensors: Any, instead: str) -> Exception:
    """Return the error for a call that NumPy cannot be left with: PyTorch's, and what to do."""
    for tensor in tensors:
        try:
            tensor.numpy()
        except (RuntimeError, TypeError) as error:
            return type(error)(f"{error} ({name} is NumPy's alone: {instead})")
    return TypeError(f"{name} takes no tensors; {instead}")
