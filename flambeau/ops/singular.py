"""The singular value decomposition: a matrix as U diag(S) Vᴴ."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.errors import LinAlgError
from flambeau.dispatch.op import composite, op
from flambeau.ops.dims import is_complex
from flambeau.ops.gauges import gaps, identity, may_need_gradient, refuse_turning
from flambeau.ops.linalg import matmul
from flambeau.ops.matrices import check_float, check_matrices, which_of
from flambeau.ops.parts import narrow
from flambeau.ops.permutation import adjoint
from flambeau.ops.shape import unsqueeze
from flambeau.ops.strides import diag_embed, diagonal

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

_ILL_DEFINED = ("svd_backward: The singular vectors in the complex case are specified up to multiplication by e^{i phi}. The "
                "specified loss function depends on this phase term")


def _gradient(g_U: Any, g_S: Any, g_Vh: Any, U: Tensor, S: Tensor, Vh: Tensor) -> Tensor:
    """Seeger et al., "Auto-differentiating linear algebra", 2017, and for complex numbers Wan & Zhang, 2019.

    What is asked of vectors beyond the first min(m, n) has no derivative: any basis of their space would do.
    """
    k = S.shape[-1]
    U, Vh = narrow(U, -1, 0, k), narrow(Vh, -2, 0, k)
    if g_U is None and g_Vh is None:
        return matmul(U * unsqueeze(g_S, -2), Vh)
    g_U = None if g_U is None else narrow(g_U, -1, 0, k)
    g_Vh = None if g_Vh is None else narrow(g_Vh, -2, 0, k)
    total = matmul(U, matmul(_between(g_U, g_S, g_Vh, U, S, Vh), Vh))
    if g_U is not None and U.shape[-2] > k:
        outside = g_U - matmul(U, matmul(adjoint(U), g_U))
        total = total + matmul(outside / unsqueeze(S, -2), Vh)
    if g_Vh is not None and Vh.shape[-1] > k:
        outside = g_Vh - matmul(matmul(g_Vh, adjoint(Vh)), Vh)
        total = total + matmul(U, outside / unsqueeze(S, -1))
    return total


def _between(g_U: Any, g_S: Any, g_Vh: Any, U: Tensor, S: Tensor, Vh: Tensor) -> Any:
    """Return the gradient of Uᴴ A V."""
    left: Any = 0 if g_U is None else matmul(adjoint(U), g_U)
    right: Any = 0 if g_Vh is None else matmul(Vh, adjoint(g_Vh))
    refuse_turning(_ILL_DEFINED, left + right)
    turn_u = left if g_U is None else left - adjoint(left)
    turn_v = right if g_Vh is None else right - adjoint(right)
    inner = (turn_u * unsqueeze(S, -2) + turn_v * unsqueeze(S, -1)) / gaps(S * S) * (1 - identity(S))
    if g_S is not None:
        inner = inner + diag_embed(g_S)
    if g_U is not None and is_complex(U):
        inner = inner + diag_embed(diagonal(turn_u, 0, -2, -1) / (2 * S))
    return inner


@op(complex_rules=True, outputs=("U", "S", "Vh"), named=True, partial=True, grad={"A": _gradient})
def _linalg_svd(A: Tensor, full_matrices: bool, vectors: bool) -> Any:
    check_float("linalg.svd", A, "linalg_svd_cpu")
    check_matrices("linalg.svd", A)
    return decomposed(A, full_matrices) if vectors else (None, decomposed(A, False, False), None)


def decomposed(A: Array, full_matrices: bool = False, vectors: bool = True) -> Any:
    """Return U, S and Vᴴ, or S alone; with PyTorch's error for matrices that have none."""
    xp = namespace_of(A)
    invalid = ~xp.isfinite(A).all((-2, -1))
    if invalid.any():
        number = int(invalid.ravel().nonzero()[0][0])
        raise LinAlgError(f"linalg.svd: {which_of(A.shape[:-2], number)}The algorithm failed to converge because the input "
                          "matrix contained non-finite values.")
    try:
        result = xp.linalg.svd(A, full_matrices=full_matrices, compute_uv=vectors)
    except xp.linalg.LinAlgError:
        raise LinAlgError("linalg.svd: The algorithm failed to converge because the input matrix is ill-conditioned or has "
                          "too many repeated singular values") from None
    return tuple(result) if vectors else result


def _check_driver(A: Any, driver: str | None) -> None:
    if driver is not None and A.device.type == "cpu":
        raise RuntimeError("torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER "
                           "backend; leave it out")


@composite
def svd(A: Tensor, full_matrices: bool = True, *, driver: str | None = None) -> Any:
    """Return U, the singular values S in descending order, and Vᴴ; square U and Vᴴ, or of min(m, n) vectors.

    The sign of each pair of vectors is whatever LAPACK makes it. `driver` names a routine of CUDA's; here there is one way.
    """
    _check_driver(A, driver)
    return _linalg_svd(A, full_matrices, True)


@composite
def svdvals(A: Tensor, *, driver: str | None = None) -> Tensor:
    """Return the singular values in descending order.

    >>> svdvals(tensor([[2.0, 1.0], [0.5, 3.0]]))
    >>> svdvals(randn(2, 3, 4))
    """
    _check_driver(A, driver)
    return _linalg_svd(A, False, may_need_gradient(A))[1]
