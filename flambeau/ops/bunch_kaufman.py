"""Factoring symmetric and Hermitian matrices that need not be positive: A = P L D Lᵀ Pᵀ, D of blocks of one or two rows.

Bunch & Kaufman, "Some stable methods for calculating inertia and solving symmetric linear systems", 1977, with pivots
written down as LAPACK does: `p`, counted from 1, for a block of one that was exchanged with row p; `-p` in both places of a
block of two whose second row was.
"""
from __future__ import annotations

import math
from typing import Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.ops.pivoting import sizes_of_pivots

_GROWTH = (1 + math.sqrt(17)) / 8  # keeps the growth of the elements lowest


def factored(A: Array, hermitian: bool) -> tuple[Array, Array, Array]:
    """Return L and D in one array, the pivots, and the first block that is zero (from 1), or 0."""
    xp = namespace_of(A)
    batch, n = A.shape[:-2], A.shape[-1]
    elimination = Elimination(xp, A.reshape(math.prod(batch), n, n), hermitian and A.dtype.kind == "c")
    for at in range(n):
        elimination.step(at)
    return (elimination.factors.reshape(A.shape), elimination.pivots.reshape(A.shape[:-1]),
            elimination.info.reshape(batch))


class Elimination:
    """The matrices being worked on, whole though symmetric, and what is written down about them."""

    def __init__(self, xp: Any, A: Array, hermitian: bool) -> None:
        self.xp, self.hermitian = xp, hermitian
        below = xp.tril(A, -1)
        above = below.swapaxes(-2, -1)
        diagonal = A.real if hermitian else A
        self.work = below + (above.conj() if hermitian else above) + diagonal * xp.eye(A.shape[-1], dtype=A.dtype)
        self.factors = xp.zeros_like(self.work)
        self.pivots = xp.zeros(A.shape[:-1], "i4")
        self.info = xp.zeros(len(A), "i4")
        self.second = xp.zeros(len(A), bool)  # whose column is the second of a block of two

    def step(self, at: int) -> None:
        """Eliminate column `at`, and the one behind it where the two make a block."""
        first = ~self.second
        chosen, pair = self._choose(at)
        pair &= first
        self._exchange(at + pair, self.xp.where(first, chosen, at + pair))
        signed = self.xp.where(pair, -1 - chosen, 1 + chosen)
        self.pivots[:, at] = self.xp.where(first, signed, self.pivots[:, at])
        if at + 1 < self.work.shape[-1]:
            self.pivots[:, at + 1] = self.xp.where(pair, signed, 0)
        self._take_out_one(at, (first & ~pair).nonzero()[0])
        self._take_out_two(at, pair.nonzero()[0])
        self.second = pair

    def _choose(self, at: int) -> tuple[Array, Array]:
        """Return which row is to come to the block, and whether it is a block of two."""
        xp, each = self.xp, self.xp.arange(len(self.work))
        sizes = sizes_of_pivots(self.work[:, at:, at:])
        nothing = self._note_zeros(at, sizes[:, :, 0])
        if sizes.shape[-1] == 1:
            return xp.full(len(self.work), at), xp.zeros(len(self.work), bool)
        here = sizes[:, 0, 0]
        row = 1 + sizes[:, 1:, 0].argmax(-1)
        largest = sizes[each, row, 0]
        others = sizes[each, row]
        others[each, row] = 0
        widest = others.max(-1)
        stays = nothing | (here >= _GROWTH * largest) | (here * widest >= _GROWTH * largest * largest)
        alone = ~stays & (sizes[each, row, row] >= _GROWTH * widest)
        return xp.where(stays, at, at + row), ~stays & ~alone

    def _note_zeros(self, at: int, sizes: Array) -> Array:
        """Return which matrices have nothing but zeros to eliminate, after writing down where it was so first."""
        nothing = ~sizes.any(-1) & ~self.second
        self.info = self.xp.where(nothing & (self.info == 0), at + 1, self.info)
        return nothing

    def _exchange(self, one: Array, other: Array) -> None:
        """Exchange rows, and columns; those that are done with lie elsewhere."""
        if (one == other).all():
            return
        each = self.xp.arange(len(self.work))
        order = self.xp.broadcast_to(self.xp.arange(self.work.shape[-1]), self.work.shape[:-1]).copy()
        order[each, one], order[each, other] = other, one
        self.work = self.work[each[:, None, None], order[:, :, None], order[:, None, :]]

    def _take_out_one(self, at: int, which: Array) -> None:
        pivot = self.work[which, at, at]
        below = self.work[which, at + 1:, at]
        self.factors[which, at, at] = pivot
        safe = self.xp.where(pivot == 0, pivot.dtype.type(1), pivot)
        scaled = below / safe[:, None]
        self.factors[which, at + 1:, at] = scaled
        self.work[which, at + 1:, at + 1:] -= scaled[:, :, None] * self._mirrored(below)[:, None, :]

    def _take_out_two(self, at: int, which: Array) -> None:
        if not len(which):
            return
        block = self.work[which, at:at + 2, at:at + 2]
        below = self.work[which, at + 2:, at:at + 2]
        for row, column in ((0, 0), (1, 0), (1, 1)):
            self.factors[which, at + row, at + column] = block[:, row, column]
        mirrored = self._mirrored(below)
        solved = solved_pairs(block[:, None, 0, 0], block[:, None, 1, 1], block[:, None, 1, 0],
                              self._mirrored(block[:, None, 1, 0]), mirrored[:, :, 0], mirrored[:, :, 1])
        scaled = self._mirrored(self.xp.stack(solved, axis=-1))
        self.factors[which, at + 2:, at:at + 2] = scaled
        self.work[which, at + 2:, at + 2:] -= scaled @ mirrored.swapaxes(-2, -1)

    def _mirrored(self, numbers: Array) -> Array:
        return numbers.conj() if self.hermitian else numbers


def solved_pairs(one: Array, two: Array, between: Array, mirrored: Array, b_one: Array, b_two: Array) -> tuple[Array, Array]:
    """Solve [[one, mirrored], [between, two]] x = b, divided by what is off the diagonal, the largest of the block."""
    one, b_one = one / mirrored, b_one / mirrored
    two, b_two = two / between, b_two / between
    scale = one * two - 1
    return (two * b_one - b_two) / scale, (one * b_two - b_one) / scale
