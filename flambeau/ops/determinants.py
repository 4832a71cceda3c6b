"""Determinants, and what is made of their signs and logarithms."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import composite, op
from flambeau.ops.complex_numbers import conj, imag
from flambeau.ops.dims import is_complex
from flambeau.ops.exponential import log
from flambeau.ops.flat import flat
from flambeau.ops.linalg import matmul
from flambeau.ops.masking import where
from flambeau.ops.matrices import check_float, check_square
from flambeau.ops.permutation import adjoint
from flambeau.ops.pointwise import mul, sub
from flambeau.ops.reduction import sum
from flambeau.ops.shape import unsqueeze
from flambeau.ops.solving import inv_ex
from flambeau.ops.triangular import turned

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _spread(numbers: Tensor) -> Tensor:
    """Let one number for each matrix meet all of its elements."""
    return unsqueeze(unsqueeze(numbers, -1), -1)


@op(grad={"A": lambda g, A: mul(_spread(g), cofactors(A))})
def det(A: Tensor) -> Tensor:
    """Return the determinant of square matrices.

    >>> det(randn(3, 3))
    >>> det(randn(2, 2, 2))
    >>> det(tensor([[1.0, 2.0], [3.0, 4.0]]))
    """
    check_float("linalg.det", A, "lu_cpu")
    check_square("linalg.det", A)
    return _det(A)


def _det(A: Array) -> Array:
    xp = namespace_of(A)
    return xp.linalg.det(A) if A.size else xp.ones(A.shape[:-2], A.dtype)


def _cofactor_gradient(g: Tensor, A: Tensor, out: Tensor) -> Tensor:
    """With N = A⁻ᵀ the cofactors are C = det(A) N, so dC = <N, dA> C - C dAᵀ N."""
    across = turned(inv_ex(A)[0])
    return sub(mul(_spread(sum(mul(g, across), (-2, -1))), out), matmul(across, matmul(turned(g), out)))


@op(grad={"A": _cofactor_gradient})
def cofactors(A: Tensor) -> Tensor:
    """Return the derivative of the determinant by each element, which a singular matrix has too.

    >>> cofactors(randn(3, 3))
    """
    xp = namespace_of(A)
    if not A.size:
        return A.copy()
    try:
        found = _det(A)[..., None, None] * xp.linalg.inv(A).swapaxes(-2, -1)
        if xp.isfinite(found).all():
            return found
    except xp.linalg.LinAlgError:
        pass  # CuPy leaves infinities instead
    return _singular_cofactors(xp, A)


def _singular_cofactors(xp: Any, A: Array) -> Array:
    """Those of A = U S V are the cofactors of U, S and V multiplied; one of S is the product of the other singular values."""
    U, S, V = xp.linalg.svd(A)
    n = S.shape[-1]
    others = xp.where(xp.eye(n, dtype=bool), S.dtype.type(1), S[..., None, :]).prod(-1)
    turns = _det(U) * _det(V)
    return turns[..., None, None] * ((U * others[..., None, :]) @ V).conj()


def _logarithm_gradient(g_sign: Any, g_logabsdet: Any, A: Tensor, sign: Tensor) -> Tensor:
    """The logarithm of a determinant changes by <A⁻ᵀ, dA>; its real part is logabsdet, its imaginary part the angle of sign."""
    across = adjoint(inv_ex(A)[0])
    if not is_complex(A):
        return flat(across) if g_logabsdet is None else mul(_spread(g_logabsdet), across)
    slope: Any = 0 if g_logabsdet is None else g_logabsdet
    if g_sign is not None:
        slope = slope - imag(conj(g_sign) * sign) * 1j
    return mul(_spread(slope), across)


@op(complex_rules=True, outputs=("sign", "logabsdet"), named=True, partial=True, grad={"A": _logarithm_gradient})
def _linalg_slogdet(A: Tensor) -> Any:
    check_float("linalg.slogdet", A)
    check_square("linalg.slogdet", A)
    xp = namespace_of(A)
    if not A.size:
        return xp.ones(A.shape[:-2], A.dtype), xp.zeros(A.shape[:-2], A.real.dtype)
    return tuple(xp.linalg.slogdet(A))


@composite
def slogdet(A: Tensor) -> Any:
    """Return the sign of determinants, and the logarithm of their size, which does not overflow as they do.

    >>> slogdet(randn(3, 3))
    >>> slogdet(randn(2, 3, 3))
    """
    return _linalg_slogdet(A)


@composite
def logdet(input: Tensor) -> Tensor:
    """Return the logarithm of determinants: NaN for a negative one, minus infinity for 0.

    >>> logdet(tensor([[2.0, 1.0], [1.0, 3.0]]))
    >>> logdet(tensor([[0.0, 1.0], [1.0, 0.0]]))
    """
    check_square("logdet", input)
    sign, size = _linalg_slogdet(input)
    if is_complex(input):
        return size + log(sign)
    return where(sign == -1, float("nan"), size)
