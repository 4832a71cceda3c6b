"""The steps that optimizers are written in. They work in place on arrays, and on tensors where a step is recorded
(`differentiable`) or where a half type needs PyTorch's rounding after each of them."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import namespace_of
from flambeau.core.tensor import TensorBase

Numbers = Any  # an array or a tensor


def descent(grad: Numbers, param: Numbers, maximize: bool, weight_decay: Any) -> Numbers:
    """Return the gradient to follow: turned around when maximizing, with the pull of L2 weight decay."""
    if maximize:
        grad = -grad
    return grad if isinstance(weight_decay, float | int) and weight_decay == 0 else plus(grad, param, weight_decay)


def plus(one: Numbers, other: Numbers, scale: Any) -> Numbers:
    """Return `one + scale * other`."""
    if not isinstance(one, TensorBase):
        total = other * scale
        total += one
        return total
    if isinstance(scale, TensorBase):
        return one + scale * other
    return one.add(other, alpha=scale)  # on the public class


def add_(total: Numbers, other: Numbers, scale: Any) -> None:
    """`total += scale * other`"""
    if not isinstance(total, TensorBase) or isinstance(scale, TensorBase):
        total += other * scale
    else:
        total.add_(other, alpha=scale)  # on the public class


def lerp_(start: Numbers, end: Numbers, weight: Any) -> None:
    """Move `start` the fraction `weight` of the way to `end`."""
    if isinstance(start, TensorBase):
        start.lerp_(end, weight)  # on the public class
        return
    way = end - start
    if weight < 0.5:
        way *= weight
        start += way
    else:  # from the other side, so that weight 1 arrives exactly
        way *= 1 - weight
        namespace_of(start).subtract(end, way, out=start)


def addcmul_(total: Numbers, one: Numbers, other: Numbers, scale: Any) -> None:
    """`total += scale * one * other`"""
    if isinstance(total, TensorBase) and not isinstance(scale, TensorBase):
        total.addcmul_(one, other, value=scale)  # on the public class
        return
    if isinstance(scale, TensorBase):
        total += scale * one * other
        return
    product = one * scale
    product *= other
    total += product


def addcdiv_(total: Numbers, one: Numbers, other: Numbers, scale: Any) -> None:
    """`total += scale * one / other`"""
    if isinstance(total, TensorBase) and not isinstance(scale, TensorBase):
        total.addcdiv_(one, other, value=scale)  # on the public class
        return
    if isinstance(scale, TensorBase):
        total += scale * one / other
        return
    quotient = one * scale
    quotient /= other
    total += quotient


def detached(values: Numbers) -> Numbers:
    """Return the values without their history."""
    return values.detach() if isinstance(values, TensorBase) else values  # on the public class


def as_now(values: Numbers) -> Numbers:
    """Return values that a recorded step may keep: they are written to later in it."""
    return values.clone() if isinstance(values, TensorBase) else values  # on the public class


def sqrt(values: Numbers) -> Numbers:
    return values.sqrt() if isinstance(values, TensorBase) else namespace_of(values).sqrt(values)  # on the public class


def sign(values: Numbers) -> Numbers:
    return values.sign() if isinstance(values, TensorBase) else namespace_of(values).sign(values)  # on the public class


def maximum_(values: Numbers, other: Numbers) -> None:
    """Raise each of `values` to at least `other`."""
    if isinstance(values, TensorBase):
        values[...] = values.clone().maximum(other)  # on the public class
    else:
        namespace_of(values).maximum(values, other, out=values)


def clamp_(values: Numbers, low: float, high: float) -> None:
    if isinstance(values, TensorBase):
        values.clamp_(low, high)  # on the public class
    else:
        namespace_of(values).clip(values, low, high, out=values)
