"""Choosing elements and bounding them, by NumPy's names."""
from __future__ import annotations

import math
from typing import Any

from flambeau.core.tensor import TensorBase
from flambeau.tensor.array_functions.table import dtype_of, flat_unless, stands_for, torch


def _like(value: Any, other: Any) -> Any:
    """Return numbers and lists as a tensor where another one is; tensors as they are."""
    return value if isinstance(value, TensorBase) else torch.as_tensor(value, device=other.device)


@stands_for("where")
def where(condition: Any, x: Any = None, y: Any = None, /) -> Any:
    if x is None and y is None:
        return torch.nonzero(condition, as_tuple=True)
    near = next(value for value in (condition, x, y) if isinstance(value, TensorBase))
    return torch.where(_like(condition, near) != 0, *_numbers_of(x, y, near))


def _numbers_of(x: Any, y: Any, near: Any) -> tuple[Any, Any]:
    return tuple(value if isinstance(value, bool | int | float | complex) else _like(value, near)
                 for value in (x, y))  # type: ignore[return-value]  # two of them


@stands_for("select")
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = where(condition, choice, result)
    return result


@stands_for("clip")
def clip(a: Any, a_min: Any = None, a_max: Any = None, out: None = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = a_min if min is None else min, a_max if max is None else max
    if isinstance(low, TensorBase) or isinstance(high, TensorBase):  # torch.clamp takes two of a kind
        low, high = (None if bound is None else _like(bound, a).to(a.dtype) for bound in (low, high))
    return torch.clamp(a, low, high)


@stands_for("nan_to_num")
def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    return torch.nan_to_num(x, nan, posinf, neginf) if copy else x.nan_to_num_(nan, posinf, neginf)


@stands_for("round", "around")
def rounded(a: Any, decimals: int = 0, out: None = None) -> Any:
    return torch.round(a, decimals=decimals)


@stands_for("fix")
def fix(x: Any, out: None = None) -> Any:
    return torch.trunc(x)


@stands_for("sinc")
def sinc(x: Any) -> Any:
    return torch.sinc(x)


@stands_for("i0")
def i0(x: Any) -> Any:
    return torch.i0(x)


@stands_for("take")
def take(a: Any, indices: Any, axis: int | None = None, out: None = None, mode: str = "raise") -> Any:
    if mode != "raise":
        raise TypeError(f"numpy.take: mode {mode!r} has no gradient here; bring the indices into range first")
    a, dim = flat_unless(a, axis)
    places = _like(indices, a)
    dim %= a.ndim
    return torch.index_select(a, dim, places.reshape(-1) % a.shape[dim]).reshape(
        *a.shape[:dim], *places.shape, *a.shape[dim + 1:])


@stands_for("take_along_axis")
def take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    arr, dim = flat_unless(arr, axis)
    return torch.take_along_dim(arr, _like(indices, arr), dim)


@stands_for("compress")
def compress(condition: Any, a: Any, axis: int | None = None, out: None = None) -> Any:
    a, dim = flat_unless(a, axis)
    return torch.index_select(a, dim, torch.nonzero(_like(condition, a)).reshape(-1))


@stands_for("extract")
def extract(condition: Any, arr: Any) -> Any:
    return compress(_like(condition, arr).reshape(-1), arr)


@stands_for("delete")
def delete(arr: Any, obj: Any, axis: int | None = None) -> Any:
    arr, dim = flat_unless(arr, axis)
    places = torch.arange(arr.shape[dim], device=arr.device)
    gone = places[obj] if isinstance(obj, slice) else _like(obj, arr).reshape(-1) % arr.shape[dim]
    return torch.index_select(arr, dim, places[~torch.isin(places, gone)])


@stands_for("sort")
def sort(a: Any, axis: int | None = -1, kind: Any = None, order: None = None, *, stable: bool | None = None) -> Any:
    return torch.sort(*flat_unless(a, axis), stable=bool(stable) or kind in ("stable", "mergesort")).values


@stands_for("partition")
def partition(a: Any, kth: Any, axis: int | None = -1, kind: str = "introselect", order: None = None) -> Any:
    return sort(a, axis)  # what is sorted is parted at every place


@stands_for("argsort")
def argsort(a: Any, axis: int | None = -1, kind: Any = None, order: None = None, *, stable: bool | None = None) -> Any:
    return torch.argsort(*flat_unless(a, axis), stable=bool(stable) or kind in ("stable", "mergesort"))


@stands_for("searchsorted")
def searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    return torch.searchsorted(a, v, side=side, sorter=sorter)


@stands_for("interp")
def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: None = None) -> Any:
    """Go along straight lines from point to point; gradients reach `x` and both lists of coordinates."""
    near = next(value for value in (x, xp, fp) if isinstance(value, TensorBase))
    x, xp, fp = (_like(value, near) for value in (x, xp, fp))
    after = torch.searchsorted(xp.detach(), x.detach().contiguous(), right=True).clamp(1, xp.shape[0] - 1)
    start, end = fp[after - 1], fp[after]
    way = (x - xp[after - 1]) / (xp[after] - xp[after - 1])
    inside = start + way * (end - start)
    inside = torch.where(x < xp[0], fp[0] if left is None else left, inside)
    return torch.where(x > xp[-1], fp[-1] if right is None else right, inside)


@stands_for("polyval")
def polyval(p: Any, x: Any) -> Any:
    near = x if isinstance(x, TensorBase) else p
    value = torch.zeros_like(_like(x, near))
    for coefficient in p:
        value = value * x + coefficient
    return value


@stands_for("vander")
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    return torch.vander(x, N, increasing)


@stands_for("astype")
def astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    return x.to(dtype_of(dtype), copy=copy)


@stands_for("copyto")
def copyto(dst: Any, src: Any, casting: str = "same_kind", where: Any = True) -> None:
    source = _like(src, dst)
    dst.copy_(source if where is True else torch.where(_like(where, dst), source, dst.clone()))


@stands_for("convolve")
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    near = a if isinstance(a, TensorBase) else v
    longer, shorter = sorted((_like(a, near), _like(v, near)), key=len, reverse=True)
    return correlate(longer, torch.flip(shorter, (0,)).conj(), mode)


@stands_for("correlate")
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    near = a if isinstance(a, TensorBase) else v
    a, v = _like(a, near), _like(v, near)
    a, v = a.to(torch.promote_types(a.dtype, v.dtype)), v.to(torch.promote_types(a.dtype, v.dtype))
    swapped = len(a) < len(v)
    longer, shorter = (v, a) if swapped else (a, v)
    before, after = _beside(len(shorter), mode)
    result = torch.nn.functional.conv1d(torch.nn.functional.pad(longer, (before, after))[None, None],
                                        shorter.conj()[None, None])[0, 0]
    return torch.flip(result, (0,)).conj() if swapped else result


def _beside(size: int, mode: str) -> tuple[int, int]:
    """Return how many zeros go before and after, for a shorter operand of `size`."""
    return {"full": (size - 1, size - 1), "same": (size // 2, math.ceil(size / 2) - 1), "valid": (0, 0)}[mode]
