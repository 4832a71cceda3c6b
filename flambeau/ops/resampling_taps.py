"""What each of the new elements along a line is made of: a few of the old ones, each with a weight."""
from __future__ import annotations

import math
from typing import Any, NamedTuple

from flambeau.core.arrays import Array
from flambeau.core.promotion import FLOAT32, FLOAT64, INT64

Taps = tuple[Array, Array]  # index and weight, both (outputs, taps)


class Line(NamedTuple):
    """One dim that is resampled, and how. `factor` says how far a step is; None: the ratio of the sizes."""

    inputs: int
    outputs: int
    mode: str
    factor: float | None = None
    align_corners: bool = False
    antialias: bool = False

    def step(self, kind: Any) -> Any:
        """How many inputs one output further is, in a dtype's precision."""
        if self.align_corners:
            return kind.type(self.inputs - 1) / kind.type(self.outputs - 1) if self.outputs > 1 else kind.type(0)
        return kind.type(1 / self.factor) if self.factor else kind.type(self.inputs) / kind.type(self.outputs)

    def stays(self) -> bool:
        """Say whether each output is the input at its place: as in PyTorch at equal sizes, whatever the factor says.

        Only on the cubic curve, when that is no filter, a factor of 1.05 moves a line that is too short to grow by it.
        """
        return self.inputs == self.outputs and (self.mode != "cubic" or self.antialias or self.step(FLOAT64) in (0, 1))

    def places(self, xp: Any, kind: Any) -> Array:
        """Where each output lies among the inputs, counted from the middle of the first."""
        steps = xp.arange(self.outputs, dtype=kind)
        if self.align_corners:
            return steps * self.step(kind)
        return (steps + kind.type(0.5)) * self.step(kind) - kind.type(0.5)


def taps_of(xp: Any, line: Line, kind: Any) -> Taps:
    """Return the taps of a line, their weights computed in the dtype `kind`."""
    if line.antialias:
        return _under_filter(xp, line, kind)
    return {"nearest": _nearest, "nearest-exact": _nearest, "linear": _neighbours, "cubic": _four}[line.mode](xp, line, kind)


def transposed(xp: Any, taps: Taps, inputs: int) -> Taps:
    """Return, for each input, which outputs it is a part of and with what weight."""
    index, weight = taps
    outputs, slots = weight.nonzero()
    owners = index[outputs, slots]
    order = xp.argsort(owners, kind="stable")
    owners, outputs, slots = owners[order], outputs[order], slots[order]
    counts = xp.bincount(owners, minlength=inputs)
    place = xp.arange(owners.size) - (xp.cumsum(counts) - counts)[owners]
    shape = (inputs, max(int(counts.max()), 1))
    back, shares = xp.zeros(shape, INT64), xp.zeros(shape, weight.dtype)
    back[owners, place], shares[owners, place] = outputs, weight[outputs, slots]
    return xp.where(shares != 0, back, back[:, :1]), shares  # what counts nothing repeats the first


def _nearest(xp: Any, line: Line, kind: Any) -> Taps:
    """One tap: the input whose share the output begins in, or with "nearest-exact" the one its middle is in."""
    offset = FLOAT32.type(0.5 if line.mode == "nearest-exact" else 0)
    places = xp.floor((xp.arange(line.outputs, dtype=FLOAT32) + offset) * line.step(FLOAT32))
    index = xp.minimum(places.astype(INT64), line.inputs - 1)[:, None]
    return index, xp.ones(index.shape, kind)


def _neighbours(xp: Any, line: Line, kind: Any) -> Taps:
    """Two taps: the inputs to the left and to the right."""
    places = xp.maximum(line.places(xp, kind), 0)
    left = xp.minimum(places.astype(INT64), line.inputs - 1)
    share = xp.clip(places - left.astype(kind), 0, 1)
    return xp.stack([left, xp.minimum(left + 1, line.inputs - 1)], 1), xp.stack([1 - share, share], 1)


def _four(xp: Any, line: Line, kind: Any) -> Taps:
    """Four taps on a cubic curve."""
    places = line.places(xp, kind)
    first = xp.floor(places)
    share = (places - first)[:, None]
    index = xp.clip(first.astype(INT64)[:, None] + xp.arange(-1, 3), 0, line.inputs - 1)
    return index, cubic(xp, xp.concatenate([share + 1, share, 1 - share, 2 - share], 1), -0.75)


def cubic(xp: Any, distance: Array, slope: float) -> Array:
    """Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981; `slope` is that at distance 1."""
    near = ((slope + 2) * distance - (slope + 3)) * distance * distance + 1
    far = ((slope * distance - 5 * slope) * distance + 8 * slope) * distance - 4 * slope
    return xp.where(distance < 1, near, xp.where(distance < 2, far, 0))


def lanczos(xp: Any, distance: Array) -> Array:
    """Sinc under the middle of a sinc three times as wide."""
    return xp.where(distance < 3, xp.sinc(distance) * xp.sinc(distance / 3), 0)


FILTERS = {  # how far they reach, and what they count at a distance
    "linear": (1, lambda xp, distance: xp.maximum(1 - distance, 0)),
    "cubic": (2, lambda xp, distance: cubic(xp, distance, -0.5)),
    "lanczos": (3, lanczos),
}


def _under_filter(xp: Any, line: Line, kind: Any) -> Taps:
    """As many taps as inputs lie under a filter, which widens with the step when the line gets shorter, as Pillow's do."""
    reach, weigh = FILTERS[line.mode]
    step, half = line.step(kind), kind.type(0.5)
    width = kind.type(max(step, 1))
    middles = (step * (xp.arange(line.outputs, dtype=kind) + half))[:, None]
    first = xp.maximum((middles - reach * width + half).astype(INT64), 0)
    counts = xp.minimum((middles + reach * width + half).astype(INT64), line.inputs) - first
    slots = xp.arange(2 * math.ceil(reach * width) + 1)
    distance = xp.abs((slots + first).astype(kind) - middles + half) / width
    weight = xp.where(slots < counts, weigh(xp, distance), 0).astype(kind)
    total = weight.sum(1, keepdims=True)
    weight /= xp.where(total == 0, 1, total)
    return xp.where(slots < counts, first + slots, xp.minimum(first, line.inputs - 1)), weight
