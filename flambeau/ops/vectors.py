"""Products of vectors with one another, and with themselves."""
from __future__ import annotations

from typing import TYPE_CHECKING

from flambeau.core.arrays import namespace_of
from flambeau.core.dtype import HALVES
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.layout import row_by_row
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.addressing import from_start
from flambeau.ops.complex_numbers import conj
from flambeau.ops.dims import array_of
from flambeau.ops.joining import cat
from flambeau.ops.matrices import check_float
from flambeau.ops.products import cumprod
from flambeau.ops.reduction import sum
from flambeau.ops.refusals import BOOL, refuse
from flambeau.ops.shape import expand, unsqueeze
from flambeau.ops.strides import diagonal as diagonal_of

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(layout=row_by_row, promote=SAME, grad={
    "input": lambda g, other, dim: _cross(other, g, dim),
    "other": lambda g, input, dim: _cross(g, input, dim),
}, grad_name="LinalgCrossBackward0")
def _cross(input: Tensor, other: Tensor, dim: int) -> Tensor:
    xp = namespace_of(input)
    one, two = (xp.moveaxis(vectors, dim, 0) for vectors in xp.broadcast_arrays(input, other))
    parts = [one[j] * two[k] - one[k] * two[j] for j, k in ((1, 2), (2, 0), (0, 1))]
    return xp.stack(parts, axis=dim)


@composite
def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """Return the vectors at right angles to two others, along a dim of size 3.

    >>> cross(randn(2, 3), randn(2, 3))
    >>> cross(randn(3, 2), randn(3, 1), dim=0)
    """
    if input.ndim != other.ndim:
        raise RuntimeError(f"linalg.cross: inputs must have the same number of dimensions; they have {input.ndim} and "
                           f"{other.ndim}")
    at = from_start(dim, input.ndim)
    if input.shape[at] != 3 or other.shape[at] != 3:
        raise RuntimeError(f"linalg.cross: inputs dimension {dim} must have length 3. Got {input.shape[at]} and "
                           f"{other.shape[at]}")
    one, two = array_of(input).dtype, array_of(other).dtype
    if one != two:
        raise RuntimeError(f"expected scalar type {pytorch_name(one)} but found {pytorch_name(two)}; convert one of them")
    refuse(BOOL, "cross", array_of(input))
    return _cross(input, other, at)


@composite
def vecdot(x: Tensor, y: Tensor, *, dim: int = -1) -> Tensor:
    """Add up along `dim` the products of the elements, those of `x` conjugated.

    >>> vecdot(randn(2, 3), randn(3))
    >>> vecdot(randn(2, 3), randn(2, 3), dim=0)
    """
    one, two = array_of(x).dtype, array_of(y).dtype
    if one.kind in "biu":
        check_float("linalg.vecdot", array_of(x))
    if one != two:
        raise RuntimeError(f"linalg.vecdot: Expected x and y to have the same dtype, but found x of type {pytorch_name(one)} "
                           f"and y of type {pytorch_name(two)} instead; convert one of them")
    return sum(conj(x) * y, dim)


@composite
def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Look at a diagonal of matrices.

    >>> diagonal(randn(2, 3, 3))
    >>> diagonal(randn(2, 3, 4), offset=1, dim1=0, dim2=2)
    """
    return diagonal_of(A, offset, dim1, dim2)


@composite
def vander(x: Tensor, *, N: int | None = None) -> Tensor:
    """Return the powers of each element, from the 0th on, `N` of them, or as many as the last dim is long.

    >>> vander(randn(3))
    >>> vander(randn(2, 3), N=2)
    """
    dtype = array_of(x).dtype
    if dtype.kind == BOOL or dtype in HALVES:
        raise RuntimeError("linalg.vander supports floating point, complex, and integer tensors, but got "
                           f"{pytorch_name(dtype)}")
    count = N if N is not None else x.shape[-1] if x.ndim else 1
    if count <= 1:
        raise RuntimeError(f"N must be greater than 1. Got {count}")
    return powers(x if x.ndim else unsqueeze(x, 0), count)


def powers(x: Tensor, count: int) -> Tensor:
    """Return the powers of each element from the 0th to the one before `count`, in a new last dim."""
    columns = expand(unsqueeze(x, -1), (*x.shape, count - 1))
    rising = cumprod(columns, -1)
    return cat([_ones_beside(rising), rising], -1)


@op()
def _ones_beside(columns: Tensor) -> Tensor:
    return namespace_of(columns).ones((*columns.shape[:-1], 1), columns.dtype)
