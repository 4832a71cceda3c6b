"""Resampling along one dim: each output is a weighted sum of a few inputs, its taps.

The gradient is a resampling too, with the taps transposed; so one op does for both, and for their derivatives.
"""
from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy

from flambeau.core.arrays import namespace_of
from flambeau.dispatch.op import TO_FLOAT, op

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


class Taps:
    """For each of the outputs the inputs it is made of, `index` (outputs, taps), and what each counts, `weight`.

    Taps that are not used count 0 and repeat the first.
    """

    def __init__(self, index: Any, weight: Any, inputs: int) -> None:
        self.index, self.weight, self.inputs = index, weight, inputs

    @cached_property
    def transposed(self) -> Taps:
        """For each input the outputs that it is part of."""
        used = self.weight != 0
        outputs, taps = used.nonzero()
        order = numpy.argsort(self.index[outputs, taps], kind="stable")
        owners, outputs, weights = self.index[outputs, taps][order], outputs[order], self.weight[outputs, taps][order]
        counts = numpy.bincount(owners, minlength=self.inputs)
        starts = numpy.concatenate([[0], counts.cumsum()[:-1]])
        slots = numpy.arange(len(owners)) - starts[owners]
        index = numpy.zeros((self.inputs, max(int(counts.max(initial=0)), 1)), "i8")
        weight = numpy.zeros(index.shape, self.weight.dtype)
        index[owners, slots], weight[owners, slots] = outputs, weights
        index = numpy.where(weight != 0, index, index[:, :1])
        return Taps(index, weight, len(self.index))


@op(promote=TO_FLOAT, grad={"input": lambda g, dim, taps: resampled(g, dim, taps.transposed)})
def resampled(input: Tensor, dim: int, taps: Taps) -> Tensor:
    """Resample along a dim (counted from 0)."""
    xp = namespace_of(input)
    shape = [1] * input.ndim
    shape[dim] = len(taps.index)
    result = None
    for column in range(taps.index.shape[1]):
        weight = xp.asarray(taps.weight[:, column].astype(input.dtype)).reshape(shape)
        part = input.take(xp.asarray(taps.index[:, column]), dim) * weight
        result = part if result is None else xp.add(result, part, out=result)
    return result


def _scale(inputs: int, outputs: int, align_corners: bool, factor: float | None, kind: Any) -> Any:
    """How many inputs an output step is."""
    if align_corners:
        return kind((inputs - 1) / (outputs - 1)) if outputs > 1 else kind(0)
    return kind(1 / factor) if factor else kind(inputs) / kind(outputs)


def nearest_index(inputs: int, outputs: int, factor: float | None, exact: bool) -> Any:
    """The input that each output is; of two as near the left one, or with `exact` the one whose middle is nearer."""
    scale = _scale(inputs, outputs, False, factor, numpy.float32)
    places = (numpy.arange(outputs, dtype="f4") + numpy.float32(0.5 if exact else 0)) * scale
    return numpy.minimum(numpy.floor(places).astype("i8"), inputs - 1)


def _places(inputs: int, outputs: int, align_corners: bool, factor: float | None, kind: Any) -> Any:
    """Where each output lies among the inputs."""
    scale, steps = _scale(inputs, outputs, align_corners, factor, kind), numpy.arange(outputs).astype(kind)
    return steps * scale if align_corners else (steps + kind(0.5)) * scale - kind(0.5)


def linear_taps(inputs: int, outputs: int, align_corners: bool, factor: float | None, kind: Any) -> Taps:
    """Two taps: the neighbours on the left and on the right."""
    places = numpy.maximum(_places(inputs, outputs, align_corners, factor, kind), kind(0))
    left = numpy.minimum(places.astype("i8"), inputs - 1)
    right = numpy.minimum(left + 1, inputs - 1)
    share = numpy.clip(places - left.astype(kind), 0, 1)
    return Taps(numpy.stack([left, right], 1), numpy.stack([1 - share, share], 1), inputs)


def cubic_taps(inputs: int, outputs: int, align_corners: bool, factor: float | None, kind: Any) -> Taps:
    """Four taps. Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981, with a = -0.75."""
    places = _places(inputs, outputs, align_corners, factor, kind)
    base = numpy.floor(places)
    share = places - base
    index = numpy.clip(base.astype("i8")[:, None] + numpy.arange(-1, 3), 0, inputs - 1)
    distances = numpy.stack([share + 1, share, 1 - share, 2 - share], 1)
    return Taps(index, _cubic(distances, -0.75).astype(kind), inputs)


def _cubic(distance: Any, a: float) -> Any:
    near = ((a + 2) * distance - (a + 3)) * distance * distance + 1
    far = ((distance - 5) * distance + 8) * distance * a - 4 * a
    return numpy.where(distance <= 1, near, numpy.where(distance < 2, far, 0))


def antialiased_taps(inputs: int, outputs: int, align_corners: bool, factor: float | None, kind: Any, cubic: bool) -> Taps:
    """As many taps as inputs lie under the filter, which grows with the step when the image gets smaller, as in Pillow."""
    scale = float(_scale(inputs, outputs, align_corners, factor, kind))
    reach = (2.0 if cubic else 1.0) * max(scale, 1.0)
    middles = scale * (numpy.arange(outputs) + 0.5)
    first = numpy.maximum((middles - reach + 0.5).astype("i8"), 0)
    counts = numpy.minimum((middles + reach + 0.5).astype("i8"), inputs) - first
    steps = numpy.arange(int(counts.max(initial=1)))
    distance = numpy.abs((steps + first[:, None] - middles[:, None] + 0.5) / max(scale, 1.0))
    weight = _cubic(distance, -0.5) if cubic else numpy.maximum(1 - distance, 0)
    weight = numpy.where(steps < counts[:, None], weight, 0)
    total = weight.sum(1, keepdims=True)
    weight = weight / numpy.where(total == 0, 1, total)
    index = numpy.where(steps < counts[:, None], first[:, None] + steps, first[:, None])
    return Taps(numpy.minimum(index, inputs - 1), weight.astype(kind), inputs)
