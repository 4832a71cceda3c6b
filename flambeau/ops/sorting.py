"""Elements in order: sorted, the k largest, the k-th smallest, and where a value would go."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.tensor import wrap
from flambeau.dispatch.layout import as_operands, row_by_row
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.addressing import from_start
from flambeau.ops.dims import array_of
from flambeau.ops.flipping import BACKWARDS
from flambeau.ops.parts import along
from flambeau.ops.refusals import BOOL, COMPLEX, refuse
from flambeau.ops.selection import placed

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def refuse_unordered(input: Array, what: str) -> None:
    if input.dtype.kind == "c":
        raise RuntimeError(f"{what} does not support complex dtypes on CPU: complex numbers have no order")


def order_of(input: Array, axis: int, descending: bool = False) -> Array:
    """Return the indices that sort `input`; equals keep their order, NaN counts as the largest."""
    refuse_unordered(input, "Sort currently")
    if not descending:
        return namespace_of(input).argsort(input, axis, kind="stable")
    backwards = along(axis, BACKWARDS)
    return input.shape[axis] - 1 - namespace_of(input).argsort(input[backwards], axis, kind="stable")[backwards]


def _with_values(input: Array, order: Array, axis: int) -> tuple[Array, Array]:
    return namespace_of(input).take_along_axis(input, order, axis), order


@op(layout=as_operands, promote=SAME, outputs=("values", "indices"), named=True, grad={
    "input": lambda g_values, indices, input_shape, dim: placed(g_values, indices, dim, input_shape)})
def _sort(input: Tensor, dim: int, descending: bool) -> tuple[Tensor, Tensor]:
    refuse_unordered(input, "Sort currently")
    if not input.ndim:
        from_start(dim, 0)
        return input.copy(), namespace_of(input).zeros((), "i8")
    axis = from_start(dim, input.ndim)
    return _with_values(input, order_of(input, axis, descending), axis)


@composite
def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> tuple[Tensor, Tensor]:
    """Return the elements in order along `dim`, and where each was. Equals always keep their order.

    >>> sort(randn(2, 4))
    >>> sort(randn(3, 2), dim=0, descending=True)
    >>> sort(tensor([2, 1, 2, 1]), stable=True)
    """
    return _sort(input, dim, descending)


@composite
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """Return the indices that put the elements in order along `dim`.

    >>> argsort(randn(2, 4))
    >>> argsort(randn(4), descending=True)
    """
    return _sort(input, dim, descending)[1]


@composite
def msort(input: Tensor) -> Tensor:
    """Return the elements in order along the first dim.

    >>> msort(randn(3, 2))
    """
    return _sort(input, 0, False)[0]


@op(layout=row_by_row, promote=SAME, outputs=("values", "indices"), named=True, grad={
    "input": lambda g_values, indices, input_shape, dim: placed(g_values, indices, dim, input_shape)})
def _topk(input: Tensor, k: int, dim: int, largest: bool) -> tuple[Tensor, Tensor]:
    axis, size = from_start(dim, input.ndim), input.shape[dim] if input.ndim else 1
    if input.dtype.kind == BOOL:
        raise RuntimeError("topk does not support bool dtypes on CPU; convert to integers")
    refuse_unordered(input, "topk")
    if not 0 <= k <= size:
        raise RuntimeError(f"selected index k out of range: k={k} of {size} elements along dim {dim}")
    if not input.ndim:
        return input.copy(), namespace_of(input).zeros((), "i8")
    if 0 < k < size // 8:  # the rest need not be sorted
        xp = namespace_of(input)
        chosen = slice(size - k, None) if largest else slice(0, k)
        candidates = xp.sort(xp.argpartition(input, size - k if largest else k - 1, axis)[along(axis, chosen)], axis)
        order = order_of(xp.take_along_axis(input, candidates, axis), axis, largest)
        return _with_values(input, xp.take_along_axis(candidates, order, axis), axis)
    return _with_values(input, order_of(input, axis, largest)[along(axis, slice(0, k))].copy(), axis)  # lets the others go


@composite
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> tuple[Tensor, Tensor]:
    """Return the `k` largest (or smallest) elements along `dim`, in order, and where they are.

    >>> topk(randn(2, 5), 2)
    >>> topk(randn(5, 2), 3, dim=0, largest=False)
    """
    return _topk(input, int(k), dim, largest)


def _slices(array: Array) -> Array:
    return array.reshape(-1, array.shape[-1])


def _places(xp: Any, sequence: Array, values: Array, side: str) -> Array:
    """Search every row of `sequence` for the values in the same row."""
    if sequence.ndim == 1:
        return xp.searchsorted(sequence, values, side=side)
    rows = [xp.searchsorted(row, wanted, side=side) for row, wanted in zip(_slices(sequence), _slices(values), strict=True)]
    return xp.stack(rows).reshape(values.shape) if rows else xp.zeros(values.shape, "i8")


@op()
def _searchsorted(sorted_sequence: Tensor, values: Tensor, sorter: Tensor | None, side: str, dtype: str) -> Tensor:
    xp = namespace_of(sorted_sequence)
    refuse(COMPLEX, "searchsorted_out_cpu", values, sorted_sequence)
    if sorted_sequence.dtype.kind == BOOL:
        refuse(BOOL, "searchsorted_out_cpu", values)
    if sorter is not None:
        sorted_sequence = xp.take_along_axis(sorted_sequence, sorter, -1)
    return xp.asarray(_places(xp, sorted_sequence, values, side)).astype(dtype)


def _check_search(sequence: Any, values: Any, sorter: Any) -> None:
    if not sequence.ndim:
        raise RuntimeError("torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but "
                           "we got boundaries tensor dim(0)")
    if sequence.ndim > 1 and tuple(sequence.shape[:-1]) != tuple(values.shape[:-1]) or sequence.ndim > 1 and not values.ndim:
        raise RuntimeError("torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of "
                           f"boundaries tensor and input value tensor must match, but we got boundaries tensor "
                           f"{list(sequence.shape)} and input value tensor {list(values.shape)}")
    if sorter is not None and tuple(sorter.shape) != tuple(sequence.shape):
        raise RuntimeError("torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor "
                           f"{list(sequence.shape)} and got sorter tensor {list(sorter.shape)}")


@composite
def searchsorted(sorted_sequence: Tensor, input: Any, *, out_int32: bool = False, right: bool = False,
                 side: str | None = None, sorter: Tensor | None = None) -> Tensor:
    """Return where each of `input` would go into the ordered last dim of `sorted_sequence`, left or right of equals.

    >>> searchsorted(tensor([1.0, 3.0, 5.0]), tensor([[0.0, 3.0], [4.0, 9.0]]))
    >>> searchsorted(tensor([[1, 3], [2, 4]]), tensor([[3], [3]]), right=True)
    >>> searchsorted(tensor([1.0, 3.0, 5.0]), 3.0, side="right")
    """
    if side not in (None, "left", "right"):
        raise RuntimeError(f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError("torch.searchsorted(): side and right can't be set to opposites, got side of left while right was "
                           "True")
    values = input if hasattr(input, "_array") else wrap(namespace_of(array_of(sorted_sequence)).asarray(input))
    _check_search(sorted_sequence, values, sorter)
    side = side or ("right" if right else "left")
    return _searchsorted(sorted_sequence, values, sorter, side, "i4" if out_int32 else "i8")


@composite
def bucketize(input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """Return the number of the bucket that each of `input` falls in, between ordered `boundaries`.

    >>> bucketize(tensor([[0.0, 3.0], [4.0, 9.0]]), tensor([1.0, 3.0, 5.0]))
    >>> bucketize(3, tensor([1, 3, 5]), right=True)
    """
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
