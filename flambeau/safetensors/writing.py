"""Writing safetensors files."""
from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, as_array
from flambeau.core.tensor import TensorBase
from flambeau.safetensors.header import NAMES, RANK, Entry, SafetensorError, written

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def save(tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None) -> bytes:
    """Return what `save_file` writes."""
    head, arrays = _prepared(tensors, metadata)
    return b"".join([head, *map(_content, arrays)])


def save_file(tensors: Mapping[str, Tensor], filename: str | os.PathLike[str],
              metadata: Mapping[str, str] | None = None) -> None:
    """Write tensors to a safetensors file, which is replaced as a whole or not at all.

    Tensors of any strides are written in C order. Raises RuntimeError for tensors that share memory, which a file of this
    kind cannot express (`save_model` can leave out the copies), and SafetensorError for dtypes that it does not know.
    """
    from flambeau.serialization.atomic import replacing

    head, arrays = _prepared(tensors, metadata)
    with replacing(os.fspath(filename)) as file:
        file.write(head)
        for array in arrays:
            file.write(_content(array))


def _prepared(tensors: Mapping[str, Any], metadata: Mapping[str, str] | None) -> tuple[bytes, list[Array]]:
    """Lay tensors out as the reference implementation does: wide dtypes first, so that all are aligned; then by name."""
    _check(tensors, metadata)
    names = sorted(tensors, key=lambda name: (-RANK[tensors[name].dtype], name))
    entries, end = {}, 0
    for name in names:
        tensor = tensors[name]
        begin, end = end, end + tensor.nbytes
        entries[name] = Entry(tensor.dtype, tuple(tensor.shape), begin, end)
    return written(entries, metadata), [tensors[name].detach().cpu()._array for name in names]


def _content(array: Array) -> memoryview:
    """The bytes of an array in C order and little-endian."""
    import numpy

    return memoryview(numpy.ascontiguousarray(as_array(array)).reshape(-1).view("u1"))


def _check(tensors: Any, metadata: Any) -> None:
    if not isinstance(tensors, Mapping):
        raise ValueError(f"Expected a dict of [str, torch.Tensor] but received {type(tensors)}")
    for name, tensor in tensors.items():
        if not isinstance(tensor, TensorBase):
            raise ValueError(f"Key `{name}` is invalid, expected torch.Tensor but received {type(tensor)}")
        if not isinstance(name, str) or name == "__metadata__":
            raise ValueError(f"{name!r} cannot be the name of a tensor; names are text, other than '__metadata__'")
        if tensor.dtype not in NAMES:
            raise SafetensorError(f"tensor {name!r} is of {tensor.dtype}, which safetensors files cannot hold")
    if metadata is not None and not all(isinstance(text, str) for item in metadata.items() for text in item):
        raise TypeError("metadata must map text to text")
    if shared := list(sharing(tensors)):
        raise RuntimeError(f"Some tensors share memory, this will lead to duplicate memory on disk and potential differences "
                           f"when loading them again: {shared}. Use save_model() to save a module that shares parameters, or "
                           "clone() all but one of them")


def sharing(tensors: Mapping[str, Any]) -> Iterator[set[str]]:
    """Yield the names of tensors whose bytes overlap."""
    from flambeau.core.arrays import shares_memory

    groups: list[list[str]] = []
    for name, tensor in tensors.items():
        for group in groups:
            if any(tensor.numel() and shares_memory(tensor._array, tensors[other]._array)
                   and _overlap(tensor._array, tensors[other]._array) for other in group):
                group.append(name)
                break
        else:
            groups.append([name])
    yield from (set(group) for group in groups if len(group) > 1)


def _overlap(one: Array, other: Array) -> bool:
    from flambeau.core.arrays import namespace_of

    return bool(namespace_of(one).shares_memory(one, other))
