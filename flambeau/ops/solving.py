"""Linear equations with any square matrix, and its inverse."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.errors import LinAlgError
from flambeau.dispatch.op import composite, op
from flambeau.dispatch.views import on_its_own
from flambeau.ops.dims import array_of
from flambeau.ops.linalg import matmul
from flambeau.ops.matrices import check_float, check_same_dtype, check_square, first_failure, which_of
from flambeau.ops.pivoting import exchanged, factored
from flambeau.ops.shape import squeeze, unsqueeze
from flambeau.ops.triangular import forward_substituted, turned

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _gradients(g: Tensor, A: Tensor, result: Tensor, left: bool) -> Any:
    """A X = B gives dX = A⁻¹ (dB - dA X): solve once with the transposed matrix, for both."""
    to_b = _linalg_solve_ex(turned(A), g, left)[0]
    return (-matmul(to_b, turned(result)) if left else -matmul(turned(result), to_b)), to_b


@op(outputs=("result", "info"), named=True, differentiable=1, grad={("A", "B"): _gradients})
def _linalg_solve_ex(A: Tensor, B: Tensor, left: bool) -> Any:
    check_equation("linalg.solve", A, B, left)
    xp = namespace_of(A)
    if not left:
        A, B = A.swapaxes(-2, -1), B.swapaxes(-2, -1)
    batch = xp.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    A, B = (xp.broadcast_to(side, (*batch, *side.shape[-2:])) for side in (A, B))
    X, info = _solved(xp, A, B)
    return xp.ascontiguousarray(X if left else X.swapaxes(-2, -1)), info


def _solved(xp: Any, A: Array, B: Array) -> tuple[Array, Array]:
    """Solve with the array library's own solver, or, where a matrix is singular, one by elimination that says which is."""
    if A.size and B.size:
        try:
            X = xp.linalg.solve(A, B)
            if xp.isfinite(X).all():
                return X, xp.zeros(A.shape[:-2], "i4")
        except xp.linalg.LinAlgError:
            pass  # CuPy leaves infinities instead
    LU, pivots, info = factored(A, True)
    Y = forward_substituted(xp, LU, exchanged(B, pivots, False), True)
    return forward_substituted(xp, LU[..., ::-1, ::-1], Y[..., ::-1, :], False)[..., ::-1, :], info


def check_equation(title: str, A: Array, B: Array, left: bool) -> None:
    """Raise RuntimeError where A and B are no two sides of an equation."""
    check_float(title, A)
    check_square(title, A)
    check_same_dtype(title, A, B)
    if B.ndim < 2:
        raise RuntimeError(f"{title}: The input tensor B must have at least 2 dimensions; this one has {B.ndim}")
    if A.shape[-1] != B.shape[-2 if left else -1]:
        raise RuntimeError(f"{title}: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
                           f"({A.shape[-2]}x{A.shape[-1]} and {B.shape[-2]}x{B.shape[-1]})")


def _refuse_singular(title: str, info: Array) -> None:
    if info.any():
        number, at = first_failure(info)
        raise LinAlgError(f"{title}: {which_of(info.shape, number)}The solver failed because the input matrix is singular (its "
                          f"pivot {at} is zero); torch.linalg.lstsq and torch.linalg.pinv take such matrices")


@composite
def solve_ex(A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False) -> Any:
    """Solve as `solve` does, and return beside the result which pivot was zero; 0 where the matrix is not singular.

    >>> solve_ex(randn(3, 3), randn(3, 2))
    """
    result = _with_vectors(A, B, left)
    if check_errors:
        _refuse_singular("linalg.solve_ex", array_of(result.info))
    return result


@composite
def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """Return the X of A X = B, or of X A = B with `left=False`; B may be a vector for each matrix.

    >>> solve(randn(3, 3), randn(3, 2))
    >>> solve(randn(3, 3), randn(3))
    >>> solve(randn(2, 3, 3), randn(2, 3))
    >>> solve(randn(2, 1, 3, 3), randn(4, 3, 2))
    >>> solve(randn(3, 3), randn(2, 3), left=False)
    """
    result, info = _with_vectors(A, B, left)
    _refuse_singular("torch.linalg.solve", array_of(info))
    return result


def _with_vectors(A: Tensor, B: Tensor, left: bool) -> Any:
    """Solve where B may be one vector for each matrix."""
    if B.ndim == 1 or A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1]):
        solution = _linalg_solve_ex(A, unsqueeze(B, -1), left)
        return solution._replace(result=on_its_own(squeeze(solution.result, -1)))
    return _linalg_solve_ex(A, B, left)


def _inverse_gradient(g: Tensor, inverse: Tensor) -> Tensor:
    """A⁻¹ A = 1 gives dA⁻¹ = -A⁻¹ dA A⁻¹."""
    across = turned(inverse)
    return -matmul(across, matmul(g, across))


@op(outputs=("inverse", "info"), named=True, differentiable=1, grad={"A": _inverse_gradient})
def _linalg_inv_ex(A: Tensor) -> Any:
    check_float("linalg.inv", A)
    check_square("linalg.inv", A)
    xp = namespace_of(A)
    return _solved(xp, A, xp.broadcast_to(xp.eye(A.shape[-1], dtype=A.dtype), A.shape))


@composite
def inv_ex(A: Tensor, *, check_errors: bool = False) -> Any:
    """Invert as `inv` does, and return beside the result which pivot was zero; 0 where the matrix is not singular.

    >>> inv_ex(randn(2, 3, 3))
    """
    result = _linalg_inv_ex(A)
    if check_errors:
        _refuse_no_inverse("linalg.inv_ex", array_of(result.info))
    return result


@composite
def inv(A: Tensor) -> Tensor:
    """Return the matrix whose product with A is the identity.

    >>> inv(randn(3, 3))
    >>> inv(randn(2, 2, 3, 3))
    """
    inverse, info = _linalg_inv_ex(A)
    _refuse_no_inverse("linalg.inv", array_of(info))
    return inverse


def _refuse_no_inverse(title: str, info: Array) -> None:
    if info.any():
        number, at = first_failure(info)
        raise LinAlgError(f"{title}: {which_of(info.shape, number)}The diagonal element {at} is zero, the inversion could not "
                          "be completed because the input matrix is singular; torch.linalg.pinv takes such matrices")


@composite
def inverse(input: Tensor) -> Tensor:
    """Return the matrix whose product with `input` is the identity.

    >>> inverse(randn(2, 3, 3))
    """
    return inv(input)
