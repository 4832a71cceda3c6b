"""Other shapes of the same elements, by NumPy's names."""
from __future__ import annotations

from typing import Any

from flambeau.core.tensor import TensorBase
from flambeau.tensor.array_functions.table import dims, dtype_of, stands_for, torch


@stands_for("reshape")
def reshape(a: Any, /, shape: Any, order: str = "C", *, copy: bool | None = None) -> Any:
    size = (shape,) if isinstance(shape, int) else tuple(shape)
    if order != "F":
        return torch.reshape(a, size)
    return _reversed(_reversed(a).reshape(*reversed(size)))


def _reversed(a: Any) -> Any:
    return a.permute(*reversed(range(a.ndim)))


@stands_for("ravel")
def ravel(a: Any, order: str = "C") -> Any:
    return reshape(a, -1, order)


@stands_for("transpose", "permute_dims")
def transpose(a: Any, axes: Any = None) -> Any:
    return _reversed(a) if axes is None else torch.permute(a, tuple(axes))


@stands_for("matrix_transpose", "linalg.matrix_transpose")
def matrix_transpose(x: Any, /) -> Any:
    return x.mT


@stands_for("swapaxes")
def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    return torch.transpose(a, axis1, axis2)


@stands_for("moveaxis")
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    return torch.movedim(a, source, destination)


@stands_for("rollaxis")
def rollaxis(a: Any, axis: int, start: int = 0) -> Any:
    axis, start = axis % a.ndim, start + a.ndim if start < 0 else start
    return torch.movedim(a, axis, start - 1 if start > axis else start)


@stands_for("squeeze")
def squeeze(a: Any, axis: Any = None) -> Any:
    if axis is None:
        return torch.squeeze(a)
    chosen = (axis,) if isinstance(axis, int) else tuple(axis)
    if any(a.shape[dim] != 1 for dim in chosen):
        raise ValueError(f"cannot select an axis to squeeze out which has size not equal to one: axis {axis} of {a.shape}")
    return torch.squeeze(a, chosen)


@stands_for("expand_dims")
def expand_dims(a: Any, axis: Any) -> Any:
    chosen = (axis,) if isinstance(axis, int) else tuple(axis)
    for dim in sorted(dim % (a.ndim + len(chosen)) for dim in chosen):
        a = a.unsqueeze(dim)
    return a


@stands_for("atleast_1d")
def atleast_1d(*arys: Any) -> Any:
    return _each(torch.atleast_1d, arys)


@stands_for("atleast_2d")
def atleast_2d(*arys: Any) -> Any:
    return _each(torch.atleast_2d, arys)


@stands_for("atleast_3d")
def atleast_3d(*arys: Any) -> Any:
    return _each(torch.atleast_3d, arys)


def _each(op: Any, arys: tuple[Any, ...]) -> Any:
    results = tuple(op(a if isinstance(a, TensorBase) else torch.as_tensor(a)) for a in arys)
    return results[0] if len(results) == 1 else results


@stands_for("broadcast_to")
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    return torch.broadcast_to(array, (shape,) if isinstance(shape, int) else tuple(shape))


@stands_for("flip")
def flip(m: Any, axis: Any = None) -> Any:
    chosen = dims(m, axis)
    return torch.flip(m, (chosen,) if isinstance(chosen, int) else chosen)


@stands_for("flipud")
def flipud(m: Any) -> Any:
    return torch.flipud(m)


@stands_for("fliplr")
def fliplr(m: Any) -> Any:
    return torch.fliplr(m)


@stands_for("rot90")
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    return torch.rot90(m, k, tuple(axes))


@stands_for("roll")
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    return torch.roll(a, shift) if axis is None else torch.roll(a, *_as_many(shift, axis))


def _as_many(shift: Any, axis: Any) -> tuple[Any, Any]:
    """Return shifts and axes in equal number: one shift goes for all axes."""
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    return (shift,) * len(axes) if isinstance(shift, int) else tuple(shift), axes


@stands_for("diag")
def diag(v: Any, k: int = 0) -> Any:
    return torch.diag(v, k)


@stands_for("diagflat")
def diagflat(v: Any, k: int = 0) -> Any:
    return torch.diagflat(v, k)


@stands_for("diagonal")
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return torch.diagonal(a, offset, axis1, axis2)


@stands_for("linalg.diagonal")
def matrix_diagonal(x: Any, /, *, offset: int = 0) -> Any:
    return torch.diagonal(x, offset, -2, -1)


@stands_for("trace")
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: None = None) -> Any:
    return torch.sum(torch.diagonal(a, offset, axis1, axis2), -1, dtype=dtype_of(dtype))


@stands_for("linalg.trace")
def matrix_trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    return trace(x, offset, -2, -1, dtype)


@stands_for("tril")
def tril(m: Any, k: int = 0) -> Any:
    return torch.tril(m, k)


@stands_for("triu")
def triu(m: Any, k: int = 0) -> Any:
    return torch.triu(m, k)


@stands_for("copy")
def copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    return torch.clone(a)


@stands_for("real")
def real(val: Any) -> Any:
    return torch.real(val)


@stands_for("imag")
def imag(val: Any) -> Any:
    return torch.imag(val) if val.is_complex() else torch.zeros_like(val)


@stands_for("angle")
def angle(z: Any, deg: bool = False) -> Any:
    return torch.rad2deg(torch.angle(z)) if deg else torch.angle(z)


@stands_for("fft.fftshift")
def fftshift(x: Any, axes: Any = None) -> Any:
    return torch.fft.fftshift(x, axes)


@stands_for("fft.ifftshift")
def ifftshift(x: Any, axes: Any = None) -> Any:
    return torch.fft.ifftshift(x, axes)


# ------------------------------------------------------------------------------------- of one value, like another


@stands_for("zeros_like")
def zeros_like(a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None, *,
               device: Any = None) -> Any:
    return full_like(a, 0, dtype, shape=shape)


@stands_for("ones_like")
def ones_like(a: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None, *,
              device: Any = None) -> Any:
    return full_like(a, 1, dtype, shape=shape)


@stands_for("full_like")
def full_like(a: Any, fill_value: Any, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None, *,
              device: Any = None) -> Any:
    kind = a.dtype if dtype is None else dtype_of(dtype)
    size = a.shape if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
    if isinstance(fill_value, TensorBase):
        return fill_value.to(kind).expand(size).clone()
    return torch.full(size, fill_value, dtype=kind, device=a.device)


@stands_for("empty_like")
def empty_like(prototype: Any, /, dtype: Any = None, order: str = "K", subok: bool = True, shape: Any = None, *,
               device: Any = None) -> Any:
    return full_like(prototype, 0, dtype, shape=shape)
