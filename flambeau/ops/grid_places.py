"""Where the points of a sampling grid lie among the cells of a line, and which cells each of them is made of.

A grid counts a line from -1 to 1: between the middles of its first and last cell when corners are aligned, else between
their outer edges.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.promotion import INT64
from flambeau.dispatch.op import op

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

MODES = ("bilinear", "nearest", "bicubic")
PADDINGS = ("zeros", "border", "reflection")
TAPS = {"bilinear": range(2), "nearest": range(1), "bicubic": range(-1, 3)}  # from the cell that a point lies in


class Line(NamedTuple):
    """One dim of what is sampled, and how."""

    size: int
    mode: str
    padding: str
    align_corners: bool

    @property
    def rate(self) -> float:
        """How many cells a grid's unit is."""
        return (self.size - 1) / 2 if self.align_corners else self.size / 2

    @property
    def bounds_points(self) -> bool:
        """Say whether points are kept inside. Of a cubic curve it is the cells that are."""
        return self.mode != "bicubic" and self.padding != "zeros"


@op(grad={"input": lambda g, input, line: g * place_slope(input, line)})
def placed(input: Tensor, line: Line) -> Tensor:
    """Return the place among the cells, counted from the middle of the first, of coordinates from -1 to 1."""
    places = _unbounded(input, line)
    return _bounded(places, line) if line.bounds_points else places


@op()
def place_slope(input: Tensor, line: Line) -> Tensor:
    """Return how fast the place moves with the coordinate: not at all on the border, and back where it is a reflection."""
    xp, places = namespace_of(input), _unbounded(input, line)
    slope = xp.full(input.shape, line.rate, input.dtype)
    if not line.bounds_points:
        return slope
    if line.padding == "reflection":
        low, span = _mirrors(line)
        turns = xp.floor(xp.abs(places - low) / (span or 1)) % 2 == 1
        slope = xp.where(turns ^ (places < low), -slope, slope)
        places = _reflected(places, line)
    return xp.where((places > 0) & (places < line.size - 1), slope, 0)


@op()
def cells_under(input: Tensor, line: Line) -> Tensor:
    """Return which cells the taps of points at these places meet: (taps, *shape), -1 outside."""
    xp = namespace_of(input)
    first = xp.rint(input) if line.mode == "nearest" else xp.floor(input)
    cells = xp.stack([first + tap for tap in TAPS[line.mode]])
    if line.mode == "bicubic" and line.padding != "zeros":
        cells = _bounded(cells, line)
    inside = (cells >= 0) & (cells < line.size)
    return xp.where(inside, cells, -1).astype(INT64)


def _unbounded(input: Array, line: Line) -> Array:
    places = (input + 1) * line.rate
    return places if line.align_corners else places - 0.5


def _bounded(places: Array, line: Line) -> Array:
    if line.padding == "reflection":
        places = _reflected(places, line)
    xp = namespace_of(places)
    return xp.fmin(xp.fmax(places, 0), line.size - 1)  # what is no number lies at 0


def _mirrors(line: Line) -> tuple[float, int]:
    """Return where the first of the two mirrors at the ends stands, and how far the other is from it."""
    return (0.0, line.size - 1) if line.align_corners else (-0.5, line.size)


def _reflected(places: Array, line: Line) -> Any:
    xp = namespace_of(places)
    low, span = _mirrors(line)
    if not span:
        return xp.zeros_like(places)
    distance = xp.abs(places - low)
    beyond = xp.fmod(distance, span)
    turned = xp.floor(distance / span) % 2 == 1
    return xp.where(turned, span - beyond, beyond) + low
