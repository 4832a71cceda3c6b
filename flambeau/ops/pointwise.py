"""Arithmetic: sums, products, quotients and remainders, element by element."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, is_array, namespace_of
from flambeau.core.dtype import bool_
from flambeau.core.fitting import number_for
from flambeau.dispatch.op import SAME, TO_FLOAT, composite, op
from flambeau.ops.flat import flat
from flambeau.ops.refusals import BOOL, COMPLEX, INTEGERS, NOT_FLOAT, refuse, refuse_zero_divisor, undifferentiable

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(promote=SAME, grad={
    "input": lambda g: g,
    "other": lambda g, alpha: g if alpha == 1 else g * alpha,
})
def add(input: Tensor | float, other: Tensor | float, *, alpha: float = 1) -> Tensor:
    """Add `alpha` times `other` to `input`, broadcasting the two.

    >>> add(randn(2, 3), randn(3))
    >>> add(randn(2, 3), 1.5)
    >>> add(randn(2, 1), randn(3), alpha=2)
    """
    return input + (other if alpha == 1 and alpha is not True else _scaled(other, alpha, input))


@op(promote=SAME, grad={
    "input": lambda g: g,
    "other": lambda g, alpha: -g if alpha == 1 else g * -alpha,
})
def sub(input: Tensor | float, other: Tensor | float, *, alpha: float = 1) -> Tensor:
    """Take `alpha` times `other` from `input`, broadcasting the two.

    >>> sub(randn(2, 3), randn(3))
    >>> sub(randn(2, 1), randn(3), alpha=2)
    """
    if isinstance(input, bool) or isinstance(other, bool):
        raise RuntimeError(NO_SUBTRACTION)
    try:
        return input - (other if alpha == 1 and alpha is not True else _scaled(other, alpha, input))
    except TypeError:
        raise RuntimeError(NO_SUBTRACTION) from None


NO_SUBTRACTION = ("Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, "
                  "use the `~` or `logical_not()` operator instead.")


def _scaled(other: Any, alpha: float, input: Any) -> Any:
    array = other if is_array(other) else input
    if isinstance(alpha, bool) and array.dtype.kind != BOOL:
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if isinstance(alpha, float | complex) and array.dtype.kind in NOT_FLOAT:
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    if isinstance(alpha, complex) and array.dtype.kind != COMPLEX:
        raise RuntimeError("For non-complex input tensors, argument alpha must not be a complex number.")
    scaled = other * number_for(array.dtype, alpha)
    return scaled.astype(other.dtype) if is_array(other) else scaled  # a bool times 2 stays a bool


@composite
def rsub(input: Tensor, other: Tensor | float, *, alpha: float = 1) -> Tensor:
    """Take `alpha` times `input` from `other`.

    >>> rsub(randn(2, 3), randn(3))
    >>> rsub(randn(2, 3), randn(3), alpha=2)
    """
    if isinstance(input, int | float | complex):
        raise TypeError(f"rsub(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    return sub(other, input, alpha=alpha)


@op(promote=SAME, grad={
    "input": lambda g, other: g * other,
    "other": lambda g, input: g * input,
})
def mul(input: Tensor | float, other: Tensor | float) -> Tensor:
    """Multiply, broadcasting the two against each other.

    >>> mul(randn(2, 1), randn(3))
    >>> mul(randn(2, 3), 2.5)
    """
    return input * other


@op(promote=TO_FLOAT, grad_name="DivBackward0", grad={
    "input": lambda g, other: g / other,
    "other": lambda g, input, other, out_if_kept: -g * ((input / other if out_if_kept is None else out_if_kept) / other),
})
def true_divide(input: Tensor | float, other: Tensor | float) -> Tensor:
    """Divide; two integers make a float.

    >>> true_divide(randn(2, 1), randn(3))
    >>> true_divide(randn(2, 3), 2.5)
    >>> true_divide(tensor([7, -7]), 2)
    """
    return input / other


@op(promote=SAME, grad={"input": undifferentiable("floor_divide"), "other": undifferentiable("floor_divide")})
def floor_divide(input: Tensor | float, other: Tensor | float) -> Tensor:
    """Divide and round down. `div` with `rounding_mode="floor"` does the same and has a gradient, of zeros.

    >>> floor_divide(tensor([7, -7]), tensor([2, 2]))
    >>> floor_divide(tensor([7, -7]), 2.5)
    """
    return _floor_of_quotient(input, other)


@op(promote=SAME, grad_name="DivBackward1", grad={"input": lambda g: flat(g), "other": lambda g: flat(g)})
def _floor_divide(input: Tensor | float, other: Tensor | float) -> Tensor:
    return _floor_of_quotient(input, other)


def _floor_of_quotient(input: Array, other: Array) -> Array:
    refuse_zero_divisor("div_floor", other)
    refuse(COMPLEX, "div_floor", input)
    return input // other


@op(promote=SAME, grad_name="DivBackward2", grad={"input": lambda g: flat(g), "other": lambda g: flat(g)})
def _trunc_divide(input: Tensor | float, other: Tensor | float) -> Tensor:
    refuse_zero_divisor("div_trunc", other)
    refuse(COMPLEX, "div_trunc", input)
    if not is_array(other) or other.dtype.kind not in INTEGERS:
        return namespace_of(other if is_array(other) else input).trunc(input / other)
    quotient = input // other
    return quotient + ((quotient < 0) & (quotient * other != input))


_DIVISIONS = {None: true_divide, "floor": _floor_divide, "trunc": _trunc_divide}


@composite
def div(input: Tensor | float, other: Tensor | float, *, rounding_mode: str | None = None) -> Tensor:
    """Divide. `rounding_mode` None keeps the fraction, "floor" rounds down, "trunc" towards zero.

    >>> div(randn(2, 3), randn(3))
    >>> div(randn(2, 3), 0.3, rounding_mode="floor")
    >>> div(tensor([7, -7]), tensor(2), rounding_mode="trunc")
    """
    if rounding_mode not in _DIVISIONS:
        raise RuntimeError("div expected rounding_mode to be one of None, 'trunc', or 'floor' but found "
                           f"'{rounding_mode}'")
    return _DIVISIONS[rounding_mode](input, other)


@op(promote=SAME, grad={
    "input": lambda g: g,
    "other": lambda g, input, other: _remainder_slope(g, input, other),
})
def remainder(input: Tensor | float, other: Tensor | float) -> Tensor:
    """Return what is left of a division that rounds down: it has the sign of `other`.

    >>> remainder(randn(2, 3), randn(3))
    >>> remainder(tensor([7, -7]), 3)
    """
    refuse_zero_divisor("remainder", other)
    refuse(COMPLEX, "remainder", input)
    rest = namespace_of(other if is_array(other) else input).remainder(input, other)
    if rest.dtype.kind in NOT_FLOAT:
        return rest
    xp = namespace_of(rest)
    return xp.where(rest == 0, xp.copysign(rest, input), rest)  # NumPy gives a zero the sign of the divisor


def _remainder_slope(g: Tensor, input: Any, other: Any) -> Tensor:
    if isinstance(input, int | float):
        raise RuntimeError("derivative for aten::remainder is not implemented where a number is divided by a tensor; "
                           "make a tensor of it")
    return -g * _floor_divide(input, other)


@op(promote=SAME, grad={
    "input": lambda g: g,
    "other": lambda g, input, other: -g * _trunc_divide(input, other),
})
def fmod(input: Tensor, other: Tensor | float) -> Tensor:
    """Return what is left of a division that rounds towards zero: it has the sign of `input`.

    >>> fmod(randn(2, 3), randn(3))
    >>> fmod(tensor([7, -7]), 3)
    """
    refuse_zero_divisor("fmod", other)
    refuse(COMPLEX, "fmod", input)
    return namespace_of(input).fmod(input, other)


@op(promote=SAME, grad={"input": lambda g: -g})
def neg(input: Tensor) -> Tensor:
    """Change the sign.

    >>> neg(randn(2, 3))
    """
    if input.dtype.kind == BOOL:
        raise RuntimeError("Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert "
                           "a mask, use the `~` or `logical_not()` operator instead.")
    return -input


def positive(input: Tensor) -> Tensor:
    """Return `input` itself.

    >>> positive(randn(2, 3))
    """
    if input.dtype is bool_:
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


@op(promote=TO_FLOAT, grad={"input": lambda g, out: -g * (out * out)})
def reciprocal(input: Tensor) -> Tensor:
    """Return one divided by each element.

    >>> reciprocal(randn(2, 3))
    """
    return 1 / input


@op(promote=SAME, grad={
    "input": lambda g: g,
    "tensor1": lambda g, tensor2, value: g * (tensor2 * value),
    "tensor2": lambda g, tensor1, value: g * (tensor1 * value),
})
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    """Add `value` times the product of two tensors to `input`.

    >>> addcmul(randn(2, 3), randn(2, 1), randn(3))
    >>> addcmul(randn(2, 3), randn(2, 3), randn(2, 3), value=2)
    """
    return input + _valued("addcmul_cpu_out", tensor1, value) * tensor2


@op(promote=SAME, grad={
    "input": lambda g: g,
    "tensor1": lambda g, tensor2, value: g * (value / tensor2),
    "tensor2": lambda g, tensor1, tensor2, value: -g * (tensor1 * value) / (tensor2 * tensor2),
})
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: float = 1) -> Tensor:
    """Add `value` times the quotient of two tensors to `input`.

    >>> addcdiv(randn(2, 3), randn(2, 1), randn(3))
    >>> addcdiv(randn(2, 3), randn(2, 3), randn(2, 3), value=0.5)
    """
    if tensor1.dtype.kind in NOT_FLOAT:
        raise RuntimeError("Integer division with addcdiv is no longer supported, and in a future release addcdiv will "
                           "perform a true division of tensor1 and tensor2. Convert the tensors to a float dtype first.")
    return input + _valued("addcdiv_cpu_out", tensor1, value) / tensor2


def _valued(title: str, array: Array, value: float) -> Array:
    refuse(BOOL, title, array)
    return array if value == 1 else array * number_for(array.dtype, value)


@op(promote=SAME, promoted=("input", "end"), grad={
    "input": lambda g, weight: g * (1 - weight),
    "end": lambda g, weight: g * weight,
    "weight": lambda g, input, end: g * (end - input),
})
def lerp(input: Tensor, end: Tensor, weight: Tensor | float) -> Tensor:
    """Go from `input` towards `end` by the share `weight` of the way.

    >>> lerp(randn(2, 3), randn(3), 0.3)
    >>> lerp(randn(2, 3), randn(2, 3), rand(3))
    """
    refuse(NOT_FLOAT, "lerp_kernel_scalar", input)
    way = end - input
    if not is_array(weight):
        return input + weight * way if abs(weight) < 0.5 else end - way * (1 - weight)
    xp = namespace_of(input)
    return xp.where(xp.abs(weight) < 0.5, input + weight * way, end - way * (1 - weight))  # exact at either end


subtract, multiply, divide, negative = sub, mul, div, neg
