"""Which cells of an array indices point to, what fits in a cell, and how values that meet in one merge."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import HALVES
from flambeau.core.promotion import FLOAT32, INT64

Shape = tuple[int, ...]
Key = tuple[Any, ...]  # one index array for each dim, broadcasting against each other

WRAPS_SILENTLY = frozenset({"cupy"})  # array libraries that read another cell where NumPy raises IndexError


def from_start(dim: int, ndim: int) -> int:
    """Turn a dim counted from the end into one counted from the start."""
    ndim = max(ndim, 1)  # a scalar counts as one dim
    if not -ndim <= dim < ndim:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-ndim}, {ndim - 1}], but got {dim})")
    return dim % ndim


def fresh(array: Array) -> Array:
    """Return a contiguous copy that may be written to, of a NumPy scalar too."""
    return namespace_of(array).array(array, order="C")


def out_of_bounds(value: int, dim: int, size: int) -> str:
    return f"index {value} is out of bounds for dimension {dim} with size {size}"


def refuse_outside(index: Array, dim: int, size: int, error: type[Exception] = RuntimeError) -> None:
    """Raise `error` unless 0 <= index < size throughout: one pass, since negative numbers are huge unsigned ones."""
    if index.size and index.view(f"u{index.itemsize}").max() >= size:
        raise error(out_of_bounds(_first(index, (index < 0) | (index >= size)), dim, size))


def refuse_beyond(index: Array, dim: int, size: int) -> None:
    """Raise IndexError unless -size <= index < size throughout."""
    outside = (index < -size) | (index >= size)
    if outside.any():
        if size == 0:
            raise IndexError(f"index is out of bounds for dimension with size 0: dim {dim} has no elements to pick")
        raise IndexError(out_of_bounds(_first(index, outside), dim, size))


def _first(index: Array, chosen: Array) -> int:
    return int(index[chosen].reshape(-1)[0])


def checked(array: Array, indices: Sequence[Array], dims: Sequence[int], failed: bool = False) -> None:
    """Check `indices` where the array library does not, or, when it has `failed`, to say which is at fault."""
    if failed or namespace_of(array).__name__ in WRAPS_SILENTLY:
        for index, dim in zip(indices, dims, strict=True):
            if index.dtype.kind != "b":
                refuse_beyond(index, dim, array.shape[dim])


def lattice(index: Array, dim: int) -> Key:
    """Return the key with which `input[key]` is `input` gathered by `index` along `dim`."""
    xp, shape = namespace_of(index), index.shape
    return tuple(index if d == dim else spread(xp.arange(n), d, len(shape)) for d, n in enumerate(shape))


def spread(line: Array, dim: int, ndim: int) -> Array:
    """Lay a 1-dim array along `dim` of `ndim`."""
    return line.reshape((1,) * dim + line.shape + (1,) * (ndim - dim - 1))


def whole_key(shape: Shape, indices: Sequence[Array], dims: Sequence[int]) -> Key:
    """Return the key that picks what `indices` at `dims` pick of an array, with an index for every dim of it.

    The picked dims come where the first of `dims` was when those are neighbours, else in front.
    """
    xp = namespace_of(indices[0])
    width = max(index.ndim for index in indices)
    rest = [dim for dim in range(len(shape)) if dim not in dims]
    place = dims[0] if dims[-1] - dims[0] == len(dims) - 1 else 0
    ndim = width + len(rest)
    key: list[Any] = [None] * len(shape)
    for index, dim in zip(indices, dims, strict=True):
        index = xp.where(index < 0, index + shape[dim], index)
        key[dim] = index.reshape(index.shape + (1,) * (ndim - width - place))
    for order, dim in enumerate(rest):
        key[dim] = spread(xp.arange(shape[dim]), order if order < place else order + width, ndim)
    return tuple(key)


def flat_positions(key: Key, shape: Shape) -> Array:
    """Turn a key into the positions of its cells in an array of `shape` laid out flat."""
    positions: Any = 0
    step = 1
    for index, size in zip(reversed(key), reversed(shape), strict=True):
        positions = positions + index.astype(INT64, copy=False) * step
        step *= size
    return positions


def combine_at(how: str, target: Array, positions: Array, values: Array) -> None:
    """Merge values into the cells of a flat array with a ufunc ("add", "maximum", …); all that meet in a cell count."""
    if target.dtype in HALVES:
        wide = target.astype(FLOAT32)  # a long sum in a half type would stop growing
        combine_at(how, wide, positions, values)
        target[...] = wide
        return
    ufunc = getattr(namespace_of(target), how)
    positions, values = positions.reshape(-1), values.astype(target.dtype, copy=False).reshape(-1)
    try:
        ufunc.at(target, positions, values)
    except (AttributeError, NotImplementedError, TypeError):  # CuPy knows `at` for few ufuncs and dtypes
        positions, values = merged(ufunc, positions, values)
        target[positions] = ufunc(target[positions], values)


def merged(ufunc: Any, positions: Array, values: Array) -> tuple[Array, Array]:
    """Merge the values of equal positions, pair by pair, until every position is there once."""
    xp = namespace_of(positions)
    order = xp.argsort(positions, kind="stable")
    positions, values = positions[order], values[order]
    while positions.size > 1:
        starts = xp.concatenate((xp.ones(1, dtype=bool), positions[1:] != positions[:-1]))
        if starts.all():
            break
        rank = xp.arange(positions.size) - xp.flatnonzero(starts)[xp.cumsum(starts) - 1]
        second = xp.flatnonzero(rank % 2)  # its partner is just before it
        values[second - 1] = ufunc(values[second - 1], values[second])
        first = rank % 2 == 0
        positions, values = positions[first], values[first]
    return positions, values
