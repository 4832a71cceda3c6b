"""The LU decomposition: a matrix as P L U, rows in another order and a lower times an upper triangular one."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import composite, named_result, op
from flambeau.ops.dims import array_of
from flambeau.ops.joining import cat
from flambeau.ops.linalg import matmul
from flambeau.ops.matrices import check_float, first_failure, which_of
from flambeau.ops.parts import narrow
from flambeau.ops.permutation import adjoint as adjoint_of
from flambeau.ops.pivoting import exchanged, factored, order_of
from flambeau.ops.pointwise import add, sub
from flambeau.ops.refusals import NOT_FLOAT, refuse, refuse_half
from flambeau.ops.triangles import tril, triu
from flambeau.ops.triangular import solve_triangular, turned

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _factor_gradient(g: Tensor, LU: Tensor, pivots: Tensor) -> Tensor:
    """From Pᵀ dA = dL U + L dU: L⁻¹ Pᵀ dA U⁻¹ is L⁻¹ dL, strictly lower triangular, plus dU U⁻¹, upper triangular.

    Rows below the square part are L₂ = A₂ U⁻¹, columns beside it U₂ = L⁻¹ A₂; their gradients reach L and U through these.
    """
    rows, columns = LU.shape[-2:]
    n = min(rows, columns)
    square, g_square = _block(LU, 0, n, 0, n), _block(g, 0, n, 0, n)
    upper = turned(triu(square))
    to_l, to_u = matmul(turned(_unit_lower(square)), tril(g_square, -1)), matmul(triu(g_square), upper)
    if rows > n:
        below, g_below = _block(LU, n, rows, 0, n), _block(g, n, rows, 0, n)
        to_u = sub(to_u, matmul(turned(below), g_below))
    if columns > n:
        beside, g_beside = _block(LU, 0, n, n, columns), _block(g, 0, n, n, columns)
        to_l = sub(to_l, matmul(g_beside, turned(beside)))
    found = _over_u(_over_l(square, add(tril(to_l, -1), triu(to_u))), square)
    if rows > n:
        found = cat([found, _over_u(g_below, square)], -2)
    if columns > n:
        found = cat([found, _over_l(square, g_beside)], -1)
    return exchanged(found, pivots, True)


def _block(matrix: Tensor, top: int, bottom: int, left: int, right: int) -> Tensor:
    return narrow(narrow(matrix, -2, top, bottom - top), -1, left, right - left)


def _over_l(square: Tensor, g: Tensor) -> Tensor:
    """L⁻ᵀ g."""
    return solve_triangular(turned(square), g, upper=True, unitriangular=True)


def _over_u(g: Tensor, square: Tensor) -> Tensor:
    """g U⁻ᵀ."""
    return solve_triangular(turned(square), g, upper=False, left=False)


def _unit_lower(square: Tensor) -> Tensor:
    """Return L, whose ones on the diagonal are not written down."""
    array = array_of(square)
    return add(tril(square, -1), namespace_of(array).eye(*array.shape[-2:], dtype=array.dtype))


@op(outputs=("LU", "pivots", "info"), named=True, differentiable=1, grad={"A": _factor_gradient})
def _linalg_lu_factor_ex(A: Tensor, pivot: bool) -> Any:
    if A.ndim < 2:
        raise RuntimeError(f"torch.lu_factor: Expected tensor with 2 or more dimensions. Got size: {list(A.shape)} instead")
    refuse(NOT_FLOAT, "lu_cpu", A)
    refuse_half("lu_cpu", A)
    return factored(A, pivot)


def _refuse_zero_pivot(title: str, info: Array) -> None:
    if not info.any():
        return
    number, at = first_failure(info)
    raise RuntimeError(f"{title}: {which_of(info.shape, number)}U[{at},{at}] is zero and using it on lu_solve would result in "
                       "a division by zero. If you still want to perform the factorization, consider calling "
                       "linalg.lu(A, pivot) or linalg.lu_factor_ex(A, pivot)")


@composite
def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False) -> Any:
    """Factor matrices as `lu_factor` does, and return beside the factors the place of the first zero pivot; 0 if none.

    >>> lu_factor_ex(randn(3, 3))
    >>> lu_factor_ex(randn(2, 4, 3))
    >>> lu_factor_ex(randn(2, 4))
    """
    result = _linalg_lu_factor_ex(A, pivot)
    if check_errors:
        _refuse_zero_pivot("torch.linalg.lu_factor_ex", array_of(result.info))
    return result


_factors = named_result("linalg_lu_factor", ("LU", "pivots"))


@composite
def lu_factor(A: Tensor, *, pivot: bool = True) -> Any:
    """Return L and U in one matrix, and the row (counted from 1) that each step of the elimination exchanged with its own.

    >>> lu_factor(randn(3, 3))
    """
    result = _linalg_lu_factor_ex(A, pivot)
    _refuse_zero_pivot("torch.linalg.lu_factor", array_of(result.info))
    return _factors(result[:2])


_three = named_result("linalg_lu", ("P", "L", "U"))


@composite
def lu(A: Tensor, *, pivot: bool = True) -> Any:
    """Return P, L and U, whose product is A; without pivoting P is empty.

    >>> lu(randn(3, 3))
    >>> lu(randn(2, 4, 2))
    >>> lu(randn(2, 3))
    """
    if A.ndim < 2:
        raise RuntimeError(f"linalg.lu: Expected tensor with 2 or more dimensions. Got size: {list(A.shape)} instead")
    factors, pivots, _ = _linalg_lu_factor_ex(A, pivot)
    return _three(lu_unpack(factors, pivots, unpack_pivots=pivot))


_unpacked = named_result("lu_unpack", ("P", "L", "U"))


@composite
def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True) -> Any:
    """Return P, L and U from what `lu_factor` returns; what is not to be unpacked is empty.

    >>> lu_unpack(randn(3, 3), tensor([2, 3, 3], dtype=int32))
    """
    if LU_data.ndim < 2:
        raise RuntimeError(f"torch.lu_unpack: Expected tensor with 2 or more dimensions. Got size: {list(LU_data.shape)} "
                           "instead")
    _check_pivots(LU_data, LU_pivots, unpack_pivots)
    rows, columns = LU_data.shape[-2:]
    n = min(rows, columns)
    nothing = _empty(LU_data)
    P = _permutation(LU_pivots, LU_data) if unpack_pivots else nothing
    if not unpack_data:
        return _unpacked((P, nothing, nothing))
    L, U = narrow(LU_data, -1, 0, n), narrow(LU_data, -2, 0, n)
    return _unpacked((P, _unit_lower(L), triu(U)))


def _check_pivots(LU_data: Tensor, LU_pivots: Tensor, unpack: bool) -> None:
    pivots = array_of(LU_pivots)
    if not unpack:
        return
    if pivots.dtype != "i4":
        raise RuntimeError("torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\n"
                           "Note: this function is intended to be used with the output produced by torch.linalg.lu_factor")
    _check_bounds("pivots passed to lu_unpack must be between 1 and LU.size(-2) inclusive.", pivots, LU_data.shape[-2])


def _check_bounds(complaint: str, pivots: Array, rows: int) -> None:
    if pivots.size and not 1 <= int(pivots.min()) <= int(pivots.max()) <= rows:
        raise RuntimeError(f"{complaint} Did you properly pass the result of lu_factor?")


@op()
def _empty(like: Tensor) -> Tensor:
    return namespace_of(like).zeros(0, like.dtype)


@op()
def _permutation(pivots: Tensor, like: Tensor) -> Tensor:
    xp, rows = namespace_of(like), like.shape[-2]
    return (xp.arange(rows)[:, None] == order_of(pivots, rows)[..., None, :]).astype(like.dtype)


@composite
def lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False) -> Tensor:
    """Solve A X = B for the matrix that `lu_factor` factored; X A = B with `left=False`, and with Aᴴ with `adjoint`.

    >>> lu_solve(randn(3, 3), tensor([2, 3, 3], dtype=int32), randn(3, 2))
    >>> lu_solve(randn(3, 3), tensor([2, 3, 3], dtype=int32), randn(2, 2, 3), left=False)
    >>> lu_solve(randn(2, 3, 3), tensor([[2, 3, 3], [1, 2, 3]], dtype=int32), randn(3, 2), adjoint=True)
    """
    _check_equation(LU, pivots, B, left)
    if not left:  # X A = B is Aᴴ Xᴴ = Bᴴ
        return adjoint_of(_solved(LU, pivots, adjoint_of(B), not adjoint))
    return _solved(LU, pivots, B, adjoint)


def _solved(LU: Tensor, pivots: Tensor, B: Tensor, adjoint: bool) -> Tensor:
    if not adjoint:
        Y = solve_triangular(LU, exchanged(B, pivots, False), upper=False, unitriangular=True)
        return solve_triangular(LU, Y, upper=True)
    turned_around = adjoint_of(LU)
    Y = solve_triangular(turned_around, B, upper=False)
    return exchanged(solve_triangular(turned_around, Y, upper=True, unitriangular=True), pivots, True)


def _check_equation(LU: Tensor, pivots: Tensor, B: Tensor, left: bool) -> None:
    from flambeau.ops.solving import check_equation

    title = "linalg.lu_solve"
    check_float(title, array_of(LU), "lu_solve_cpu")
    if array_of(pivots).dtype != "i4":
        raise RuntimeError(f"{title}: pivots should be a Tensor of scalar type torch.int32")
    check_equation(title, array_of(LU), array_of(B), left)
    if pivots.shape[-1] != LU.shape[-1]:
        raise RuntimeError(f"{title}: Number of pivots per batch should be same as the dimension of the matrix")
    if tuple(pivots.shape[:-1]) != tuple(LU.shape[:-2]):
        raise RuntimeError(f"{title}: Expected LU.shape[:-1] and pivots.shape to be the same, but got pivots with shape "
                           f"{list(pivots.shape)} instead")
    _check_bounds("Pivots given to lu_solve must all be smaller or equal to LU.size(-2).", array_of(pivots), LU.shape[-2])
