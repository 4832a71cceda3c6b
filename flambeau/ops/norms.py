"""Lengths: the p-norms of vectors, distances, and keeping within a norm."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import namespace_of
from flambeau.core.dtype import as_numpy
from flambeau.core.promotion import promote_types
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.layout import row_by_row
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.conversion import cast, clone, contiguous
from flambeau.ops.dims import Dims, array_of, axis_of, dims_of
from flambeau.ops.exponential import pow
from flambeau.ops.flat import flat
from flambeau.ops.masking import choose, masked_fill, where
from flambeau.ops.reduction import kept_dims, sum
from flambeau.ops.refusals import COMPLEX, NOT_FLOAT
from flambeau.ops.rounding import abs, sgn

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _gradient(g: Tensor, input: Tensor, out: Tensor, p: float, dim: Dims, keepdim: bool) -> Tensor:
    """The gradient of a p-norm; zero where the norm is zero, a choice among its subgradients."""
    shape = tuple(input.shape)
    g, out = kept_dims(g, shape, dim, keepdim), kept_dims(out, shape, dim, keepdim)
    if p == 0:
        return flat(input)
    if p == 1:
        return sgn(input) * g
    if p == 2:
        return input * masked_fill(g / out, out == 0, 0)
    size = abs(input)
    if math.isinf(p):
        best = (size == out) | (size != size)
        return sgn(input) * best * (g / sum(best, dim, True))
    if p < 2:
        steep = masked_fill(pow(size, p - 1), input == 0, 0) * sgn(input)
        return steep * masked_fill(g * pow(out, 1 - p), out == 0, 0)
    return input * pow(size, p - 2) * masked_fill(g / pow(out, p - 1), out == 0, 0)


@op(layout=row_by_row, promote=SAME, complex_rules=True, grad={"input": lambda g, input, out, p, dim, keepdim:
                                            _gradient(g, input, out, p, dim, keepdim)},
    grad_name="LinalgVectorNormBackward0")
def p_norm(input: Tensor, p: float, dim: Dims, keepdim: bool) -> Tensor:
    """Return the `p`-th root of the sum of `p`-th powers of sizes; p of 0 counts, of infinity takes the largest.

    >>> p_norm(randn(2, 3), 2, (1,), False)
    >>> p_norm(randn(2, 3), 1, None, False)
    >>> p_norm(randn(2, 3), 3, 0, True)
    """
    xp, axis = namespace_of(input), axis_of(dim, input.ndim)
    if p and all(input.shape[d] == 1 for d in dims_of(dim, input.ndim)):
        p = 1  # the power and the root of one number are left out: neither may overflow
    if p == 2 and input.dtype.kind != "c":
        return xp.sqrt((input * input).sum(axis, keepdims=keepdim))
    size = xp.abs(input)
    if p == 0:
        return (size != 0).sum(axis, keepdims=keepdim).astype(size.dtype)
    if p == 1:
        return size.sum(axis, keepdims=keepdim)
    if math.isinf(p):
        return (size.max if p > 0 else size.min)(axis, keepdims=keepdim)
    total = (size ** size.dtype.type(p)).sum(axis, keepdims=keepdim)
    return total ** total.dtype.type(1 / p)


@composite
def vector_norm(input: Tensor, ord: float = 2, dim: Dims = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Return the norm of vectors, along `dim`, or of all elements as one: the `ord`-th root of the sum of `ord`-th powers.

    >>> vector_norm(randn(2, 3))
    >>> vector_norm(randn(2, 3), 0.5, dim=1)
    >>> vector_norm(randn(2, 3), -inf, (0, 1), keepdim=True)
    >>> vector_norm(randn(2, 3), 3, dtype=float64)
    """
    if isinstance(ord, str):
        raise TypeError("linalg_vector_norm(): argument 'ord' (position 2) must be Number, not str")
    have = array_of(input).dtype
    if have.kind in NOT_FLOAT:
        raise RuntimeError("linalg.vector_norm: Expected a floating point or complex tensor as input. Got "
                           f"{pytorch_name(have)}; convert it first")
    if dtype is not None:
        _refuse_narrowing(have, as_numpy(dtype))
        input = cast(input, as_numpy(dtype))
    folded = [input.shape[d] for d in dims_of(dim, input.ndim)]
    if (ord < 0 or math.isinf(ord)) and 0 in folded:
        which = "an empty tensor" if dim is None else f"the dimension {dim} because this dimension is empty"
        raise RuntimeError(f"linalg.vector_norm cannot compute the {ord} norm on {which} because the operation does not have "
                           "an identity")
    return p_norm(input, float(ord), dim, keepdim)


def _refuse_narrowing(have: Any, want: Any) -> None:
    if (have.kind == COMPLEX) != (want.kind == COMPLEX):
        raise RuntimeError(f"linalg.vector_norm: dtype should be {'complex' if have.kind == COMPLEX else 'real'} for "
                           f"{'complex' if have.kind == COMPLEX else 'real'} inputs, but got {pytorch_name(want)}")
    if promote_types(have, want) != want:
        raise RuntimeError(f"linalg.vector_norm: the dtype of the input ({pytorch_name(have)}) should be convertible without "
                           f"narrowing to the specified dtype ({pytorch_name(want)})")


@composite
def norm(input: Tensor, p: Any = "fro", dim: Dims = None, keepdim: bool = False, dtype: Any = None) -> Tensor:
    """Return the `p`-norm along `dim`, or of all elements; "fro" is 2, "nuc" the sum of singular values.

    >>> norm(randn(2, 3))
    >>> norm(randn(2, 3), 1, dim=1)
    >>> norm(randn(2, 3), inf, 0, keepdim=True)
    >>> norm(randn(2, 3), p=3)
    """
    dim = dim if dim is None or isinstance(dim, int) else tuple(dim)
    if isinstance(p, str):
        return _by_name(input, p, dim, keepdim, dtype)
    return vector_norm(input, 2.0 if p is None else p, dim, keepdim, dtype=dtype)


def _by_name(input: Tensor, p: str, dim: Dims, keepdim: bool, dtype: Any) -> Tensor:
    """Of a norm of matrices; "fro" is that of vectors too, over as many dims as there are."""
    from flambeau.ops.matrix_norms import matrix_norm

    if p == "fro" and (dim is None or isinstance(dim, int) or len(dim) <= 2):
        return norm(input, 2.0, dim, keepdim, dtype)
    both = tuple(range(input.ndim)) if dim is None else (dim,) if isinstance(dim, int) else dim
    return matrix_norm(input, p, both, keepdim, dtype=dtype)


@composite
def frobenius_norm(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """Return the root of the sum of squares, over `dim`.

    >>> frobenius_norm(randn(2, 3), (0, 1))
    """
    return vector_norm(input, 2, dim, keepdim)


@composite
def nuclear_norm(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Return the sum of singular values of matrices, along two dims.

    >>> nuclear_norm(randn(2, 3))
    """
    return _by_name(input, "nuc", (-2, -1) if dim is None else dim, keepdim, None)


def refuse_whole(values: Any, what: str) -> None:
    """Raise RuntimeError for whole numbers, which have no norm."""
    kind = array_of(values).dtype
    if kind.kind not in "fcV":
        raise RuntimeError(f"{what} Got {pytorch_name(kind)}")


@composite
def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """Return the `p`-norm of the difference.

    >>> dist(randn(2, 3), randn(3))
    >>> dist(randn(4), randn(4), 1)
    """
    gap = input - other
    refuse_whole(gap, "norm(): input dtype should be either floating point or complex.")
    return p_norm(gap, float(p), None, False)


def renorm_copy(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """Do as `renorm`, on a copy that an in-place write leaves as its gradient needs it."""
    return renorm(clone(input), p, dim, maxnorm)


@composite
def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """Shrink each slice along `dim` whose `p`-norm is larger than `maxnorm` to that norm.

    >>> renorm(randn(3, 4), 2, 0, 1.0)
    """
    if p <= 0:
        raise RuntimeError(f"renorm: non-positive-norm not supported: p={p}")
    if input.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.ndim} dimensions")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    refuse_whole(input, "renorm: Expected a floating point or complex tensor as input.")
    kept = dims_of(dim, input.ndim)[0]
    input, others = contiguous(input), tuple(d for d in range(input.ndim) if d != kept)
    too_long = p_norm(input, float(p), others, True) > maxnorm
    long = choose(too_long, input, 0.0)  # slices that stay as they are keep the NaN they hold out of the gradient of sizes
    return where(too_long, long * (maxnorm / (p_norm(long, float(p), others, True) + 1e-7)), input)
