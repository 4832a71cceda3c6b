"""Inverses of matrices that have none, and how many dimensions a matrix spans."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import HALVES
from flambeau.core.promotion import INT64
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import composite, op
from flambeau.ops.dims import array_of
from flambeau.ops.linalg import matmul
from flambeau.ops.matrices import check_square
from flambeau.ops.permutation import adjoint
from flambeau.ops.refusals import NOT_FLOAT
from flambeau.ops.singular import decomposed
from flambeau.ops.tolerances import cutoff

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Tolerance = Any  # a number, a tensor with one for each matrix, or None


def pseudoinverse_gradient(g: Tensor, A: Tensor, P: Tensor) -> Tensor:
    """Golub & Pereyra, "The differentiation of pseudo-inverses", 1973: for matrices that keep their rank,

    dP = -P dA P + P Pᴴ dAᴴ (1 - A P) + (1 - P A) dAᴴ Pᴴ P.
    """
    across = adjoint(P)
    back = adjoint(g)
    rows, columns = matmul(matmul(back, P), across), matmul(matmul(across, P), back)
    return (rows - matmul(A, matmul(P, rows)) + columns - matmul(matmul(columns, P), A)
            - matmul(across, matmul(g, across)))


@op(complex_rules=True, grad={"A": lambda g, A, out: pseudoinverse_gradient(g, A, out)}, grad_name="LinalgPinvBackward0")
def _pinv(A: Tensor, atol: Tensor | float | None, rtol: Tensor | float | None, hermitian: bool) -> Tensor:
    xp = namespace_of(A)
    if not A.size:
        return xp.zeros((*A.shape[:-2], A.shape[-1], A.shape[-2]), A.dtype)
    left, values, right = _spectrum(xp, A) if hermitian else decomposed(A)
    sizes = abs(values)
    kept = sizes > cutoff("torch.linalg.pinv", sizes, A.shape[-2:], atol, rtol)
    inverses = xp.where(kept, 1 / xp.where(kept, values, values.dtype.type(1)), values.dtype.type(0))
    return (right.swapaxes(-2, -1).conj() * inverses[..., None, :]) @ left.swapaxes(-2, -1).conj()


def _spectrum(xp: Any, A: Array) -> tuple[Array, Array, Array]:
    check_square("linalg.eigh", A)
    values, vectors = xp.linalg.eigh(A)
    return vectors, values, vectors.swapaxes(-2, -1).conj()


@composite
def pinv(input: Tensor, rcond: Tolerance = None, hermitian: bool = False, *, atol: Tolerance = None,
         rtol: Tolerance = None) -> Tensor:
    """Return the pseudoinverse: singular values not above the tolerance count as zero. `rcond` is an older name of `rtol`.

    >>> pinv(randn(3, 2))
    >>> pinv(randn(2, 2, 3), atol=0.001, rtol=0.002)
    >>> pinv(randn(3, 3), 1e-3)
    >>> pinv(tensor([[2.0, 1.0], [1.0, 0.5]]), hermitian=True)
    """
    dtype = array_of(input).dtype
    if input.ndim < 2 or dtype.kind in NOT_FLOAT or dtype in HALVES:
        raise RuntimeError(f"linalg.pinv({pytorch_name(dtype)}{{{list(input.shape)}}}): expected a tensor with 2 or more "
                           "dimensions of float, double, cfloat or cdouble types")
    return _pinv(input, atol, rtol if rcond is None else rcond, hermitian)


@op()
def _rank(A: Tensor, atol: Tensor | float | None, rtol: Tensor | float | None, hermitian: bool) -> Tensor:
    xp = namespace_of(A)
    if hermitian:
        check_square("linalg.eigh", A)
    if not A.size:
        return xp.zeros(A.shape[:-2], INT64)
    values = abs(xp.linalg.eigvalsh(A)) if hermitian else decomposed(A, vectors=False)
    return (values > cutoff("torch.linalg.matrix_rank", values, A.shape[-2:], atol, rtol)).sum(-1, INT64)


@composite
def matrix_rank(input: Tensor, tol: Tolerance = None, hermitian: bool = False, *, atol: Tolerance = None,
                rtol: Tolerance = None) -> Tensor:
    """Count the singular values above the tolerance. `tol` alone is an older name of `atol`.

    >>> matrix_rank(randn(3, 4))
    >>> matrix_rank(tensor([[1.0, 2.0], [2.0, 4.0]]))
    >>> matrix_rank(tensor([[2.0, 0.0], [0.0, 0.1]]), 0.5, hermitian=True)
    >>> matrix_rank(tensor([[2.0, 0.0], [0.0, 0.1]]), atol=0.0, rtol=0.5)
    """
    if array_of(input).dtype.kind in NOT_FLOAT or array_of(input).dtype in HALVES:
        raise RuntimeError(f"This function doesn't handle types other than float and double, but got {input.dtype}")
    if input.ndim < 2:
        raise RuntimeError("torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.")
    return _rank(input, atol, rtol, hermitian) if tol is None else _rank(input, tol, 0.0, hermitian)
