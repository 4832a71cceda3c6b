"""Activations. Those that PyTorch also offers in place are functions over an op and its in-place twin."""
from __future__ import annotations

from typing import TYPE_CHECKING

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.inplace import inplace as twin_of
from flambeau.dispatch.layout import row_by_row
from flambeau.dispatch.op import SAME, TO_FLOAT, composite, op
from flambeau.ops.addressing import from_start
from flambeau.ops.blending import blend
from flambeau.ops.bounds import clamp_max
from flambeau.ops.dims import array_of
from flambeau.ops.exponential import exp
from flambeau.ops.masking import choose
from flambeau.ops.parts import narrow
from flambeau.ops.refusals import BOOL, COMPLEX, NOT_FLOAT, refuse
from flambeau.ops.trigonometry import tanh

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(promote=SAME, grad_name="ReluBackward0", grad={"input": lambda g, out: relu_backward(g, out)})
def _relu(input: Tensor) -> Tensor:
    if input.dtype.kind == BOOL:
        raise RuntimeError("Boolean inputs not supported for relu")
    refuse(COMPLEX, "clamp_min_scalar_cpu", input)
    return namespace_of(input).maximum(input, 0)


_relu_ = twin_of(_relu)


@op(grad={"grad": lambda g, output: relu_backward(g, output)})
def relu_backward(grad: Tensor, output: Tensor) -> Tensor:
    """The gradient of `relu`: that of the output, but nothing where it is 0."""
    return blend(namespace_of(grad), output <= 0, 0.0, grad)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Raise what is negative to 0.

    >>> relu(randn(2, 3))
    """
    return _relu_(input) if inplace else _relu(input)


@op(promote=TO_FLOAT, grad={"input": lambda g, out: sigmoid_backward(g, out)})
def sigmoid(input: Tensor) -> Tensor:
    """Return 1 / (1 + exp(-input)).

    >>> sigmoid(randn(2, 3))
    """
    return sigmoid_of(input)


def sigmoid_of(x: Array) -> Array:
    """The sigmoid of an array, in one temporary; where exp overflows, 1 / inf is the right 0."""
    xp = namespace_of(x)
    result = xp.negative(x)
    if not result.ndim:
        return 1 / (1 + xp.exp(result))
    xp.exp(result, out=result)
    result += 1
    return xp.divide(1, result, out=result)


@op(promote=SAME, grad={
    "grad": lambda g, output: sigmoid_backward(g, output),
    "output": lambda g, grad, output: g * grad * (1 - 2 * output),
})
def sigmoid_backward(grad: Tensor, output: Tensor) -> Tensor:
    """The gradient of `sigmoid` from its output.

    >>> sigmoid_backward(randn(2, 3), rand(2, 3))
    """
    slope = 1 - output
    slope *= output
    slope *= grad
    return slope


@op(layout=row_by_row, promote=SAME, grad_name="LogSigmoidBackward0", grad={
    "input": lambda g, input: _log_sigmoid_slope(g, input)})
def logsigmoid(input: Tensor) -> Tensor:
    """Return log(sigmoid(input)), exact where that is near zero.

    >>> logsigmoid(randn(2, 3))
    """
    refuse(NOT_FLOAT + COMPLEX, "log_sigmoid_cpu", input)
    xp = namespace_of(input)
    return xp.minimum(input, 0) - xp.log1p(xp.exp(-xp.abs(input)))


def _log_sigmoid_slope(g: Tensor, input: Tensor) -> Tensor:
    return g * sigmoid(-input)


def _elu_slope(g: Tensor, input: Tensor, slope: float, scale: float, input_scale: float) -> Tensor:
    below = exp(clamp_max(input, 0) * input_scale)  # not the output + 1: where that is nearly -1, little is left of it
    return choose(input <= 0, g * (below * (slope * scale * input_scale)), g * scale)


@op(promote=SAME, grad={
    "input": lambda g, input, slope, scale, input_scale: _elu_slope(g, input, slope, scale, input_scale),
}, grad_name="EluBackward0")
def _elu_of(input: Tensor, slope: float, scale: float, input_scale: float) -> Tensor:
    """`scale` times the input above zero, below it `scale` times `slope` times exp(`input_scale` times input) - 1."""
    refuse(NOT_FLOAT + COMPLEX, "elu_cpu", input)
    xp = namespace_of(input)
    below = xp.expm1(xp.minimum(input, 0) * input_scale)
    return blend(xp, input > 0, scale * input, (slope * scale) * below)


_elu_of_ = twin_of(_elu_of, "elu_")


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Turn what is negative into `alpha` times exp(input) - 1.

    >>> elu(randn(2, 3))
    >>> elu(randn(2, 3), alpha=0.5)
    """
    return (_elu_of_ if inplace else _elu_of)(input, alpha, 1.0, 1.0)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Turn what is negative into `alpha` times exp(input / alpha) - 1.

    >>> celu(randn(2, 3))
    >>> celu(randn(2, 3), alpha=0.5)
    """
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    return (_elu_of_ if inplace else _elu_of)(input, alpha, 1.0, 1.0 / alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """Scale an `elu` so that mean 0 and variance 1 are kept from layer to layer.

    >>> selu(randn(2, 3))
    """
    return (_elu_of_ if inplace else _elu_of)(input, 1.6732632423543772, 1.0507009873554805, 1.0)


@op(promote=SAME, grad={"input": lambda g, input: silu_backward(g, input)}, grad_name="SiluBackward0")
def _silu(input: Tensor) -> Tensor:
    refuse(NOT_FLOAT, "silu_cpu", input)
    result = sigmoid_of(input)
    result *= input
    return result


_silu_ = twin_of(_silu)


@op(promote=SAME, grad={
    "grad": lambda g, input: silu_backward(g, input),
    "input": lambda g, grad, input: g * grad * _silu_curvature(input),
})
def silu_backward(grad: Tensor, input: Tensor) -> Tensor:
    """The gradient of `silu`.

    >>> silu_backward(randn(2, 3), randn(2, 3))
    """
    share = sigmoid_of(input)
    slope = 1 - share
    slope *= input
    slope += 1
    slope *= share
    slope *= grad
    return slope


def _silu_curvature(input: Tensor) -> Tensor:
    share = sigmoid(input)
    return share * (1 - share) * (2 + input * (1 - 2 * share))


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """Multiply each element by its sigmoid.

    >>> silu(randn(2, 3))
    """
    return _silu_(input) if inplace else _silu(input)


@op(promote=SAME, grad={"input": lambda g, input: g * _mish_slope(input)}, grad_name="MishBackward0")
def _mish(input: Tensor) -> Tensor:
    refuse(NOT_FLOAT + COMPLEX, "mish_cpu", input)
    xp = namespace_of(input)
    return input * xp.tanh(xp.logaddexp(input, 0))


_mish_ = twin_of(_mish)


def _mish_slope(input: Tensor) -> Tensor:
    gate = tanh(softplus(input))
    return gate + input * sigmoid(input) * (1 - gate * gate)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """Multiply each element by tanh(softplus(input)).

    >>> mish(randn(2, 3))
    """
    return _mish_(input) if inplace else _mish(input)


@op(promote=SAME, grad={
    "input": lambda g, input, beta, threshold: choose(input * beta > threshold, g, g * sigmoid(input * beta)),
})
def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """Return log(1 + exp(beta input)) / beta; above `threshold` the input itself.

    >>> softplus(randn(2, 3))
    >>> softplus(randn(2, 3), beta=2, threshold=1)
    """
    refuse(NOT_FLOAT + COMPLEX, "softplus_cpu", input)
    xp = namespace_of(input)
    scaled = input * beta
    return blend(xp, scaled > threshold, input, xp.log1p(xp.exp(xp.minimum(scaled, threshold))) / beta)


@composite
def softsign(input: Tensor) -> Tensor:
    """Divide each element by one more than its size.

    >>> softsign(randn(2, 3))
    """
    return input / (1 + abs(input))


@composite
def tanhshrink(input: Tensor) -> Tensor:
    """Take the hyperbolic tangent away from each element.

    >>> tanhshrink(randn(2, 3))
    """
    return input - tanh(input)


@composite
def glu(input: Tensor, dim: int = -1) -> Tensor:
    """Multiply the first half along `dim` by the sigmoid of the second.

    >>> glu(randn(2, 4))
    >>> glu(randn(4, 3), dim=0)
    """
    if input.ndim == 0:
        raise RuntimeError("glu does not support 0-dimensional tensors")
    refuse(NOT_FLOAT + COMPLEX, "glu_cpu", array_of(input))
    dim = from_start(dim, input.ndim)
    half, odd = divmod(input.shape[dim], 2)
    if odd:
        raise RuntimeError(f"Halving dimension must be even, but dimension {dim} is size {input.shape[dim]}")
    return narrow(input, dim, 0, half) * sigmoid(narrow(input, dim, half, half))
