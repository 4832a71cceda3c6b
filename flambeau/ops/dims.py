"""Dims and sizes as users write them, checked and counted from the start."""
from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

from flambeau.core.arrays import Array
from flambeau.core.tensor import TensorBase
from flambeau.ops.addressing import from_start

Dims = int | Sequence[int] | None
Sizes = tuple[int, ...]


def array_of(value: Any) -> Array:
    """Return the array behind a tensor; an array is its own."""
    return value._array if isinstance(value, TensorBase) else value


def holds(condition: Any) -> bool:
    """Say whether a condition holds for any element, to check arguments or to choose between two ways to one result.

    Within `vmap` that is any element of any example.
    """
    return bool(array_of(condition).any())


def is_complex(value: Any) -> bool:
    """Say whether a tensor or an array holds complex numbers."""
    return bool(array_of(value).dtype.kind == "c")


def sizes_of(args: Sequence[Any]) -> Sizes:
    """Return sizes given one by one, `(2, 3)`, or as one sequence, `((2, 3),)`."""
    if len(args) == 1 and isinstance(args[0], tuple | list):
        args = args[0]
    return tuple(map(index, args))


def dims_of(dim: Dims, ndim: int) -> Sizes:
    """Return the dims that `dim` names, from the start; None and () name them all.

    Raises IndexError for a dim that is not there, RuntimeError for one that is named twice.
    """
    if dim is None:
        return tuple(range(ndim))
    if not isinstance(dim, tuple | list):
        dim = (index(dim),)
    if not len(dim):
        return tuple(range(ndim))
    found = tuple(from_start(index(d), ndim) for d in dim)
    for d in found:
        if found.count(d) > 1:
            raise RuntimeError(f"dim {d} appears multiple times in the list of dims {tuple(dim)}; name each dim once")
    return found if ndim else ()


def axis_of(dim: Dims, ndim: int) -> Any:
    """Return what `dim` is called by the reductions of an array library."""
    if dim is None:
        return None
    if dim.__class__ is int and -ndim <= dim < ndim:
        return dim
    found = dims_of(dim, ndim)
    return None if len(found) == ndim else found


def folded(shape: Sizes, dim: Dims) -> Sizes:
    """Return `shape` after a reduction over `dim` that keeps the dims it folds, with size 1."""
    dims = dims_of(dim, len(shape))
    return tuple(1 if d in dims else n for d, n in enumerate(shape))


def inferred(shape: Sizes, count: int) -> Sizes:
    """Return `shape` with its -1 replaced by what makes it hold `count` elements.

    Raises RuntimeError where no such shape exists.
    """
    known = 1
    for size in shape:
        if size < -1:
            raise RuntimeError(f"invalid shape dimension {size} at index {shape.index(size)} of shape {list(shape)}")
        known *= size if size != -1 else 1
    unknown = shape.count(-1)
    if unknown > 1:
        raise RuntimeError(f"only one dimension can be inferred, but shape {list(shape)} has {unknown} of -1")
    if unknown and known == 0 and count == 0:
        raise RuntimeError(f"cannot reshape tensor of 0 elements into shape {list(shape)} because the unspecified "
                           "dimension size -1 can be any value and is ambiguous")
    if known == count or unknown and known and count % known == 0:
        return tuple(count // known if size == -1 else size for size in shape)
    raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {count}")
