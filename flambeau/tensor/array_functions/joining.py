"""Putting together and taking apart, by NumPy's names."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flambeau.core.tensor import TensorBase
from flambeau.tensor.array_functions.table import as_dtype, flat_unless, stands_for, torch
from flambeau.tensor.lending import mapped, tensors_in


def _tensors(arrays: Any) -> list[Any]:
    """Return parts to be joined as tensors of one device: numbers and lists go where the others are."""
    parts = list(arrays)
    device = next((part.device for part in parts if isinstance(part, TensorBase)), None)
    return [part if isinstance(part, TensorBase) else torch.as_tensor(part, device=device) for part in parts]


@stands_for("concatenate", "concat")
def concatenate(arrays: Any, axis: int | None = 0, out: None = None, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    parts = _tensors(arrays)
    joined = torch.cat([part.reshape(-1) for part in parts] if axis is None else parts, axis or 0)
    return as_dtype(joined, dtype)


@stands_for("stack")
def stack(arrays: Any, axis: int = 0, out: None = None, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    parts = [as_dtype(part, dtype) for part in _tensors(arrays)]
    if dtype is None:
        parts = _alike(parts)
    return torch.stack(parts, axis)


def _alike(parts: list[Any]) -> list[Any]:
    kind = parts[0].dtype
    for part in parts:
        kind = torch.promote_types(kind, part.dtype)
    return [part.to(kind) for part in parts]


@stands_for("vstack")
def vstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    return as_dtype(torch.vstack(_tensors(tup)), dtype)


@stands_for("hstack")
def hstack(tup: Any, *, dtype: Any = None, casting: str = "same_kind") -> Any:
    return as_dtype(torch.hstack(_tensors(tup)), dtype)


@stands_for("dstack")
def dstack(tup: Any) -> Any:
    return torch.dstack(_tensors(tup))


@stands_for("column_stack")
def column_stack(tup: Any) -> Any:
    return torch.column_stack(_tensors(tup))


@stands_for("append")
def append(arr: Any, values: Any, axis: int | None = None) -> Any:
    return concatenate([arr, values], axis)


@stands_for("block")
def block(arrays: Any) -> Any:
    near = next(tensors_in(arrays))
    arrays = mapped(lambda part: torch.as_tensor(part, device=near.device), arrays)
    depth = _depth(arrays)
    ndim = max(depth, *[part.ndim for part in tensors_in(arrays)])
    return _joined(arrays, ndim, ndim - depth)


def _depth(arrays: Any) -> int:
    return 1 + _depth(arrays[0]) if isinstance(arrays, list) else 0


def _joined(arrays: Any, ndim: int, dim: int) -> Any:
    """Join the innermost lists along the last dim, those around them along the one before, and so on."""
    if isinstance(arrays, list):
        return torch.cat([_joined(part, ndim, dim + 1) for part in arrays], dim)
    return arrays.reshape(*[1] * (ndim - arrays.ndim), *arrays.shape)


@stands_for("split", "array_split")
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    return list(torch.tensor_split(ary, _places(indices_or_sections), axis))


def _places(where: Any) -> Any:
    return where if isinstance(where, int) else [int(i) for i in where]


@stands_for("vsplit")
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    return split(ary, indices_or_sections, 0)


@stands_for("hsplit")
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    return split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0)


@stands_for("dsplit")
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    return split(ary, indices_or_sections, 2)


@stands_for("unstack")
def unstack(x: Any, /, *, axis: int = 0) -> Any:
    return torch.unbind(x, axis)


@stands_for("tile")
def tile(A: Any, reps: Any) -> Any:
    return torch.tile(A, (reps,) if isinstance(reps, int) else tuple(reps))


@stands_for("repeat")
def repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    a, dim = flat_unless(a, axis)
    return torch.repeat_interleave(a, torch.as_tensor(repeats, device=a.device), dim)


@stands_for("meshgrid")
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    parts = torch.meshgrid(*_tensors(xi), indexing=indexing)
    if sparse:
        swapped = [1, 0, *range(2, len(parts))] if indexing == "xy" and len(parts) > 1 else range(len(parts))
        parts = [part[_first_but(dim, part.ndim)] for part, dim in zip(parts, swapped, strict=True)]
    return tuple(part.clone() for part in parts) if copy else tuple(parts)


def _first_but(dim: int, ndim: int) -> tuple[Any, ...]:
    """Index the first place along all dims but one."""
    return tuple(slice(None) if other == dim else slice(0, 1) for other in range(ndim))


@stands_for("broadcast_arrays")
def broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    return tuple(torch.broadcast_tensors(*_tensors(args)))


@stands_for("pad")
def pad(array: Any, pad_width: Any, mode: str = "constant", *, constant_values: float = 0) -> Any:
    if mode == "constant":
        widths = [width for dim in reversed(_widths(pad_width, array.ndim)) for width in dim]
        return torch.nn.functional.pad(array, widths, value=constant_values)
    if mode not in _BEYOND:
        raise TypeError(f"numpy.pad: mode {mode!r} has no gradient here; these have: 'constant', "
                        f"{', '.join(map(repr, _BEYOND))}")
    for dim, (before, after) in enumerate(_widths(pad_width, array.ndim)):
        size = array.shape[dim]
        array = array.index_select(dim, torch.tensor([_BEYOND[mode](i, size) for i in range(-before, size + after)],
                                                     device=array.device))
    return array


def _widths(pad_width: Any, ndim: int) -> Sequence[tuple[int, int]]:
    """Return how much to add before and after, for each dim, of any of NumPy's short ways to say it."""
    if isinstance(pad_width, int):
        return [(pad_width, pad_width)] * ndim
    if isinstance(pad_width[0], int):
        return [(pad_width[0], pad_width[-1])] * ndim
    pairs = [(pair[0], pair[-1]) for pair in pad_width]
    return pairs * ndim if len(pairs) == 1 else pairs


# For a place that may be outside of `size` elements: the element that is repeated there.
_BEYOND: dict[str, Any] = {
    "edge": lambda place, size: min(max(place, 0), size - 1),
    "wrap": lambda place, size: place % size,
    "reflect": lambda place, size: size - 1 - abs(size - 1 - place % max(2 * size - 2, 1)),
    "symmetric": lambda place, size: min(place % (2 * size), 2 * size - 1 - place % (2 * size)),
}
