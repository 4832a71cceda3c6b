"""Each value once."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import HALVES
from flambeau.core.promotion import FLOAT32
from flambeau.core.tensor import wrap
from flambeau.dispatch.op import op
from flambeau.ops.addressing import from_start
from flambeau.ops.refusals import COMPLEX, no_derivative, refuse

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def unique(input: Tensor, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False,
           dim: int | None = None) -> Any:
    """Return the different values in order, or the different slices along `dim`; if asked also where each element went,
    and how often each value was there.

    >>> unique(tensor([3, 1, 3, 2]))
    >>> unique(tensor([[3, 1], [3, 1]]), return_inverse=True, return_counts=True)
    >>> unique(tensor([[3, 1], [2, 0], [3, 1]]), dim=0)
    """
    lines = _lines(input._array, dim)
    order, starts = _runs(lines)
    runs = namespace_of(lines).cumsum(starts) - 1
    inverse = namespace_of(lines).empty(len(lines), "i8")
    inverse[order] = runs
    wanted = return_inverse, return_counts
    return _answer(input, _sorted_values, lines[order][starts], inverse, starts, dim, *wanted)


def unique_consecutive(input: Tensor, return_inverse: bool = False, return_counts: bool = False,
                       dim: int | None = None) -> Any:
    """Drop each value, or slice along `dim`, that equals the one before it.

    >>> unique_consecutive(tensor([1, 1, 2, 2, 1]))
    >>> unique_consecutive(tensor([1, 1, 2]), return_inverse=True, return_counts=True)
    """
    lines = _lines(input._array, dim)
    starts = _differs(lines)
    inverse = namespace_of(lines).cumsum(starts) - 1
    return _answer(input, _run_values, lines[starts], inverse, starts, dim, return_inverse, return_counts)


def _lines(array: Array, dim: int | None) -> Array:
    """Lay out what is compared as rows: single elements, or slices along `dim`."""
    refuse(COMPLEX, "unique", array)
    if dim is None:
        return array.reshape(-1, 1)
    axis = from_start(dim, array.ndim)
    if array.shape and array.shape[axis] == 0:
        if any(n == 0 for d, n in enumerate(array.shape) if d != axis):
            raise RuntimeError("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied")
    width = array.size // max(array.shape[axis], 1) if array.ndim else 1
    return namespace_of(array).moveaxis(array, axis, 0).reshape(-1, width) if array.ndim else array.reshape(1, 1)


def _runs(lines: Array) -> tuple[Array, Array]:
    """Return the order of the rows, and which of them, in order, differ from the one before."""
    xp = namespace_of(lines)
    if lines.dtype in HALVES:
        lines = lines.astype(FLOAT32)  # bfloat16 alone would have NaN anywhere
    order = xp.argsort(lines[:, 0], kind="stable") if lines.shape[1] == 1 else xp.lexsort(lines.T[::-1])
    return order, _differs(lines[order])


def _differs(lines: Array) -> Array:
    starts = namespace_of(lines).ones(len(lines), dtype=bool)
    starts[1:] = (lines[1:] != lines[:-1]).any(1)
    return starts


@op(grad={"input": no_derivative("_unique2")}, grad_name="Unique2Backward0")
def _sorted_values(input: Tensor, values: Any) -> Tensor:
    return values


@op(grad={"input": no_derivative("unique_consecutive")}, grad_name="UniqueConsecutiveBackward0")
def _run_values(input: Tensor, values: Any) -> Tensor:
    return values


def _answer(input: Tensor, recorded: Any, rows: Array, inverse: Array, starts: Array, dim: int | None, *wanted: bool) -> Any:
    """Return the values, put on the tape by `recorded`, and what else is wanted."""
    array = input._array
    xp = namespace_of(array)
    if dim is None:
        values, inverse = rows.reshape(-1), inverse.reshape(array.shape)
    else:
        axis = from_start(dim, array.ndim)
        rest = tuple(n for d, n in enumerate(array.shape) if d != axis)
        values = xp.moveaxis(rows.reshape(-1, *rest), 0, axis)
    ends = xp.append(xp.flatnonzero(starts), len(starts))
    others = tuple(wrap(part) for part, asked in zip((inverse, xp.diff(ends)), wanted, strict=True) if asked)
    unique_values = recorded(input, values)
    return (unique_values, *others) if others else unique_values
