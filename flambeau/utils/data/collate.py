"""From a list of samples to a batch."""
from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy

from flambeau.core.tensor import TensorBase

_NOT_NUMBERS = "SaUO"  # kinds of NumPy arrays that no tensor holds
_REFUSED = "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"


def default_collate(batch: Sequence[Any]) -> Any:
    """Stack samples: tensors, arrays and numbers along a new first dim; within dicts, lists and tuples piece by piece.

    Strings and bytes stay a list. Raises TypeError for anything else, RuntimeError for lists of different lengths.
    """
    sample = batch[0]
    for kinds, join in _JOINS.items():
        if isinstance(sample, kinds):
            return join(batch)
    if isinstance(sample, Mapping):
        return _like_mapping(sample, {key: default_collate([item[key] for item in batch]) for key in sample})
    if isinstance(sample, Sequence):
        return _columns(sample, batch)
    raise TypeError(_REFUSED.format(type(sample)))


def default_convert(data: Any) -> Any:
    """Turn NumPy arrays and numbers into tensors, also within dicts, lists and tuples; leave the rest."""
    if isinstance(data, TensorBase | str | bytes):
        return data
    if isinstance(data, numpy.ndarray | numpy.generic):
        return data if data.dtype.kind in _NOT_NUMBERS else _as_tensor(data)
    if isinstance(data, Mapping):
        return _like_mapping(data, {key: default_convert(value) for key, value in data.items()})
    if isinstance(data, Sequence):
        return _like_sequence(data, [default_convert(item) for item in data])
    return data


def _columns(sample: Any, batch: Sequence[Any]) -> Any:
    """Join the first items of all samples, the second items, and so on."""
    if {*map(len, batch)} != {len(sample)}:
        raise RuntimeError("each element in list of batch should be of equal size, but they have "
                           f"{sorted({len(item) for item in batch})} items")
    return _like_sequence(sample, [default_collate(column) for column in zip(*batch, strict=True)])


def _like_mapping(original: Any, values: dict[Any, Any]) -> Any:
    """Return a mapping of the class of `original`; a dict where that class cannot be made from one."""
    try:
        if not isinstance(original, MutableMapping):
            return type(original)(values)
        clone = copy.copy(original)  # keeps what else a subclass carries
        clone.update(values)
    except TypeError:
        return values
    return clone


def _like_sequence(original: Any, values: list[Any]) -> Any:
    """Return a sequence of the class of `original`; a list for a tuple, and where the class cannot be made from one."""
    if isinstance(original, tuple):
        return type(original)(*values) if hasattr(original, "_fields") else values
    try:
        if not isinstance(original, MutableSequence):
            return type(original)(values)
        clone = copy.copy(original)
        for place, value in enumerate(values):
            clone[place] = value
    except TypeError:
        return values
    return clone


def _as_tensor(data: Any) -> Any:
    from flambeau.ops.creation import as_tensor

    return as_tensor(data)


def _stacked(batch: Sequence[Any]) -> Any:
    return sys.modules["flambeau"].stack(list(batch), 0)  # the public one: batches of a class are of that class


def _stacked_arrays(batch: Sequence[Any]) -> Any:
    if batch[0].dtype.kind in _NOT_NUMBERS:
        raise TypeError(_REFUSED.format(batch[0].dtype))
    return _stacked([_as_tensor(array) for array in batch])


def _floats(batch: Sequence[Any]) -> Any:
    from flambeau.core.dtype import float64
    from flambeau.ops.creation import tensor

    return tensor(batch, dtype=float64)


def _integers(batch: Sequence[Any]) -> Any:
    from flambeau.ops.creation import tensor

    return tensor(batch)


def _as_it_is(batch: Sequence[Any]) -> Any:
    return batch


# In this order: a NumPy float64 is a Python float too, and a bool an int.
_JOINS: dict[Any, Callable[[Sequence[Any]], Any]] = {
    TensorBase: _stacked,
    numpy.ndarray: _stacked_arrays,
    (numpy.bool_, numpy.number, numpy.object_): _as_tensor,
    float: _floats,
    int: _integers,
    (str, bytes): _as_it_is,
}
