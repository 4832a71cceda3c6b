"""Rounding to the numbers that integers of few bits stand for, while training: what quantized inference will see.

A number x becomes scale * (clamp(round(x / scale + zero_point), quant_min, quant_max) - zero_point). The gradient passes
where nothing was clamped (the straight-through estimator). See Jacob et al., "Quantization and Training of Neural Networks
for Efficient Integer-Arithmetic-Only Inference", https://arxiv.org/abs/1712.05877.
"""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import HALVES
from flambeau.core.promotion import FLOAT32
from flambeau.core.tensor import TensorBase, wrap
from flambeau.dispatch.op import op
from flambeau.ops.masking import where
from flambeau.ops.refusals import COMPLEX, NOT_FLOAT, refuse

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

_SMALLEST_SCALE = 6.1e-5


@op(outputs=("output", "mask"), differentiable=1, grad={"input": lambda g, mask: where(mask, g, 0.0)},
    grad_name="FakeQuantizePerTensorAffineCachemaskBackward0")
def _rounded(input: Tensor, scale: float, zero_point: int, low: int, high: int) -> tuple[Tensor, Tensor]:
    return _held(input, scale, zero_point, low, high)


@op(outputs=("output", "mask"), differentiable=1, grad={"input": lambda g, mask: where(mask, g, 0.0)},
    grad_name="FakeQuantizePerChannelAffineCachemaskBackward0")
def _rounded_by_channel(input: Tensor, scale: Tensor, zero_point: Tensor, low: int, high: int) -> tuple[Tensor, Tensor]:
    return _held(input, scale, zero_point, low, high)


def _held(input: Array, scale: Any, zero_point: Any, low: int, high: int) -> tuple[Array, Array]:
    """What is left of the input in the integers, and where they could hold it."""
    refuse(NOT_FLOAT + COMPLEX, "fake_quantize", input)
    xp = namespace_of(input)
    wide = input.astype(FLOAT32) if input.dtype in HALVES else input
    steps = wide * (1 / xp.asarray(scale, dtype=FLOAT32)).astype(wide.dtype)
    shift = xp.asarray(zero_point)
    steps = xp.rint(steps + shift) if shift.dtype.kind == "f" else xp.rint(steps) + shift
    kept = xp.where(xp.isnan(steps), low, xp.clip(steps, low, high))
    return ((kept - zero_point) * scale).astype(input.dtype), kept == steps


def _number(value: Any) -> Any:
    return value.item() if isinstance(value, TensorBase) else value


def _check_range(quant_min: int, quant_max: int) -> None:
    if quant_min > quant_max:
        raise RuntimeError(f"`quant_min` should be less than or equal to `quant_max`, got {quant_min} and {quant_max}")


def fake_quantize_per_tensor_affine(input: Tensor, scale: Tensor | float, zero_point: Tensor | int, quant_min: int,
                                    quant_max: int) -> Tensor:
    """Round to multiples of `scale`, as integers from `quant_min` to `quant_max` that are `zero_point` off would hold them.

    Halves are rounded to even. The gradient is 1 where nothing was clamped, else 0. Raises RuntimeError for a
    `zero_point` out of range.
    """
    _check_range(quant_min, quant_max)
    shift = _number(zero_point)
    if not quant_min <= shift <= quant_max:
        raise RuntimeError("`zero_point` must be between `quant_min` and `quant_max`, "
                           f"got {shift} for {quant_min} to {quant_max}")
    return _rounded(input, _number(scale), shift, quant_min, quant_max)[0]


def fake_quantize_per_channel_affine(input: Tensor, scale: Tensor, zero_point: Tensor, axis: int, quant_min: int,
                                     quant_max: int) -> Tensor:
    """Round with a scale and a zero point for each index of the dim `axis`.

    `scale`, `zero_point`: of one dim, as long as that dim. Raises RuntimeError if they are not, or out of range.
    """
    _check_range(quant_min, quant_max)
    if scale.ndim != 1 or zero_point.ndim != 1:
        raise RuntimeError(f"scale and zero_point should be 1-D tensors, got {scale.ndim} and {zero_point.ndim} dims")
    if axis < 0:
        raise RuntimeError(f"`axis` must be between 0 and number of dimensions of input, got {axis}")
    if axis >= input.ndim:
        raise IndexError(f"Dimension out of range (expected to be in range of [0, {input.ndim - 1}], but got {axis})")
    if not scale.shape == zero_point.shape == (input.shape[axis],):
        raise RuntimeError(f"dimensions of scale and zero-point are not consistent with input tensor: {tuple(scale.shape)} and "
                           f"{tuple(zero_point.shape)}, where dim {axis} has {input.shape[axis]}")
    shifts = zero_point._array
    if shifts.size and (shifts.min() < quant_min or shifts.max() > quant_max):
        raise RuntimeError("`zero_point` must be between `quant_min` and `quant_max`.")
    shape = [1] * input.ndim
    shape[axis] = -1
    return _rounded_by_channel(input, wrap(scale._array.reshape(shape)), wrap(shifts.reshape(shape)), quant_min, quant_max)[0]


def fused_moving_avg_obs_fake_quant(input: Tensor, observer_on: Tensor, fake_quant_on: Tensor, running_min: Tensor,
                                    running_max: Tensor, scale: Tensor, zero_point: Tensor, averaging_const: float,
                                    quant_min: int, quant_max: int, ch_axis: int, per_row_fake_quant: bool = False,
                                    symmetric_quant: bool = False) -> Tensor:
    """Follow the input's range, and round to the numbers that integers over that range stand for.

    If `observer_on` holds 1, `running_min` and `running_max` move by `averaging_const` of the way to the input's extremes (of
    each index of `ch_axis` with `per_row_fake_quant`), and `scale` and `zero_point` are written to fit them; a range that is
    still infinite is taken over whole. If `fake_quant_on` holds 1, the input comes back rounded with those.
    """
    if observer_on.item():
        _observe(input._array, running_min, running_max, averaging_const, ch_axis if per_row_fake_quant else None)
        _fit(running_min._array, running_max._array, scale, zero_point, quant_min, quant_max, symmetric_quant)
    if not fake_quant_on.item():
        return input
    if per_row_fake_quant:
        return fake_quantize_per_channel_affine(input, scale, zero_point, ch_axis, quant_min, quant_max)
    return fake_quantize_per_tensor_affine(input, scale, zero_point, quant_min, quant_max)


def _observe(array: Array, running_min: Tensor, running_max: Tensor, share: float, axis: int | None) -> None:
    xp = namespace_of(array)
    axes = None if axis is None else tuple(dim for dim in range(array.ndim) if dim != axis % array.ndim)
    for running, extreme in ((running_min, array.min(axes)), (running_max, array.max(axes))):
        seen = xp.asarray(extreme, dtype=running._array.dtype).reshape(-1)
        if running.numel() != seen.size:
            running.resize_(seen.shape).fill_(math.inf)
        kept = xp.where(xp.isinf(running._array), seen, running._array)
        running._array[...] = kept + share * (seen - kept)
        running._storage.bump("fused_moving_avg_obs_fake_quant")


def _fit(low: Array, high: Array, scale: Tensor, zero_point: Tensor, quant_min: int, quant_max: int,
         symmetric: bool) -> None:
    """Write the scale and zero point with which the integers span the range, 0 among what they stand for exactly."""
    xp = namespace_of(low)
    low, high, count = xp.minimum(low, 0.0), xp.maximum(high, 0.0), quant_max - quant_min
    centred = symmetric & (low < 0) & (high > 0)
    widest = xp.maximum(-low / (count // 2 + 1), high / (count // 2))
    step = xp.where(centred, widest, (high - low) / count)
    step = xp.where(step == 0, 0.1, step).astype(low.dtype)
    nearer = _nearer_zero_point(xp, low / step, high / step, quant_min, quant_max)
    shift = xp.where(centred, (quant_min + quant_max) / 2, nearer)
    step = xp.maximum(step, _SMALLEST_SCALE)
    for target, values in ((scale, step), (zero_point, xp.clip(xp.rint(shift), quant_min, quant_max))):
        if target._array.shape != values.shape:
            target.resize_(values.shape)
        target._array[...] = values
        target._storage.bump("fused_moving_avg_obs_fake_quant")


def _nearer_zero_point(xp: Any, low: Array, high: Array, quant_min: int, quant_max: int) -> Array:
    """The zero point by that end of the range, in steps, from which less is lost to rounding."""
    return xp.where(abs(quant_min) - low < abs(quant_max) + high, quant_min - low, quant_max - high)
