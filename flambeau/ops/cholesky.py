"""Cholesky's decomposition: a positive-definite matrix as the product of a triangular one with its adjoint."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.errors import LinAlgError
from flambeau.dispatch.op import composite, op
from flambeau.ops.linalg import matmul
from flambeau.ops.matrices import check_float, check_same_dtype, check_square
from flambeau.ops.permutation import adjoint
from flambeau.ops.pointwise import add, mul
from flambeau.ops.refusals import NOT_FLOAT, refuse
from flambeau.ops.triangles import tril
from flambeau.ops.triangular import solve_triangular

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _factor_gradient(g: Tensor, L: Tensor) -> Tensor:
    """Iain Murray, "Differentiation of the Cholesky decomposition", 2016, equation 10."""
    inner = tril(matmul(adjoint(L), g))
    inner = mul(add(inner, adjoint(tril(inner, -1))), 0.5)
    return solve_triangular(adjoint(L), solve_triangular(L, inner, upper=False, left=False), upper=True)


@op(complex_rules=True, outputs=("L", "info"), named=True, differentiable=1, grad={
    "input": lambda g, L: _factor_gradient(g, L),
})
def _linalg_cholesky_ex(input: Tensor, check_errors: bool) -> Any:
    check_float("linalg.cholesky", input, "cholesky_cpu")
    check_square("linalg.cholesky", input)
    xp = namespace_of(input)
    info = xp.zeros(input.shape[:-2], "i4")
    factors = _factors(xp, input)
    if factors is None or xp.isnan(factors).any():
        factors, info = _one_by_one(xp, input)
    if check_errors and info.any():
        raise _no_factor(info)
    return factors, info


def _no_factor(info: Array) -> LinAlgError:
    number = int(info.ravel().nonzero()[0][0])
    which = f"(Batch element {number}): " if info.ndim else ""
    return LinAlgError(f"linalg.cholesky: {which}The factorization could not be completed because the input is not "
                       f"positive-definite (the leading minor of order {int(info.ravel()[number])} is not "
                       "positive-definite); make it symmetric, or add a small multiple of eye(n)")


def _factors(xp: Any, matrices: Array) -> Array | None:
    """Return the factors, or None where a matrix has none. CuPy leaves NaN in it instead."""
    try:
        return xp.linalg.cholesky(matrices)
    except xp.linalg.LinAlgError:
        return None


def _one_by_one(xp: Any, matrices: Array) -> tuple[Array, Array]:
    """Factor each matrix as far as it goes, and say where each one stopped: at its `info`-th leading minor."""
    factors, info = xp.zeros_like(matrices), xp.zeros(matrices.shape[:-2], "i4")
    for place in xp.ndindex(*matrices.shape[:-2]):
        matrix, size = matrices[place], matrices.shape[-1]
        while (found := _factors(xp, matrix[:size, :size])) is None or xp.isnan(found).any():
            size -= 1
        factors[place][:size, :size] = found
        info[place] = size + 1 if size < matrices.shape[-1] else 0
    return factors, info


@composite
def cholesky_ex(input: Tensor, *, upper: bool = False, check_errors: bool = False) -> Any:
    """Factor matrices as `cholesky` does, and return beside the factors where each factorization stopped; 0 if nowhere.

    >>> cholesky_ex(tensor([[4.0, 2.0], [2.0, 3.0]]))
    """
    result = _linalg_cholesky_ex(input, check_errors)
    return result._replace(L=adjoint(result.L)) if upper else result


@composite
def cholesky(input: Tensor, upper: bool = False) -> Tensor:
    """Return the lower triangular L with L Lᴴ = input, or its adjoint with `upper`; only the lower triangle is read.

    >>> cholesky(tensor([[4.0, 2.0], [2.0, 3.0]]))
    >>> cholesky(tensor([[[4.0, 2.0], [2.0, 3.0]], [[1.0, 0.5], [0.5, 2.0]]]), upper=True)
    """
    return cholesky_ex(input, upper=upper, check_errors=True)[0]


def _solution_gradients(g: Tensor, input2: Tensor, upper: bool, out: Tensor) -> Any:
    """A X = B gives dB = A⁻¹ dX and dA = -dB Xᴴ; what L does not use of itself has PyTorch's gradient, not 0."""
    to_b = cholesky_solve(g, input2, upper)
    return to_b, _through_product(matmul(to_b, adjoint(out)), input2, upper)


def _through_product(to_minus_a: Tensor, L: Tensor, upper: bool) -> Tensor:
    """From the gradient of -L Lᴴ, or of -Lᴴ L, to that of L."""
    both = -add(to_minus_a, adjoint(to_minus_a))
    return matmul(L, both) if upper else matmul(both, L)


@op(complex_rules=True, grad={("input", "input2"): _solution_gradients})
def cholesky_solve(input: Tensor, input2: Tensor, upper: bool = False) -> Tensor:
    """Solve A X = `input` for the matrix A whose Cholesky factor `input2` is.

    >>> cholesky_solve(randn(3, 2), randn(3, 3))  # by convention
    >>> cholesky_solve(randn(3, 2), randn(2, 3, 3), upper=True)  # by convention
    """
    _check_sides(input, input2)
    lower, above = (adjoint(input2), input2) if upper else (input2, adjoint(input2))
    return solve_triangular(above, solve_triangular(lower, input, upper=False), upper=True)


def _check_sides(input: Array, input2: Array) -> None:
    for name, side in (("b", input), ("u", input2)):
        if side.ndim < 2:
            raise RuntimeError(f"{name} should have at least 2 dimensions, but has {side.ndim} dimensions instead")
    check_square("cholesky_solve", input2)
    refuse(NOT_FLOAT, "cholesky_solve_cpu", input, input2)
    if input.shape[-2] != input2.shape[-1]:
        raise RuntimeError(f"Incompatible matrix sizes for cholesky_solve: each A matrix is {input2.shape[-1]} by "
                           f"{input2.shape[-1]} but each b matrix is {input.shape[-2]} by {input.shape[-1]}")
    check_same_dtype("cholesky_solve", input2, input)


def _inverse_gradient(g: Tensor, L: Tensor, upper: bool, out: Tensor) -> Tensor:
    return _through_product(matmul(matmul(out, g), out), L, upper)


@op(complex_rules=True, grad={"input": lambda g, input, upper, out: _inverse_gradient(g, input, upper, out)})
def cholesky_inverse(input: Tensor, upper: bool = False) -> Tensor:
    """Invert the matrix whose Cholesky factor `input` is.

    >>> cholesky_inverse(randn(3, 3))  # by convention
    >>> cholesky_inverse(randn(2, 3, 3), upper=True)  # by convention
    """
    check_square("cholesky_inverse", input)
    refuse(NOT_FLOAT, "cholesky_inverse_out_cpu", input)
    return cholesky_solve(namespace_of(input).eye(input.shape[-1], dtype=input.dtype), input, upper)
