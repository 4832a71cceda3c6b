"""The Gaussian error linear unit, exact and by a hyperbolic tangent."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import namespace_of
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.error_function import erf_of
from flambeau.ops.exponential import exp
from flambeau.ops.refusals import COMPLEX, NOT_FLOAT, refuse
from flambeau.ops.trigonometry import tanh

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(promote=SAME, outputs=("output", "share"), differentiable=1, grad_name="GeluBackward0",
    grad={"input": lambda g, input, share: gelu_backward(g, input, share)})
def _gelu(input: Tensor) -> tuple[Tensor, Tensor]:
    refuse(NOT_FLOAT + COMPLEX, "GeluKernelImpl", input)
    share = erf_of(input * math.sqrt(0.5))
    share += 1
    share *= 0.5
    return input * share, share


@op(promote=SAME, grad={
    "grad": lambda g, input, share: gelu_backward(g, input, share),
    "input": lambda g, grad, input: g * grad * (2 - input * input) * exp(input * input * -0.5) * (0.5 * math.pi) ** -0.5 / 2,
})
def gelu_backward(grad: Tensor, input: Tensor, share: Tensor) -> Tensor:
    """The gradient of `gelu`; `share` is the part of a normal distribution that lies below `input`."""
    slope = input * input
    slope *= -0.5
    slope = namespace_of(input).exp(slope)
    slope *= (2 * math.pi) ** -0.5
    slope *= input
    slope += share
    slope *= grad
    return slope


@op(promote=SAME, grad_name="GeluBackward0", grad={"input": lambda g, input: g * _tanh_gelu_slope(input)})
def _tanh_gelu(input: Tensor) -> Tensor:
    refuse(NOT_FLOAT + COMPLEX, "GeluKernelImpl", input)
    xp = namespace_of(input)
    return 0.5 * input * (1 + xp.tanh(math.sqrt(2 / math.pi) * (input + 0.044715 * input * input * input)))


def _tanh_gelu_slope(input: Tensor) -> Tensor:
    bend = tanh(math.sqrt(2 / math.pi) * (input + 0.044715 * input * input * input))
    inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * input * input)
    return 0.5 * (1 + bend) + 0.5 * input * (1 - bend * bend) * inner


@composite
def gelu(input: Tensor, *, approximate: str = "none") -> Tensor:
    """Scale each element by the share of a normal distribution that lies below it.

    >>> gelu(randn(2, 3))
    >>> gelu(randn(2, 3), approximate="tanh")
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    if approximate == "tanh":
        return _tanh_gelu(input)
    result: Any = _gelu(input)[0]
    return result
