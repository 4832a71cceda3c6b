"""What `torch.linalg` has too, under the names, orders of arguments and defaults that it had on `torch` before."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.dispatch.op import composite, named_result
from flambeau.ops import determinants, pseudoinverse, singular, vectors
from flambeau.ops import lu as lu_decomposition
from flambeau.ops import qr as qr_decomposition
from flambeau.ops.flipping import flip
from flambeau.ops.parts import narrow
from flambeau.ops.permutation import adjoint
from flambeau.ops.triangular import solve_triangular, turned

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

_slogdet = named_result("slogdet", ("sign", "logabsdet"))
_qr = named_result("qr", ("Q", "R"))
_svd = named_result("svd", ("U", "S", "V"))
_lu_with_info = named_result("_lu_with_info", ("LU", "pivots", "info"))
_triangular_solve = named_result("triangular_solve", ("solution", "cloned_coefficient"))


@composite
def det(input: Tensor) -> Tensor:
    """Return the determinant of square matrices.

    >>> det(randn(3, 3))
    """
    return determinants.det(input)


@composite
def slogdet(input: Tensor) -> Any:
    """Return the sign of determinants, and the logarithm of their size.

    >>> slogdet(randn(3, 3))
    """
    return _slogdet(determinants.slogdet(input))


@composite
def lu(A: Tensor, pivot: bool = True, get_infos: bool = False) -> Any:
    """Return L and U in one matrix, and the exchanges of rows; with `get_infos` also where a pivot was zero.

    >>> lu(randn(3, 3))
    >>> lu(randn(2, 2, 3), get_infos=True)
    """
    factors = lu_decomposition.lu_factor_ex(A, pivot=pivot)
    return _lu_with_info(factors) if get_infos else tuple(factors[:2])


@composite
def lu_solve(input: Tensor, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
    """Solve A X = `input` for the matrix that `lu` factored.

    >>> lu_solve(randn(3, 2), randn(3, 3), tensor([2, 3, 3], dtype=int32))
    """
    return lu_decomposition.lu_solve(LU_data, LU_pivots, input)


@composite
def triangular_solve(input: Tensor, A: Tensor, upper: bool = True, transpose: bool = False,
                     unitriangular: bool = False) -> Any:
    """Solve A X = `input`, or Aᵀ X = `input`, for triangular matrices; return X and a copy of A.

    >>> triangular_solve(randn(3, 2), randn(3, 3))
    >>> triangular_solve(randn(2, 3, 2), randn(3, 3), upper=False, transpose=True)
    >>> triangular_solve(randn(3, 2), randn(3, 3), unitriangular=True)
    """
    matrix = turned(A) if transpose else A
    solution = solve_triangular(matrix, input, upper=upper != transpose, unitriangular=unitriangular)
    batch = tuple(solution.shape[:-2])
    return _triangular_solve((solution, (A.expand(*batch, *A.shape[-2:]) if batch else A).clone()))


@composite
def qr(input: Tensor, some: bool = True) -> Any:
    """Return Q and R with Q R = `input`; Q with as many columns as rows unless `some`.

    >>> qr(randn(4, 3))
    >>> qr(randn(3, 4), some=False)
    """
    return _qr(qr_decomposition.qr(input, "reduced" if some else "complete"))


@composite
def svd(input: Tensor, some: bool = True, compute_uv: bool = True) -> Any:
    """Return U, the singular values S and V; U and V of min(m, n) columns unless `some` is False, or of zeros."""
    if not compute_uv:
        rows, columns = input.shape[-2:]
        batch = tuple(input.shape[:-2])
        return _svd((input.new_zeros((*batch, rows, rows)), singular.svdvals(input),
                     input.new_zeros((*batch, columns, columns))))
    U, S, Vh = singular.svd(input, not some)
    return _svd((U, S, adjoint(Vh)))


@composite
def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """Return the pseudoinverse: singular values below `rcond` times the largest count as zero.

    >>> pinverse(randn(3, 2))
    """
    return pseudoinverse.pinv(input, rcond)


@composite
def cross(input: Tensor, other: Tensor, dim: int | None = None) -> Tensor:
    """Return the vectors at right angles to two others, along `dim`, or the first dim of size 3.

    >>> cross(randn(3, 2), randn(3, 2))
    >>> cross(randn(3, 3), randn(3, 3), dim=1)
    """
    if dim is None:
        if 3 not in tuple(input.shape):
            raise RuntimeError(f"no dimension of size 3 in input of shape {list(input.shape)}; give dim")
        dim = tuple(input.shape).index(3)
    return vectors.cross(input, other, dim=dim)


@composite
def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """Return the powers of each element of a vector, the highest first unless `increasing`; `N` of them, or as many as x.

    >>> vander(tensor([1, 2, 3]))
    >>> vander(tensor([1, 2, 3]), 2, increasing=True)
    >>> vander(tensor([1, 2]), N=1)
    """
    if x.ndim != 1:
        raise RuntimeError(f"x must be a one-dimensional tensor. Got {x.ndim} dimensions")
    count = x.shape[0] if N is None else N
    if count < 0:
        raise RuntimeError(f"N must be non-negative. Got {count}")
    powers = narrow(vectors.powers(x, max(count, 1)), -1, 0, count)
    return powers if increasing else flip(powers, (-1,))
