"""The QR decomposition: a matrix as one with orthonormal columns times an upper triangular one."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import composite, op
from flambeau.ops.complex_numbers import real
from flambeau.ops.joining import cat
from flambeau.ops.linalg import matmul
from flambeau.ops.matrices import check_float, check_matrices
from flambeau.ops.parts import narrow
from flambeau.ops.permutation import adjoint
from flambeau.ops.strides import diag_embed, diagonal
from flambeau.ops.triangles import tril
from flambeau.ops.triangular import solve_triangular

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

_MODES = ("reduced", "r", "complete")


def _gradient(g_Q: Any, g_R: Any, Q: Tensor, R: Tensor, mode: str) -> Tensor:
    """Walter & Lehmann, "Algorithmic differentiation of linear algebra functions", 2012, section 4.4.

    A matrix with more columns than rows is [A₁ A₂] = Q [R₁ R₂]: what reaches R₂ = Qᴴ A₂ goes on to A₂ and to Q.
    """
    if mode == "r":
        raise RuntimeError("The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use "
                           "linalg.qr(A, mode='reduced') if you are going to differentiate through linalg.qr.")
    rows, columns = Q.shape[-2], R.shape[-1]
    if mode == "complete" and rows > columns:
        raise RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols; take "
                           "mode='reduced'")
    if columns <= rows:
        return _of_tall(g_Q, g_R, Q, R)
    square = narrow(R, -1, 0, rows)
    if g_R is None:
        to_square = _of_tall(g_Q, None, Q, square)
        return cat([to_square, narrow(R, -1, rows, columns - rows) * 0], -1)
    beside = matmul(Q, narrow(g_R, -1, rows, columns - rows))
    through_q = matmul(beside, adjoint(narrow(R, -1, rows, columns - rows)))
    g_Q = -through_q if g_Q is None else g_Q - through_q
    return cat([_of_tall(g_Q, narrow(g_R, -1, 0, rows), Q, square), beside], -1)


def _of_tall(g_Q: Any, g_R: Any, Q: Tensor, R: Tensor) -> Tensor:
    inner: Any = 0 if g_R is None else matmul(R, adjoint(g_R))
    inner = inner if g_Q is None else inner - matmul(adjoint(g_Q), Q)
    below = tril(inner, -1)
    hermitian = below + adjoint(below) + diag_embed(real(diagonal(inner, 0, -2, -1)))  # LAPACK's R has a real diagonal
    symmetric = matmul(Q, hermitian)
    total = symmetric if g_Q is None else symmetric + g_Q
    return solve_triangular(adjoint(R), total, upper=False, left=False)


@op(complex_rules=True, outputs=("Q", "R"), named=True, partial=True, grad={"A": _gradient})
def _linalg_qr(A: Tensor, mode: str) -> Any:
    if mode not in _MODES:
        raise RuntimeError(f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or "
                           "'complete'")
    check_float("linalg.qr", A, "geqrf_cpu")
    check_matrices("linalg.qr", A)
    xp = namespace_of(A)
    if mode == "r":
        return xp.empty(0, A.dtype), xp.linalg.qr(A, mode="r") if A.size else _of_nothing(xp, A, "reduced")[1]
    return tuple(xp.linalg.qr(A, mode=mode)) if A.size else _of_nothing(xp, A, mode)


def _of_nothing(xp: Any, A: Array, mode: str) -> tuple[Array, Array]:
    """Return the decomposition of matrices without elements."""
    *batch, rows, columns = A.shape
    inner = rows if mode == "complete" else min(rows, columns)
    Q = xp.broadcast_to(xp.eye(rows, inner, dtype=A.dtype), (*batch, rows, inner)).copy()
    return Q, xp.zeros((*batch, inner, columns), A.dtype)


@composite
def qr(A: Tensor, mode: str = "reduced") -> Any:
    """Return Q and R with Q R = A: `reduced` to as many columns as A has, `complete`, or R alone with `r`.

    >>> qr(randn(4, 3))
    >>> qr(randn(2, 3, 3))
    >>> qr(randn(2, 4), mode="complete")
    """
    return _linalg_qr(A, mode)
