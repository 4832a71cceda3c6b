"""Equations that cannot be solved exactly, or in many ways: the smallest X that comes closest to A X = B."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import HALVES
from flambeau.core.errors import LinAlgError
from flambeau.core.promotion import INT64
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import composite, op
from flambeau.ops.dims import array_of
from flambeau.ops.linalg import matmul
from flambeau.ops.matrices import which_of
from flambeau.ops.permutation import adjoint
from flambeau.ops.pseudoinverse import pinv, pseudoinverse_gradient
from flambeau.ops.refusals import NOT_FLOAT
from flambeau.ops.shape import squeeze, unsqueeze
from flambeau.ops.singular import decomposed
from flambeau.ops.tolerances import cutoff
from flambeau.ops.triangular import forward_substituted

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

_DRIVERS = ("gels", "gelsy", "gelsd", "gelss")
_FACTORS_EXACTLY = 2.0**-52  # what NumPy factors matrices with, whatever their dtype


def _gradients(g_solution: Any, g_residuals: Any, A: Tensor, B: Tensor, solution: Tensor) -> Any:
    """Through X = A⁺ B; and of the residuals |A X - B|², which do not change with X at its best."""
    to_a: Any = 0
    to_b: Any = 0
    if g_solution is not None:
        P = pinv(A)
        to_a = pseudoinverse_gradient(matmul(g_solution, adjoint(B)), A, P)
        to_b = matmul(adjoint(P), g_solution)
    if g_residuals is not None and g_residuals.shape[-1]:
        slope = (matmul(A, solution) - B) * unsqueeze(g_residuals, -2) * 2
        to_a, to_b = matmul(slope, adjoint(solution)) + to_a, to_b - slope
    return to_a, to_b


@op(complex_rules=True, outputs=("solution", "residuals", "rank", "singular_values"), named=True, differentiable=2,
    partial=True, grad={("A", "B"): _gradients})
def _linalg_lstsq(A: Tensor, B: Tensor, rcond: float | None, driver: str) -> Any:
    xp = namespace_of(A)
    if driver == "gels":
        solution, rank, values = _of_full_rank(xp, A, B), xp.zeros(0, INT64), xp.zeros(0, A.real.dtype)
    else:
        solution, rank, values = _smallest(xp, A, B, rcond)
    rows, columns = A.shape[-2:]
    if rows > columns and driver != "gelsy" and (driver == "gels" or (rank == columns).all()):
        missed = A @ solution - B
        residuals = (missed * missed.conj()).real.sum(-2)
    else:
        residuals = xp.zeros(0, A.real.dtype)
    return solution, residuals, rank, values if driver in ("gelsd", "gelss") else xp.zeros(0, values.dtype)


def _smallest(xp: Any, A: Array, B: Array, rcond: float | None) -> tuple[Array, Array, Array]:
    """Solve with the singular values above the tolerance."""
    if not A.size:
        shape = (*A.shape[:-2], A.shape[-1], B.shape[-1])
        return xp.zeros(shape, A.dtype), xp.zeros(A.shape[:-2], INT64), xp.zeros((*A.shape[:-2], 0), A.real.dtype)
    U, S, Vh = decomposed(A)
    kept = cutoff("torch.linalg.lstsq", S, A.shape[-2:], None, rcond) < S
    inverses = xp.where(kept, 1 / xp.where(kept, S, S.dtype.type(1)), S.dtype.type(0))[..., None]
    across = U.swapaxes(-2, -1).conj() @ B
    return Vh.swapaxes(-2, -1).conj() @ (inverses * across), kept.sum(-1, INT64), S


def _of_full_rank(xp: Any, A: Array, B: Array) -> Array:
    """Solve with Q and R, of A or, where there are fewer equations than unknowns, of its adjoint."""
    rows, columns = A.shape[-2:]
    if not A.size:
        return xp.zeros((*A.shape[:-2], columns, B.shape[-1]), A.dtype)
    Q, R = xp.linalg.qr(A if rows >= columns else A.swapaxes(-2, -1).conj())
    _refuse_lower_rank(xp, R)
    if rows < columns:
        return Q @ forward_substituted(xp, R.swapaxes(-2, -1).conj(), B, False)
    across = Q.swapaxes(-2, -1).conj() @ B
    return forward_substituted(xp, R[..., ::-1, ::-1], across[..., ::-1, :], False)[..., ::-1, :]


def _refuse_lower_rank(xp: Any, R: Array) -> None:
    sizes = abs(R.diagonal(0, -2, -1))
    low = sizes <= sizes.max(-1, keepdims=True) * _FACTORS_EXACTLY
    if low.any():
        number = int(low.any(-1).ravel().nonzero()[0][0])
        at = int(low.reshape(-1, low.shape[-1])[number].nonzero()[0][0]) + 1
        raise LinAlgError(f"torch.linalg.lstsq: {which_of(R.shape[:-2], number)}The least squares solution could not be "
                          f"computed because the input matrix does not have full rank (error code: {at}). driver='gelsd' takes "
                          "any rank")


def _check(A: Any, B: Any, driver: str) -> None:
    title = "torch.linalg.lstsq"
    if A.ndim < 2:
        raise RuntimeError(f"{title}: input must have at least 2 dimensions.")
    if B.ndim < 1:
        raise RuntimeError(f"{title}: other must have at least 1 dimension.")
    if not 0 <= A.ndim - B.ndim <= 1:
        raise RuntimeError(f"{title}: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1")
    if A.shape[-2] != B.shape[-2 if A.ndim == B.ndim else -1]:
        raise RuntimeError(f"{title}: input.size(-2) should match other.size({-2 if A.ndim == B.ndim else -1})")
    one, two = array_of(A).dtype, array_of(B).dtype
    if one != two:
        raise RuntimeError(f"{title}: Expected input and other to have the same dtype, but got input's dtype "
                           f"{pytorch_name(one)} and other's dtype {pytorch_name(two)}; convert one of them")
    if one.kind in NOT_FLOAT or one in HALVES:
        raise RuntimeError(f"This function doesn't handle types other than float and double, but got {A.dtype}")
    if driver not in _DRIVERS:
        raise RuntimeError(f"{title}: parameter `driver` should be one of ({', '.join(_DRIVERS)})")


@composite
def lstsq(input: Tensor, b: Tensor, rcond: float | None = None, *, driver: str | None = None) -> Any:
    """Return the X that comes closest to `input` X = `b`, how far it stays, the rank of `input` and its singular values.

    What of these is empty depends on `driver`, as with LAPACK's routines of these names; "gels" wants A of full rank.

    >>> lstsq(randn(4, 3), randn(4, 2))
    >>> lstsq(randn(4, 3), randn(4), driver="gels")
    >>> lstsq(randn(2, 2, 3), randn(2, 2, 2), driver="gelsd")
    """
    driver = "gelsy" if driver is None else driver
    _check(input, b, driver)
    if input.ndim == b.ndim:
        return _linalg_lstsq(input, b, rcond, driver)
    result = _linalg_lstsq(input, unsqueeze(b, -1), rcond, driver)
    return result._replace(solution=squeeze(result.solution, -1))
