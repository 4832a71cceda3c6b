"""Gaussian elimination that looks for the largest pivot, and the exchanges of rows that it makes."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import op
from flambeau.ops.triangular import forward_substituted

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def factored(matrices: Array, pivot: bool) -> tuple[Array, Array, Array]:
    """Return L and U in one array, the row (from 1) that each step exchanged with its own, and the first zero pivot or 0."""
    xp = namespace_of(matrices)
    batch, (rows, columns) = matrices.shape[:-2], matrices.shape[-2:]
    work = matrices.reshape(math.prod(batch), rows, columns).copy()
    steps = min(rows, columns)
    pivots = xp.broadcast_to(xp.arange(1, steps + 1, dtype="i4"), (len(work), steps)).copy()
    info = xp.zeros(len(work), "i4")
    _eliminate(_Elimination(xp, work, pivots, info, pivot), 0, steps)
    if columns > rows:
        work[:, :, rows:] = forward_substituted(xp, work[:, :, :rows], work[:, :, rows:], True)
    return work.reshape(matrices.shape), pivots.reshape(*batch, steps), info.reshape(batch)


class _Elimination:
    """The matrices being worked on, (batch, rows, columns), and what is written down about them."""

    def __init__(self, xp: Any, work: Array, pivots: Array, info: Array, pivot: bool) -> None:
        self.xp, self.work, self.pivots, self.info, self.pivot = xp, work, pivots, info, pivot
        self.each = xp.arange(len(work))

    def step(self, at: int) -> None:
        """Bring the largest of column `at` to the diagonal, and divide what is below by it."""
        column = self.work[:, at:, at]
        if self.pivot:
            self.exchange(at, at + sizes_of_pivots(column).argmax(-1))
        pivot = self.work[:, at, at, None]
        zero = pivot == 0
        self.info[...] = self.xp.where((self.info == 0) & zero[:, 0], at + 1, self.info)
        self.work[:, at + 1:, at] /= self.xp.where(zero, pivot.dtype.type(1), pivot)

    def exchange(self, at: int, found: Array) -> None:
        self.pivots[:, at] = found + 1
        rows = self.work[self.each, found]
        self.work[self.each, found] = self.work[:, at]
        self.work[:, at] = rows


def sizes_of_pivots(numbers: Array) -> Array:
    """What LAPACK compares: of a complex number, the sum of its parts' sizes rather than the distance."""
    return abs(numbers.real) + abs(numbers.imag) if numbers.dtype.kind == "c" else abs(numbers)


def _eliminate(elimination: _Elimination, start: int, stop: int) -> None:
    """Factor the columns from `start` to `stop`: the left half, what it takes out of the right half, and that.

    Nearly all the work is products of matrices (Toledo, "Locality of reference in LU decomposition with partial pivoting",
    1997).
    """
    if stop - start <= 1:
        if stop > start:
            elimination.step(start)
        return
    middle, work = (start + stop) // 2, elimination.work
    _eliminate(elimination, start, middle)
    left, right = slice(start, middle), slice(middle, stop)
    work[:, left, right] = forward_substituted(elimination.xp, work[:, left, left], work[:, left, right], True)
    work[:, middle:, right] -= work[:, middle:, left] @ work[:, left, right]
    _eliminate(elimination, middle, stop)


def order_of(pivots: Array, rows: int) -> Array:
    """Return which row comes to each place after all exchanges."""
    xp = namespace_of(pivots)
    found = pivots.reshape(math.prod(pivots.shape[:-1]), pivots.shape[-1]).astype("i8") - 1
    order = xp.broadcast_to(xp.arange(rows), (len(found), rows)).copy()
    each = xp.arange(len(found))
    for step in range(found.shape[-1]):
        row = order[each, found[:, step]]
        order[each, found[:, step]] = order[:, step]
        order[:, step] = row
    return order.reshape(*pivots.shape[:-1], rows)


@op(grad={"input": lambda g, pivots, back: exchanged(g, pivots, not back)})
def exchanged(input: Tensor, pivots: Tensor, back: bool) -> Tensor:
    """Exchange rows as an elimination did: Pᵀ times `input`; or, `back`, to where they were: P times `input`.

    >>> exchanged(randn(3, 2), tensor([2, 3, 3]), False)
    >>> exchanged(randn(2, 3, 2), tensor([[2, 3, 3], [3, 2, 3]]), True)
    """
    xp = namespace_of(input)
    order = order_of(pivots, input.shape[-2])
    order = (xp.argsort(order, axis=-1) if back else order)[..., None]
    batch = xp.broadcast_shapes(input.shape[:-2], pivots.shape[:-1])
    return xp.take_along_axis(xp.broadcast_to(input, (*batch, *input.shape[-2:])),
                              xp.broadcast_to(order, (*batch, input.shape[-2], 1)), -2)
