"""The names a file may use, and what they make: tensors out of storages, and a few plain classes."""
from __future__ import annotations

import pickle
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy

from flambeau.core.arrays import Array, namespace_of, strided_view
from flambeau.core.device import device
from flambeau.core.dtype import dtype
from flambeau.core.size import Size
from flambeau.core.tensor import Storage, TensorBase, wrap
from flambeau.serialization.names import DTYPES, LAYOUTS, STORAGE_KINDS, UNTYPED, StorageKind
from flambeau.serialization.unpickling import Call, hashable


class Loaded(NamedTuple):
    """A storage that was read: its bytes, what its elements are, and the version that its tensors share."""

    bytes: Array
    dtype: dtype | None
    storage: Storage


def rebuild_tensor(storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any = False, hooks: Any = None,
                   metadata: Any = None, kind: dtype | None = None) -> Any:
    """Return a tensor of the given shape and strides, counted in elements, within a storage."""
    if not isinstance(storage, Loaded):
        raise pickle.UnpicklingError(f"a tensor has a {type(storage).__name__} in the place of its storage")
    kind = kind or storage.dtype
    if kind is None:
        raise pickle.UnpicklingError("a tensor's dtype is missing")
    elements = storage.bytes[:storage.bytes.size // kind.itemsize * kind.itemsize].view(kind.numpy)
    _check_extent(elements.size, offset, size, stride)
    tensor = wrap(_seen(elements, offset, tuple(size), tuple(stride)), storage.storage)
    tensor.requires_grad = _flag(requires_grad)
    return tensor


def _rebuild_tensor_v3(storage: Any, offset: Any, size: Any, stride: Any, requires_grad: Any, hooks: Any, kind: Any,
                       metadata: Any = None) -> Any:
    if not isinstance(kind, dtype):
        raise pickle.UnpicklingError(f"a tensor's dtype is {kind!r:.80}")
    return rebuild_tensor(storage, offset, size, stride, requires_grad, kind=kind)


def _check_extent(count: int, offset: Any, size: Any, stride: Any) -> None:
    """Refuse shapes and strides that reach out of a storage of `count` elements."""
    if not isinstance(size, tuple) or not isinstance(stride, tuple) or len(size) != len(stride):
        raise pickle.UnpicklingError(f"a tensor has the size {size!r:.80} and the strides {stride!r:.80}")
    if not all(type(number) is int and number >= 0 for number in (offset, *size, *stride)):
        raise pickle.UnpicklingError(f"a tensor has the offset {offset!r:.80}, the size {size!r:.80} and the strides "
                                     f"{stride!r:.80}; whole numbers from 0 up are expected")
    last = offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True))
    if 0 not in size and last >= count:
        raise pickle.UnpicklingError(f"a tensor reaches out of its storage: element {last} of {count} (offset {offset}, "
                                     f"size {size}, strides {stride})")


def _seen(elements: Array, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> Array:
    """Return the view of a storage's elements that a tensor is."""
    if 0 in size:
        return elements[:0].reshape(size)
    steps = tuple(step * elements.itemsize for step in stride)
    if namespace_of(elements) is not numpy:
        return strided_view(elements[offset:], size, steps)
    return numpy.ndarray(size, elements.dtype, elements, offset * elements.itemsize, steps)


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise pickle.UnpicklingError(f"requires_grad is {value!r:.80}, not a bool")
    return value


def _rebuild_parameter(data: Any, requires_grad: Any, hooks: Any = None, state: Any = None) -> Any:
    from flambeau.nn import Parameter

    if not isinstance(data, TensorBase):
        raise pickle.UnpicklingError(f"a parameter is made of a {type(data).__name__}")
    parameter = Parameter(data, _flag(requires_grad))
    if isinstance(state, dict):
        vars(parameter).update({key: value for key, value in state.items() if type(key) is str})
    return parameter


def _rebuild_with_attributes(make: Any, kind: Any, args: Any, state: Any) -> Any:
    """Make a tensor that had attributes of its own; of classes other than Tensor and Parameter none is ever named."""
    if not isinstance(make, Call) or type(args) is not tuple:
        raise pickle.UnpicklingError("a tensor with attributes is not made by a function for tensors")
    tensor = make.function(*args)
    if isinstance(tensor, TensorBase) and isinstance(state, dict):
        vars(tensor).update({key: value for key, value in state.items() if type(key) is str})
    return tensor


def _rebuild_sparse(kind: Any, parts: Any) -> Any:
    from flambeau.sparse.construction import sparse_compressed_tensor, sparse_coo_tensor

    by_place = kind is LAYOUTS["torch.sparse_coo"]
    if not (kind in LAYOUTS.values() and type(parts) is tuple and len(parts) in ((3, 4) if by_place else (4,))):
        raise pickle.UnpicklingError(f"a tensor of layout {kind!r:.80} is not made of what is given")
    *tensors, size = parts[:3] if by_place else parts
    if not all(isinstance(part, TensorBase) for part in tensors):
        raise pickle.UnpicklingError("a sparse tensor is made of tensors of indices and values")
    try:
        if by_place:
            indices, values = tensors
            return sparse_coo_tensor(indices, values, size, is_coalesced=bool(len(parts) == 4 and parts[3]))
        compressed, plain, values = tensors
        return sparse_compressed_tensor(compressed, plain, values, size, layout=kind)
    except (RuntimeError, TypeError) as error:
        raise pickle.UnpicklingError(f"a sparse tensor does not fit together: {error}") from error


def _ordered_dict(pairs: Any = ()) -> Any:
    return OrderedDict((hashable([key])[0], value) for key, value in pairs)


def _counter(counts: Any = None) -> Any:
    return Counter(_of_class({} if counts is None else counts, dict))


def _encode(text: Any, encoding: Any = "utf-8") -> bytes:
    """Python 2's way to bytes."""
    if encoding not in ("latin1", "latin-1", "utf-8"):
        raise pickle.UnpicklingError(f"bytes are encoded as {encoding!r:.80}")
    return bytes(_of_class(text, str).encode(encoding))


def _bytearray(content: Any = b"") -> bytearray:
    return bytearray(_of_class(content, bytes))  # a number would reserve that much memory


def _layout(name: Any) -> Any:
    return LAYOUTS[name]


def _of_class(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise pickle.UnpicklingError(f"a {kind.__name__} is expected, not a {type(value).__name__}")
    return value


def _table() -> Mapping[tuple[str, str], Any]:
    calls: dict[tuple[str, str], Callable[..., Any]] = {
        ("collections", "OrderedDict"): _ordered_dict,
        ("collections", "Counter"): _counter,
        ("_codecs", "encode"): _encode,
        ("builtins", "bytearray"): _bytearray,
        ("builtins", "set"): lambda items=(): set(hashable(list(items))),
        ("builtins", "frozenset"): lambda items=(): frozenset(hashable(list(items))),
        ("builtins", "complex"): lambda real, imag=0.0: complex(_of_class(real, float), _of_class(imag, float)),
        ("torch", "Size"): lambda sizes=(): Size(_of_class(size, int) for size in sizes),
        ("torch", "device"): lambda *parts: device(*parts),
        ("torch.serialization", "_get_layout"): _layout,
        ("torch._utils", "_rebuild_tensor"): lambda storage, offset, size, stride: rebuild_tensor(
            storage, offset, size, stride),
        ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
        ("torch._utils", "_rebuild_tensor_v3"): _rebuild_tensor_v3,
        ("torch._utils", "_rebuild_parameter"): _rebuild_parameter,
        ("torch._utils", "_rebuild_parameter_with_state"): _rebuild_parameter,
        ("torch._utils", "_rebuild_sparse_tensor"): _rebuild_sparse,
        ("torch._tensor", "_rebuild_from_type_v2"): _rebuild_with_attributes,
    }
    words: dict[tuple[str, str], Any] = {("torch", name): kind for name, kind in STORAGE_KINDS.items()}
    words |= {("torch", name): kind for name, kind in DTYPES.items()}
    words |= {("torch.storage", "UntypedStorage"): UNTYPED, ("torch", "UntypedStorage"): UNTYPED,
              ("torch", "Tensor"): "Tensor", ("torch.nn.parameter", "Parameter"): "Parameter"}
    return {**words, **{name: Call(function) for name, function in calls.items()}}


NAMES = _table()

__all__ = ["NAMES", "Loaded", "StorageKind", "rebuild_tensor"]
