"""The LDL decomposition of symmetric and Hermitian matrices, and equations solved with it."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import composite, named_result, op
from flambeau.ops.bunch_kaufman import factored, solved_pairs
from flambeau.ops.dims import array_of
from flambeau.ops.matrices import check_float, check_square, first_failure, which_of
from flambeau.ops.refusals import INTEGERS, no_derivative
from flambeau.ops.triangular import forward_substituted

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(outputs=("LD", "pivots", "info"), named=True, differentiable=1, grad={"A": no_derivative("linalg_ldl_factor_ex")})
def _linalg_ldl_factor_ex(A: Tensor, hermitian: bool) -> Any:
    check_float("torch.linalg.ldl_factor_ex", A, "ldl_factor_kernel_cpu")
    check_square("torch.linalg.ldl_factor_ex", A)
    return factored(A, hermitian)


def _refuse_zero_block(title: str, info: Array) -> None:
    if info.any():
        number, at = first_failure(info)
        raise RuntimeError(f"{title}: {which_of(info.shape, number)}D[{at},{at}] is zero, so the factors cannot solve "
                           "equations; linalg.ldl_factor_ex returns them all the same")


@composite
def ldl_factor_ex(input: Tensor, *, hermitian: bool = False, check_errors: bool = False) -> Any:
    """Factor matrices as `ldl_factor` does, and return beside the factors the place of the first zero of D; 0 if none."""
    result = _linalg_ldl_factor_ex(input, hermitian)
    if check_errors:
        _refuse_zero_block("torch.linalg.ldl_factor_ex", array_of(result.info))
    return result


_factors = named_result("linalg_ldl_factor", ("LD", "pivots"))


@composite
def ldl_factor(input: Tensor, *, hermitian: bool = False) -> Any:
    """Return L and D of symmetric, or Hermitian, matrices in one, and how rows were exchanged; the lower triangle is read.

    There is no gradient, here as in PyTorch.
    """
    result = _linalg_ldl_factor_ex(input, hermitian)
    _refuse_zero_block("torch.linalg.ldl_factor", array_of(result.info))
    return _factors(result[:2])


@op(grad={"LD": no_derivative("linalg_ldl_solve"), "B": no_derivative("linalg_ldl_solve")})
def _ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, hermitian: bool) -> Tensor:
    xp = namespace_of(LD)
    n, hermitian = LD.shape[-1], hermitian and LD.dtype.kind == "c"
    batch = xp.broadcast_shapes(LD.shape[:-2], B.shape[:-2])
    LD, pivots, B = (xp.broadcast_to(x, (*batch, *x.shape[-kept:])).reshape(-1, *x.shape[-kept:]) if n else x
                     for x, kept in ((LD, 2), (pivots, 1), (B, 2)))
    if not n or not B.size:
        return xp.zeros((*batch, n, B.shape[-1]), LD.dtype)
    lower, order = _in_order(xp, LD, pivots)
    each = xp.arange(len(LD))[:, None]
    Y = forward_substituted(xp, lower, B[each, order], True)
    Z = _blocks_solved(xp, LD, pivots, Y, hermitian)
    across = lower.swapaxes(-2, -1).conj() if hermitian else lower.swapaxes(-2, -1)
    X = xp.empty_like(Z)
    X[each, order] = forward_substituted(xp, across[:, ::-1, ::-1], Z[:, ::-1], True)[:, ::-1]
    return X.reshape(*batch, n, B.shape[-1])


def _starts(xp: Any, pivots: Array) -> Array:
    """Say at which rows a block of two starts: the first, the third … of those in a row with negative pivots."""
    pair = pivots < 0
    starts = xp.zeros_like(pair)
    for at in range(pivots.shape[-1] - 1):
        starts[:, at] = pair[:, at] & ~starts[:, at - 1] if at else pair[:, at]
    return starts


def _in_order(xp: Any, LD: Array, pivots: Array) -> tuple[Array, Array]:
    """Return L with each exchange made in the columns before it too, and the order that the exchanges put rows in."""
    count, n = pivots.shape
    starts, each = _starts(xp, pivots), xp.arange(count)
    lower, order = LD.copy(), xp.broadcast_to(xp.arange(n), (count, n)).copy()
    for at in range(n):
        ends = starts[:, at - 1] if at else xp.zeros(count, bool)
        one = at + starts[:, at]
        other = xp.where(ends, one, abs(pivots[:, at]) - 1)
        order[each, one], order[each, other] = order[each, other], order[each, one]
        lower[each, one, :at], lower[each, other, :at] = lower[each, other, :at], lower[each, one, :at]
    inside = xp.zeros_like(lower, dtype=bool)  # what belongs to D rather than to L
    inside[:, xp.arange(1, n), xp.arange(n - 1)] = starts[:, :-1]
    return xp.where(inside, lower.dtype.type(0), lower), order


def _blocks_solved(xp: Any, LD: Array, pivots: Array, Y: Array, hermitian: bool) -> Array:
    starts = _starts(xp, pivots)
    diagonal = LD.diagonal(0, -2, -1)[..., None]
    alone = ~starts
    alone[:, 1:] &= ~starts[:, :-1]
    Z = Y / xp.where(alone[..., None], diagonal, LD.dtype.type(1))
    which, at = starts.nonzero()
    between = LD[which, at + 1, at, None]
    Z[which, at], Z[which, at + 1] = solved_pairs(
        diagonal[which, at], diagonal[which, at + 1], between, between.conj() if hermitian else between, Y[which, at],
        Y[which, at + 1])
    return Z


@composite
def ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, *, hermitian: bool = False) -> Tensor:
    """Solve A X = B for the matrix that `ldl_factor` factored; there is no gradient."""
    title = "torch.linalg.ldl_solve"
    check_square(title, LD)
    if B.ndim < 2:
        raise IndexError(f"{title}: B must have at least 2 dimensions, but has {B.ndim}; unsqueeze(-1) a vector")
    if B.shape[-2] != LD.shape[-1]:
        raise RuntimeError(f"Incompatible matrix sizes for {title}: each A matrix is {LD.shape[-1]} by {LD.shape[-1]} but each "
                           f"b matrix is {B.shape[-2]} by {B.shape[-1]}")
    if tuple(pivots.shape) != tuple(LD.shape[:-1]):
        raise RuntimeError(f"{title}: Expected LD.shape[:-1] and pivots.shape to be the same, but got pivots with shape "
                           f"{list(pivots.shape)} instead")
    kinds = [array_of(x).dtype for x in (LD, pivots, B)]
    check_float(title, array_of(LD), "ldl_solve_kernel_cpu")
    if kinds[1].kind not in INTEGERS:
        raise RuntimeError(f"{title}: Expected pivots to be integers. Got {pytorch_name(kinds[1])}")
    if kinds[0] != kinds[2]:
        raise RuntimeError(f"Expected b and A to have the same dtype, but found b of type {pytorch_name(kinds[2])} and A of "
                           f"type {pytorch_name(kinds[0])} instead; convert one of them")
    return _ldl_solve(LD, pivots, B, hermitian)
