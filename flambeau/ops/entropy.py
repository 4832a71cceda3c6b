"""Logarithms of shares: entropy, log-odds, and products with a logarithm that count nothing as nothing."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flambeau.core.arrays import is_array, namespace_of
from flambeau.dispatch.op import TO_FLOAT, op
from flambeau.ops.exponential import log
from flambeau.ops.masking import masked_fill
from flambeau.ops.refusals import COMPLEX, refuse

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(promote=TO_FLOAT, grad={"input": lambda g, input: g * (-1 - log(input))}, grad_name="SpecialEntrBackward0")
def entr(input: Tensor) -> Tensor:
    """Return -input * log(input), the entropy's terms: 0 for a share of 0, minus infinity below.

    >>> entr(rand(2, 3))
    >>> entr(tensor([-1.0, 0.0, 1.0]))
    """
    refuse(COMPLEX, "entr_cpu", input)
    xp = namespace_of(input)
    inside = xp.where(input > 0, input, 1)
    result = xp.where(input > 0, -inside * xp.log(inside), xp.where(input == 0, 0, -xp.inf))
    return xp.where(xp.isnan(input), input, result).astype(input.dtype)


@op(promote=TO_FLOAT, grad_name="SpecialXlog1PyBackward0", grad={
    "input": lambda g, input, other: _xlog1py_slope(g, input, other),
    "other": lambda g, input, other: g * (input / (other + 1)),
})
def xlog1py(input: Tensor | float, other: Tensor | float) -> Tensor:
    """Return input * log1p(other), which is 0 where `input` is 0.

    >>> xlog1py(rand(2, 3), rand(3))
    >>> xlog1py(2.0, rand(2, 3))
    >>> xlog1py(rand(2, 3), tensor([0, 1, 2]))
    >>> xlog1py(tensor([0.0, 1.0, 0.0]), tensor([-1.0, 0.5, nan]))
    >>> xlog1py(tensor([0.0, 1.0]), 0.5)
    """
    given = other if is_array(other) else input
    refuse(COMPLEX, "xlog1py_cpu", given)
    xp = namespace_of(given)
    other = xp.asarray(other, given.dtype)
    return xp.where(xp.equal(input, 0) & ~xp.isnan(other), 0, input * xp.log1p(other)).astype(given.dtype)


def _xlog1py_slope(g: Tensor, input: Tensor, other: Tensor | float) -> Tensor:
    other = other * 1.0  # also of whole numbers
    if isinstance(other, float):
        return masked_fill(xlog1py(g, other), input == 0, 0.0) if other <= -1 else xlog1py(g, other)
    return masked_fill(xlog1py(g, other), (input == 0) & (other <= -1), 0.0)


@op(promote=TO_FLOAT, grad={"input": lambda g, input, eps: logit_backward(g, input, eps)})
def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """Return log(input / (1 - input)), the inverse of sigmoid; `eps` keeps the input from 0 and 1.

    >>> logit(rand(2, 3))
    >>> logit(tensor([0.001, 0.3, 0.999]), eps=0.01)
    """
    refuse(COMPLEX, "logit_cpu", input)
    xp = namespace_of(input)
    if eps is not None:
        input = xp.minimum(xp.maximum(input, eps), 1 - eps)
    return xp.log(input / (1 - input))


def logit_backward(g: Tensor, input: Tensor, eps: float | None) -> Tensor:
    """The gradient of `logit`: none where `eps` kept the input away, and no number outside of 0 to 1."""
    low, fill = (0.0, math.nan) if eps is None else (eps, 0.0)
    return masked_fill(g / (input * (1 - input)), (input < low) | (input > 1 - low), fill)
