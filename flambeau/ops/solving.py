"""Linear equations with any square matrix."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.errors import LinAlgError
from flambeau.dispatch.op import composite, op
from flambeau.ops.linalg import matmul
from flambeau.ops.refusals import NOT_FLOAT, refuse
from flambeau.ops.shape import squeeze, unsqueeze
from flambeau.ops.triangular import turned

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _gradients(g: Tensor, A: Tensor, out: Tensor, left: bool) -> Any:
    """A X = B gives dX = A⁻¹ (dB - dA X): solve once with the transposed matrix, for both."""
    to_b = _solve(turned(A), g, left)
    return (-matmul(to_b, turned(out)) if left else -matmul(turned(out), to_b)), to_b


@op(grad={("A", "B"): _gradients})
def _solve(A: Tensor, B: Tensor, left: bool) -> Tensor:
    refuse(NOT_FLOAT, "linalg_solve", A, B)
    _check(A, B, left)
    xp = namespace_of(A)
    if not left:
        A, B = A.swapaxes(-2, -1), B.swapaxes(-2, -1)
    batch = xp.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    try:
        X = xp.linalg.solve(A, xp.broadcast_to(B, (*batch, *B.shape[-2:])))
    except xp.linalg.LinAlgError:
        raise LinAlgError("torch.linalg.solve: The solver failed because the input matrix is singular.") from None
    return xp.ascontiguousarray(X if left else X.swapaxes(-2, -1))


def _check(A: Array, B: Array, left: bool) -> None:
    if A.ndim < 2 or A.shape[-1] != A.shape[-2]:
        raise RuntimeError(f"linalg.solve: A must be batches of square matrices, but they are of shape {list(A.shape)}")
    if A.dtype != B.dtype:
        raise RuntimeError(f"linalg.solve: Expected A and B to have the same dtype, but found A of type {A.dtype} and B of "
                           f"type {B.dtype} instead; convert one of them")
    if A.shape[-1] != B.shape[-2 if left else -1]:
        raise RuntimeError(f"linalg.solve: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
                           f"({A.shape[-2]}x{A.shape[-1]} and {B.shape[-2]}x{B.shape[-1]})")


@composite
def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """Return the X of A X = B, or of X A = B with `left=False`; B may be a vector for each matrix.

    >>> solve(randn(3, 3), randn(3, 2))
    >>> solve(randn(3, 3), randn(3))
    >>> solve(randn(2, 3, 3), randn(2, 3))
    >>> solve(randn(2, 1, 3, 3), randn(4, 3, 2))
    >>> solve(randn(3, 3), randn(2, 3), left=False)
    """
    if B.ndim == 1 or A.ndim - 1 == B.ndim and tuple(B.shape) == tuple(A.shape[:-1]):
        column = -1 if left else -2
        return squeeze(_solve(A, unsqueeze(B, column), left), column)
    return _solve(A, B, left)
