"""Eigenvalues and eigenvectors, of any square matrix and of Hermitian ones."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.errors import LinAlgError
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import composite, op
from flambeau.ops.complex_numbers import conj, real
from flambeau.ops.gauges import gaps, identity, may_need_gradient, refuse_turning
from flambeau.ops.linalg import matmul
from flambeau.ops.matrices import check_square
from flambeau.ops.permutation import adjoint
from flambeau.ops.refusals import NOT_FLOAT, refuse, refuse_half
from flambeau.ops.shape import unsqueeze
from flambeau.ops.solving import solve_ex
from flambeau.ops.strides import diag_embed, diagonal

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

_ILL_DEFINED = (": The eigenvectors in the complex case are specified up to multiplication by e^{i phi}. The specified loss "
                "function depends on this quantity")


def _hermitian_gradient(g_eigenvalues: Any, g_eigenvectors: Any, eigenvalues: Tensor, eigenvectors: Tensor) -> Tensor:
    """Giles, "An extended collection of matrix derivative results", 2008, section 3.1, with adjoints for transposes."""
    V = eigenvectors
    if g_eigenvectors is None:
        return matmul(V * unsqueeze(g_eigenvalues, -2), adjoint(V))
    change = matmul(adjoint(V), g_eigenvectors)
    refuse_turning("linalg_eigh_backward" + _ILL_DEFINED, change)
    inner = change / gaps(eigenvalues) * (1 - identity(eigenvalues))
    if g_eigenvalues is not None:
        inner = inner + diag_embed(g_eigenvalues)
    return matmul(V, matmul(inner, adjoint(V)))


@op(complex_rules=True, outputs=("eigenvalues", "eigenvectors"), named=True, partial=True, grad={"A": _hermitian_gradient})
def _linalg_eigh(A: Tensor, UPLO: str, vectors: bool) -> Any:
    check_square("linalg.eigh", A)
    if UPLO.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {UPLO}")
    refuse(NOT_FLOAT, "linalg_eigh_cpu", A)
    refuse_half("linalg_eigh_cpu", A)
    xp = namespace_of(A)
    try:
        return tuple(xp.linalg.eigh(A, UPLO.upper())) if vectors else (xp.linalg.eigvalsh(A, UPLO.upper()), None)
    except xp.linalg.LinAlgError:
        return _unconverged(xp, A)


def _unconverged(xp: Any, A: Array) -> tuple[Array, Array]:
    if xp.isfinite(A).all():
        raise LinAlgError("linalg.eigh: The algorithm failed to converge because the input matrix is ill-conditioned or has "
                          "too many repeated eigenvalues")
    return xp.full(A.shape[:-1], xp.nan, A.real.dtype), xp.full(A.shape, xp.nan, A.dtype)


@composite
def eigh(input: Tensor, UPLO: str = "L") -> Any:
    """Return the eigenvalues of Hermitian matrices, in ascending order, and eigenvectors, in columns.

    Only the triangle that `UPLO` names is looked at. The sign of each vector is whatever LAPACK makes it.
    """
    return _linalg_eigh(input, UPLO, True)


@composite
def eigvalsh(input: Tensor, UPLO: str = "L") -> Tensor:
    """Return the eigenvalues of Hermitian matrices, in ascending order.

    >>> eigvalsh(tensor([[2.0, 1.0], [1.0, 3.0]]))
    """
    return _linalg_eigh(input, UPLO, may_need_gradient(input))[0]


def _gradient(g_eigenvalues: Any, g_eigenvectors: Any, eigenvalues: Tensor, eigenvectors: Tensor) -> Tensor:
    """Boeddeker et al., "On the computation of complex-valued gradients with application to statistically optimum
    beamforming", 2017, section 4.2: eigenvectors are kept at length 1, so what would only lengthen them is taken out.
    """
    V = eigenvectors
    if g_eigenvectors is None:
        inner = adjoint(V) * unsqueeze(g_eigenvalues, -1)
        return solve_ex(adjoint(V), inner)[0]
    change = matmul(adjoint(V), g_eigenvectors)
    refuse_turning("linalg_eig_backward" + _ILL_DEFINED, change)
    longer = unsqueeze(real(diagonal(change, 0, -2, -1)), -2)
    inner = (change - matmul(adjoint(V), V * longer)) / gaps(conj(eigenvalues)) * (1 - identity(eigenvalues))
    if g_eigenvalues is not None:
        inner = inner + diag_embed(g_eigenvalues)
    return solve_ex(adjoint(V), matmul(inner, adjoint(V)))[0]


@op(complex_rules=True, outputs=("eigenvalues", "eigenvectors"), named=True, partial=True, grad={"A": _gradient})
def _linalg_eig(A: Tensor, vectors: bool) -> Any:
    title = "linalg.eig" if vectors else "linalg.eigvals"
    if A.dtype.kind in NOT_FLOAT:
        raise RuntimeError(f"{title}: eigenvalues of whole numbers are not computed, but got {pytorch_name(A.dtype)}; convert "
                           "them first")
    check_square(title, A)
    refuse_half("linalg_eig_out_cpu", A)
    xp = namespace_of(A)
    if not xp.isfinite(A).all():
        raise RuntimeError(f"torch.{title}: input tensor should not contain infs or NaNs.")
    dtype = xp.result_type(A.dtype, "c8")
    try:
        values, columns = xp.linalg.eig(A) if vectors else (xp.linalg.eigvals(A), None)
    except xp.linalg.LinAlgError:
        raise LinAlgError(f"{title}: The algorithm failed to converge.") from None
    return values.astype(dtype), None if columns is None else columns.astype(dtype)


@composite
def eig(input: Tensor) -> Any:
    """Return the eigenvalues of square matrices, in no order, and eigenvectors of length 1, in columns; both complex."""
    return _linalg_eig(input, True)


@composite
def eigvals(input: Tensor) -> Tensor:
    """Return the eigenvalues of square matrices, in no order; they are complex.

    >>> eigvals(tensor([[2.0, 1.0], [0.5, 3.0]]))
    """
    return _linalg_eig(input, may_need_gradient(input))[0]
