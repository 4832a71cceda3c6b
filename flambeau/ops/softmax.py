"""Scores turned into shares that add up to one."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import as_numpy
from flambeau.dispatch.layout import row_by_row
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.addressing import from_start
from flambeau.ops.conversion import cast
from flambeau.ops.exponential import exp
from flambeau.ops.reduction import sum
from flambeau.ops.refusals import COMPLEX, NOT_FLOAT, refuse
from flambeau.ops.sums import products, total

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(layout=row_by_row, promote=SAME, grad_name="SoftmaxBackward0", grad={
    "input": lambda g, out, dim: softmax_backward(g, out, dim)})
def _softmax(input: Tensor, dim: int | None) -> Tensor:
    refuse(NOT_FLOAT + COMPLEX, "softmax_lastdim_kernel_impl", input)
    xp = namespace_of(input)
    weights = below_highest(xp, input, dim)
    xp.exp(weights, out=weights)
    weights /= total(xp, weights, _axes(dim))
    return weights


def _axes(dim: int | None) -> tuple[int, ...]:
    return () if dim is None else (dim,)


def below_highest(xp: Any, scores: Array, dim: int | None) -> Array:
    """The scores less the highest along `dim`: exp of a large score would overflow."""
    if not scores.size:
        return scores.copy()
    return xp.asarray(scores - scores.max(dim, keepdims=True))


@op(promote=SAME, grad={
    "grad": lambda g, output, dim: softmax_backward(g, output, dim),
    "output": lambda g, grad, output, dim:
        g * grad - g * sum(grad * output, dim, True) - grad * sum(g * output, dim, True),
})
def softmax_backward(grad: Tensor, output: Tensor, dim: int | None) -> Tensor:
    """The gradient of a softmax from its output.

    >>> softmax_backward(randn(2, 3), rand(2, 3), 1)
    """
    result = grad - products(namespace_of(grad), grad, output, _axes(dim))
    result *= output
    return result


@composite
def softmax(input: Tensor, dim: int, dtype: Any = None) -> Tensor:
    """Scale the exponentials of `input` along `dim` so that they add up to one.

    >>> softmax(randn(2, 3), dim=-1)
    >>> softmax(randn(2, 3, 4), dim=1)
    >>> softmax(randn(2, 3), 0, dtype=float64)
    """
    return _softmax(in_dtype(input, dtype), axis(dim, input.ndim))


def in_dtype(input: Tensor, dtype: Any) -> Tensor:
    """Return `input` in `dtype`, or as it is where none is given."""
    return input if dtype is None or dtype is input.dtype else cast(input, as_numpy(dtype))


def axis(dim: int, ndim: int) -> int | None:
    """Return the dim counted from the start; None for a single number, along which there is no dim."""
    dim = from_start(dim, ndim)
    return dim if ndim else None


@op(layout=row_by_row, promote=SAME, grad_name="LogSoftmaxBackward0", grad={
    "input": lambda g, out, dim: log_softmax_backward(g, out, dim)})
def _log_softmax(input: Tensor, dim: int | None) -> Tensor:
    refuse(NOT_FLOAT + COMPLEX, "log_softmax_lastdim_kernel_impl", input)
    xp = namespace_of(input)
    scores = below_highest(xp, input, dim)
    scores -= xp.log(total(xp, xp.exp(scores), _axes(dim)))
    return scores


@op(promote=SAME, grad={
    "grad": lambda g, output, dim: g - sum(g * exp(output), dim, True),
    "output": lambda g, grad, output, dim: g * -exp(output) * sum(grad, dim, True),
})
def log_softmax_backward(grad: Tensor, output: Tensor, dim: int | None) -> Tensor:
    """The gradient of a log_softmax from its output.

    >>> log_softmax_backward(randn(2, 3), randn(2, 3), 1)
    """
    xp = namespace_of(output)
    result = xp.asarray(xp.exp(output))
    result *= total(xp, grad, _axes(dim))
    return xp.subtract(grad, result, out=result)


@composite
def log_softmax(input: Tensor, dim: int, dtype: Any = None) -> Tensor:
    """Return the logarithm of the softmax along `dim`, exact where that is small.

    >>> log_softmax(randn(2, 3), dim=-1)
    >>> log_softmax(randn(2, 3, 4), dim=1)
    >>> log_softmax(randn(2, 3), 0, dtype=float64)
    """
    return _log_softmax(in_dtype(input, dtype), axis(dim, input.ndim))
