"""Images and volumes read at the points of a grid."""
from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import namespace_of
from flambeau.core.dtype import dtype
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.flat import flat
from flambeau.ops.grid_places import MODES, PADDINGS, Line, cells_under, place_slope, placed
from flambeau.ops.joining import stack
from flambeau.ops.parts import selected
from flambeau.ops.reduction import sum
from flambeau.ops.refusals import BOOL, COMPLEX, INTEGERS, refuse
from flambeau.ops.rounding import floor
from flambeau.ops.shape import reshape
from flambeau.ops.weighted_cells import paired_cells, spread_cells, weighted_cells

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Lines = tuple[Line, ...]  # for each coordinate of a grid, the last dim of the planes first
CURVE = -0.75  # Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981, has -0.5 or this


@composite
def grid_sample(input: Tensor, grid: Tensor, mode: str = "bilinear", padding_mode: str = "zeros",
                align_corners: bool | None = None) -> Tensor:
    """Read images (N, C, H, W) at the points of a grid (N, *, *, 2), or volumes (N, C, D, H, W) at (N, *, *, *, 3).

    A point is (x, y) or (x, y, z), from -1 at the first edge to 1 at the last; with `align_corners` these are the middles
    of the corner cells. `mode`: "bilinear", "nearest" or, for images, "bicubic". Outside lie zeros, or what
    `padding_mode` says: "border", the nearest cell, or "reflection".

    >>> grid_sample(randn(2, 3, 4, 5), randn(2, 2, 3, 2), align_corners=False)
    >>> grid_sample(randn(1, 2, 4, 5), randn(1, 3, 3, 2), padding_mode="border", align_corners=True)
    >>> grid_sample(randn(1, 2, 4, 3), randn(1, 4, 3, 2), padding_mode="reflection", align_corners=False)
    >>> grid_sample(randn(1, 2, 4, 3), randn(1, 4, 3, 2), padding_mode="reflection", align_corners=True)
    >>> grid_sample(randn(1, 2, 4, 5), randn(1, 3, 3, 2), mode="nearest", align_corners=False)
    >>> grid_sample(randn(1, 2, 4, 5), randn(1, 3, 3, 2), mode="bicubic", align_corners=True)
    >>> grid_sample(randn(1, 2, 5, 4), randn(1, 2, 3, 2), mode="bicubic", padding_mode="reflection", align_corners=False)
    >>> grid_sample(randn(1, 2, 2, 3, 2), randn(1, 2, 2, 2, 3), align_corners=False)
    >>> grid_sample(randn(1, 1, 2, 3, 2), randn(1, 2, 2, 2, 3), padding_mode="reflection", align_corners=True)
    """
    if mode not in MODES:
        raise ValueError(f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: "
                         f"'{mode}'")
    if padding_mode not in PADDINGS:
        raise ValueError("nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but "
                         f"got: '{padding_mode}'")
    if align_corners is None:
        _warn_of_default()
    return grid_sampler(input, grid, MODES.index(mode), PADDINGS.index(padding_mode), bool(align_corners))


def _warn_of_default() -> None:
    import warnings

    warnings.warn("Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please "
                  "specify align_corners=True if the old behavior is desired. See the documentation of grid_sample for "
                  "details.", stacklevel=4)


def grid_sampler(input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Tensor:
    """The same as `grid_sample`, with modes as numbers: 0, 1, 2 for bilinear, nearest, bicubic; zeros, border, reflection.

    >>> grid_sampler(randn(1, 2, 3, 4), randn(1, 2, 3, 2), 0, 1, False)
    """
    _check(input, grid)
    run = grid_sampler_2d if input.ndim == 4 else grid_sampler_3d
    return run(input, grid, interpolation_mode, padding_mode, align_corners)


def _check(input: Tensor, grid: Tensor) -> None:
    shapes = f"but got input with sizes {list(input.shape)} and grid with sizes {list(grid.shape)}"
    if input.dtype != grid.dtype:
        raise RuntimeError(f"expected scalar type {_title(input)} but found {_title(grid)}: input and grid must have one "
                           "dtype")
    if input.shape[:1] != grid.shape[:1]:
        raise RuntimeError(f"grid_sampler(): expected grid and input to have same batch size, {shapes}")
    if grid.shape[-1] != input.ndim - 2:
        raise RuntimeError(f"grid_sampler(): expected grid to have size {input.ndim - 2} in last dimension, {shapes}")
    if input.ndim not in (4, 5) or grid.ndim != input.ndim:
        raise RuntimeError(f"grid_sampler(): expected 4D or 5D input and grid with same number of dimensions, {shapes}")
    for dim, size in enumerate(input.shape[2:], start=2):
        if not size:
            raise RuntimeError("grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes "
                               f"{list(input.shape)} with dimension {dim} being empty")


def _title(tensor: Any) -> str:
    kind = tensor.dtype
    return pytorch_name(kind.numpy if isinstance(kind, dtype) else kind)


def _declare(body: Any) -> Any:
    return op(promote=SAME, grad_name=f"GridSampler{body.__name__[-2]}DBackward0", grad={
        ("input", "grid"): lambda g, input, grid, interpolation_mode, padding_mode, align_corners, needs:
            _gradients(g, input, grid, lines_of(input, interpolation_mode, padding_mode, align_corners), needs),
    })(body)


@_declare
def grid_sampler_2d(input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Tensor:
    """The same as `grid_sampler`, of images.

    >>> grid_sampler_2d(randn(1, 2, 3, 4), randn(1, 2, 3, 2), 2, 1, False)
    """
    refuse(BOOL + INTEGERS + COMPLEX, "grid_sampler_2d_cpu_kernel_impl", input)
    return _sampled(input, grid, lines_of(input, interpolation_mode, padding_mode, align_corners))


@_declare
def grid_sampler_3d(input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool) -> Tensor:
    """The same as `grid_sampler`, of volumes.

    >>> grid_sampler_3d(randn(1, 1, 2, 3, 2), randn(1, 2, 2, 2, 3), 1, 0, False)
    """
    refuse(BOOL + INTEGERS + COMPLEX, "grid_sampler3d_cpu", input)
    if MODES[interpolation_mode] == "bicubic":
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    return _sampled(input, grid, lines_of(input, interpolation_mode, padding_mode, align_corners))


def lines_of(input: Any, mode: int, padding: int, align_corners: bool) -> Lines:
    """Return the lines that the coordinates of a grid run along."""
    return tuple(Line(size, MODES[mode], PADDINGS[padding], align_corners) for size in reversed(input.shape[2:]))


def _sampled(input: Any, grid: Any, lines: Lines) -> Any:
    places = _places(grid, lines)
    result = weighted_cells(_flat(input), _index(places, lines), _weight(places, lines))
    return reshape(result, (*input.shape[:2], *grid.shape[1:-1]))


def _gradients(g: Any, input: Any, grid: Any, lines: Lines, needs: tuple[bool, bool]) -> tuple[Any, Any]:
    places = _places(grid, lines)
    index, of_input, of_grid = _index(places, lines), None, None
    g = _flat(g)
    if needs[0]:
        spread = spread_cells(g, index, _weight(places, lines), math.prod(input.shape[2:]))
        of_input = reshape(spread, input.shape)
    if needs[1] and lines[0].mode == "nearest":
        of_grid = flat(grid)
    elif needs[1]:
        pairs = paired_cells(g, _flat(input), index)
        slopes = [sum(pairs * _weight(places, lines, dim), 0) for dim in range(len(lines))]
        rates = [place_slope(selected(grid, (..., dim)), line) for dim, line in enumerate(lines)]
        of_grid = stack([reshape(slope, rate.shape) * rate for slope, rate in zip(slopes, rates, strict=True)], -1)
    return of_input, of_grid


def _flat(planes: Any) -> Any:
    return reshape(planes, (*planes.shape[:2], math.prod(planes.shape[2:])))


def _places(grid: Any, lines: Lines) -> list[Any]:
    """Return where each point is along each line: (N, points)."""
    shape = (grid.shape[0], math.prod(grid.shape[1:-1]))
    return [reshape(placed(selected(grid, (..., dim)), line), shape) for dim, line in enumerate(lines)]


def _index(places: list[Any], lines: Lines) -> Any:
    cells = [cells_under(place, line) for place, line in zip(places, lines, strict=True)]
    return plane_cells(cells, tuple(line.size for line in lines))


@op()
def plane_cells(cells: Sequence[Tensor], sizes: tuple[int, ...]) -> Tensor:
    """Join the cells that taps meet along each line, (taps, N, points), to those of a flat plane, for each pair of taps.

    >>> plane_cells([tensor([[[0]], [[1]]]), tensor([[[1]], [[-1]]])], (2, 2))
    """
    xp = namespace_of(cells[0])
    index, inside, step = 0, True, 1
    for dim, (line, size) in enumerate(zip(cells, sizes, strict=True)):
        shape = [1] * len(sizes)
        shape[-1 - dim] = len(line)
        line = line.reshape(*shape, *line.shape[1:])
        index, inside, step = index + line * step, inside & (line >= 0), step * size
    taps = math.prod(index.shape[:len(sizes)])
    return xp.where(inside, index, step).reshape(taps, *cells[0].shape[1:])


def _weight(places: list[Any], lines: Lines, moving: int = -1) -> Any:
    """Return what each tap counts, or how fast that changes when the points move along one line: (taps, N, points)."""
    per_line = [(SLOPES if dim == moving else SHARES)[line.mode](place - floor(place))
                for dim, (place, line) in enumerate(zip(places, lines, strict=True))]
    return stack([reduce(operator.mul, taps) for taps in itertools.product(*reversed(per_line))])


def _cubic_shares(t: Any) -> list[Any]:
    return [_far(t + 1), _near(t), _near(1 - t), _far(2 - t)]


def _cubic_slopes(t: Any) -> list[Any]:
    return [_far_slope(t + 1), _near_slope(t), -_near_slope(1 - t), -_far_slope(2 - t)]


def _near(distance: Any) -> Any:
    """What a cell counts for a point less than one cell away."""
    return ((CURVE + 2) * distance - (CURVE + 3)) * distance * distance + 1


def _far(distance: Any) -> Any:
    """What a cell counts for a point between one and two cells away."""
    return ((CURVE * distance - 5 * CURVE) * distance + 8 * CURVE) * distance - 4 * CURVE


def _near_slope(distance: Any) -> Any:
    return (3 * (CURVE + 2) * distance - 2 * (CURVE + 3)) * distance


def _far_slope(distance: Any) -> Any:
    return (3 * CURVE * distance - 10 * CURVE) * distance + 8 * CURVE


# What the taps of a point count that lies the share `t` of the way from one cell to the next, and how fast that changes.
SHARES: dict[str, Callable[[Any], list[Any]]] = {
    "bilinear": lambda t: [1 - t, t], "nearest": lambda t: [flat(t) + 1], "bicubic": _cubic_shares}
SLOPES: dict[str, Callable[[Any], list[Any]]] = {"bilinear": lambda t: [-1.0, 1.0], "bicubic": _cubic_slopes}
