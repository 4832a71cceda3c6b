"""Linear equations with a triangular matrix."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import op
from flambeau.ops.linalg import matmul
from flambeau.ops.permutation import _transpose
from flambeau.ops.refusals import NOT_FLOAT, refuse, refuse_half
from flambeau.ops.triangles import tril, triu

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def turned(matrices: Tensor) -> Tensor:
    """Exchange the last two dims."""
    return _transpose(matrices, -2, -1)


def _equation_gradients(g: Tensor, input: Tensor, out: Tensor, upper: bool, left: bool, unitriangular: bool) -> Any:
    """A X = B gives dX = A⁻¹ (dB - dA X): solve once with the transposed matrix, for both."""
    to_b = solve_triangular(turned(input), g, upper=not upper, left=left, unitriangular=unitriangular)
    to_a = -matmul(to_b, turned(out)) if left else -matmul(turned(out), to_b)
    beside = int(unitriangular)  # a diagonal that is taken to be ones has no gradient
    return triu(to_a, beside) if upper else tril(to_a, -beside), to_b


@op(grad={("input", "B"): _equation_gradients})
def solve_triangular(input: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:
    """Solve A X = B, or X A = B with `left=False`, for triangular matrices A (`input`); the other triangle is not looked at.

    >>> solve_triangular(randn(3, 3), randn(3, 2), upper=False)
    >>> solve_triangular(randn(3, 3), randn(3, 2), upper=True)
    >>> solve_triangular(randn(3, 3), randn(2, 3), upper=True, left=False)
    >>> solve_triangular(randn(2, 1, 3, 3), randn(4, 3, 2), upper=False, unitriangular=True)
    """
    refuse(NOT_FLOAT, "triangular_solve_cpu", input, B)
    refuse_half("triangular_solve_cpu", input)
    A, B = input, B.astype(input.dtype, copy=False)
    _check_equation(A, B, left)
    xp = namespace_of(A)
    if not left:
        A, B, upper = A.swapaxes(-2, -1), B.swapaxes(-2, -1), not upper
    if upper:  # read backwards, it is a lower one
        A, B = A[..., ::-1, ::-1], B[..., ::-1, :]
    batch = xp.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    X = forward_substituted(xp, A, xp.broadcast_to(B, (*batch, *B.shape[-2:])), unitriangular)
    if upper:
        X = X[..., ::-1, :]
    return xp.ascontiguousarray(X if left else X.swapaxes(-2, -1))


def _check_equation(A: Array, B: Array, left: bool) -> None:
    if A.ndim < 2 or B.ndim < 2 or A.shape[-1] != A.shape[-2]:
        raise RuntimeError("linalg.solve_triangular: A must be batches of square matrices and B of matrices, but got "
                           f"{list(A.shape)} and {list(B.shape)}")
    if A.shape[-1] != B.shape[-2 if left else -1]:
        raise RuntimeError(f"linalg.solve_triangular: Incompatible shapes of A and B for the equation "
                           f"{'AX = B' if left else 'XA = B'} ({A.shape[-2]}x{A.shape[-1]} and "
                           f"{B.shape[-2]}x{B.shape[-1]})")


def forward_substituted(xp: Any, A: Array, B: Array, unitriangular: bool) -> Array:
    """Solve the upper half, take what it contributes out of the lower half, and solve that: nearly all is products."""
    n = A.shape[-1]
    if n <= 1:
        return B.copy() if unitriangular or not n else B / A
    half = n // 2
    top = forward_substituted(xp, A[..., :half, :half], B[..., :half, :], unitriangular)
    rest = B[..., half:, :] - A[..., half:, :half] @ top
    return xp.concatenate([top, forward_substituted(xp, A[..., half:, half:], rest, unitriangular)], axis=-2)
