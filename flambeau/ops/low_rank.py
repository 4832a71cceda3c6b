"""The largest singular values and vectors of a matrix, from what it makes of a few random vectors."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.ops.dims import array_of
from flambeau.ops.linalg import matmul
from flambeau.ops.permutation import adjoint
from flambeau.ops.pointwise import sub
from flambeau.ops.qr import qr
from flambeau.ops.random import randn
from flambeau.ops.reduction import mean
from flambeau.ops.shape import expand
from flambeau.ops.singular import svd

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Decomposition = tuple["Tensor", "Tensor", "Tensor"]


def svd_lowrank(A: Tensor, q: int = 6, niter: int = 2, M: Tensor | None = None) -> Decomposition:
    """Return U, S and V of a matrix near A (less M, if given) of rank `q`.

    Halko, Martinsson & Tropp, "Finding structure with randomness", 2009, algorithms 4.4 and 5.1.
    """
    if M is not None:
        A = sub(A, expand(M, tuple(A.shape)))
    rows, columns = A.shape[-2:]
    if rows < columns:
        V, S, U = _lowrank(adjoint(A), q, niter)
        return U, S, V
    return _lowrank(A, q, niter)


def _lowrank(A: Tensor, q: int, niter: int) -> Decomposition:
    basis = _spanned(A, q, niter)
    U, S, Vh = svd(matmul(adjoint(basis), A), full_matrices=False)
    return matmul(basis, U), S, adjoint(Vh)


def _spanned(A: Tensor, q: int, niter: int) -> Any:
    """Return an orthonormal basis that nearly spans what A maps to; each turn makes the larger values stand out more."""
    across = adjoint(A)
    drawn = randn(A.shape[-1], q, dtype=A.dtype, device=A.device)
    basis = qr(matmul(A, drawn)).Q
    for _ in range(niter):
        basis = qr(matmul(A, qr(matmul(across, basis)).Q)).Q
    return basis


def pca_lowrank(A: Tensor, q: int | None = None, center: bool = True, niter: int = 2) -> Decomposition:
    """Return U, S and V of the `q` principal components of the rows of A, whose mean is taken out first if `center`."""
    rows, columns = A.shape[-2:]
    count = min(6, rows, columns) if q is None else q
    if not 0 <= count <= min(rows, columns):
        raise ValueError(f"q(={count}) must be non-negative integer and not greater than min(m, n)={min(rows, columns)}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    if array_of(A).dtype.kind in "biu":
        raise RuntimeError("mean(): could not infer output dtype. Input dtype must be either a floating point or complex "
                           f"dtype. Got: {A.dtype}")
    return svd_lowrank(sub(A, mean(A, -2, True)) if center else A, count, niter)
