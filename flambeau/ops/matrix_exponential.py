"""The exponential of a matrix."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import SAME, op
from flambeau.ops.joining import cat
from flambeau.ops.matrices import check_float, check_square
from flambeau.ops.parts import narrow
from flambeau.ops.refusals import NOT_FLOAT
from flambeau.ops.triangular import turned

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

_TERMS = 18  # of the series: below the precision of float64 for matrices of a norm up to 1


def _gradient(g: Tensor, input: Tensor) -> Tensor:
    """Return the derivative at the transposed matrix in the direction of g.

    It is the upper right block of the exponential of [[Aᵀ, g], [0, Aᵀ]] (Najfeld & Havel 1995).
    """
    n = input.shape[-1]
    matrix = turned(input)
    blocks = cat([cat([matrix, g], -1), cat([matrix * 0, matrix], -1)], -2)
    return narrow(narrow(matrix_exp(blocks), -2, 0, n), -1, n, n)


@op(promote=SAME, grad={"input": _gradient})
def matrix_exp(input: Tensor) -> Tensor:
    """Return the exponential of square matrices: the sum of Aᵏ / k! over all k.

    >>> matrix_exp(randn(3, 3))
    >>> matrix_exp(randn(2, 2, 2))
    """
    if input.dtype.kind in NOT_FLOAT:
        check_float("linalg.matrix_exp", input)
    check_square("linalg.matrix_exp", input)
    if not input.size:
        return input.copy()
    xp = namespace_of(input)
    largest = float(xp.abs(input).sum(axis=-2).max())
    halvings = max(0, math.ceil(math.log2(largest))) if 0 < largest < math.inf else 0
    power = _series(xp.eye(input.shape[-1], dtype=input.dtype), input * input.real.dtype.type(0.5**halvings))
    for _ in range(halvings):  # e^A is the square of e^(A/2)
        power = power @ power
    return power


def _series(one: Array, matrices: Array) -> Array:
    """Sum the series by Horner's rule."""
    total = one + matrices * matrices.real.dtype.type(1 / _TERMS)
    for k in range(_TERMS - 1, 0, -1):
        total = one + matrices @ total * matrices.real.dtype.type(1 / k)
    return total
