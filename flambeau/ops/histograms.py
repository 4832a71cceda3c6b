"""How many points fall into each bin of a line, or of a grid of bins, and where the bins begin and end."""
from __future__ import annotations

import math
from collections.abc import Sequence
from operator import index
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import namespace_of
from flambeau.core.promotion import FLOAT64, INT64
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.op import composite, named_result, op
from flambeau.ops.conversion import clone
from flambeau.ops.creation import linspace
from flambeau.ops.cumulative import diff
from flambeau.ops.dims import array_of
from flambeau.ops.extrema import amax, amin
from flambeau.ops.reduction import sum
from flambeau.ops.refusals import COMPLEX, NOT_FLOAT, refuse, refuse_half
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

_histogram = named_result("histogram", ("hist", "bin_edges"))
_histogramdd = named_result("histogramdd", ("hist", "bin_edges"))


@composite
def histogram(input: Tensor, bins: int | Tensor = 100, *, range: Sequence[float] | None = None,
              weight: Tensor | None = None, density: bool = False) -> tuple[Tensor, Tensor]:
    """Count elements, or add up their `weight`, in bins: so many of equal width, or between the edges given.

    The bins reach over `range`, or from the smallest element to the largest; only the last one has its right edge inside.
    `density`: scale so that the area is one. Returns the counts and the edges.

    >>> histogram(tensor([1.0, 2.0, 1.0, 4.0]), 3)
    >>> histogram(tensor([1.0, 2.0, 1.0, 4.0]), tensor([0.0, 1.0, 4.0]), density=True)
    >>> histogram(tensor([1.0, 2.0, 1.0]), bins=2, range=(0.0, 2.0), weight=tensor([1.0, 2.0, 4.0]))
    """
    _refuse_weight(input, weight, tuple(input.shape))
    points = reshape(input, (-1, 1))
    if isinstance(bins, TensorBase):
        if range is not None:
            raise TypeError("histogram() received an invalid combination of arguments: the edges say what the range is")
        edges = _checked_edges(points, [bins])
    else:
        edges = _even_edges(points, [index(bins)], range)
    return _histogram((_counted(points, edges, weight, density), edges[0]))


@composite
def histogramdd(input: Tensor, bins: int | Sequence[int] | Sequence[Tensor], range: Sequence[float] | None = None,
                weight: Tensor | None = None, density: bool = False) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Count points, whose coordinates are along the last dim, or add up their `weight`, in a grid of bins.

    `bins`: how many of equal width there are, in all dims or in each, or their edges in each. `range`: from where to where
    they reach, one dim after the other. `density`: scale so that the volume is one. Returns the counts and the edges.

    >>> histogramdd(tensor([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]]), [3, 2])
    >>> histogramdd(tensor([[0.0, 1.0], [1.0, 0.0]]), 2, range=[0.0, 1.0, 0.0, 2.0], weight=tensor([1.0, 2.0]), density=True)
    >>> histogramdd(tensor([[0.0, 1.0], [1.0, 0.0]]), [tensor([0.0, 1.0, 3.0]), tensor([0.0, 2.0])])
    """
    if not input.ndim:
        raise IndexError("histogramdd: Dimension specified as -1 but tensor has no dimensions")
    if input.ndim < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions: points, and their coordinates")
    _refuse_weight(input, weight, tuple(input.shape[:-1]))
    dims = input.shape[-1]
    points = reshape(input, (math.prod(input.shape[:-1]), dims))
    given = list(bins) if isinstance(bins, list | tuple) else [index(bins)] * dims
    has_edges = bool(given) and isinstance(given[0], TensorBase)
    edges = _checked_edges(points, given) if has_edges else _even_edges(points, given, range)
    return _histogramdd((_counted(points, edges, weight, density), tuple(edges)))


# ------------------------------------------------------------------------------------ edges


def _checked_edges(points: Tensor, edges: Sequence[Any]) -> list[Tensor]:
    """Return edges that users gave, one tensor for each dim."""
    dims = points.shape[1]
    if len(edges) != dims:
        raise RuntimeError(f"torch.histogramdd: expected {dims} sequences of bin edges for a {dims}-dimensional histogram but "
                           f"got {len(edges)}")
    for d, line in enumerate(edges):
        if not isinstance(line, TensorBase):
            raise TypeError(f"expected Tensor as element {d} in argument 1, but got {type(line).__name__}")
        if line.ndim != 1:
            raise RuntimeError(f"torch.histogramdd: bins tensor should have one dimension, but got {line.ndim} dimensions in "
                               f"the bins tensor for dimension {d}")
        if line.dtype != points.dtype:
            raise RuntimeError("torch.histogramdd: input tensor and bins tensors should have the same dtype, but got input "
                               f"with dtype {points.dtype} and bins for dimension {d} with dtype {line.dtype}")
        _refuse_no_bins(max(len(line) - 1, 0), d)
    return [clone(line) for line in edges]


def _even_edges(points: Tensor, counts: Sequence[Any], range: Sequence[float] | None) -> list[Tensor]:
    """Return the edges of bins of equal width."""
    dims = points.shape[1]
    if len(counts) != dims:
        raise RuntimeError("histogramdd: The size of bins must be equal to the innermost dimension of the input: "
                           f"{len(counts)} for {dims}")
    refuse(COMPLEX + NOT_FLOAT, "histogramdd", array_of(points))
    refuse_half("histogramdd", array_of(points))
    edges = []
    for d, (low, high) in enumerate(_ends(points, range)):
        count = index(counts[d])
        _refuse_no_bins(count, d)
        edges.append(linspace(low, high, count + 1, dtype=points.dtype, device=points.device))
    return edges


def _refuse_no_bins(count: int, d: int) -> None:
    if count < 1:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {count} for dimension {d}")


def _ends(points: Tensor, range: Sequence[float] | None) -> list[tuple[float, float]]:
    """From where to where the bins of each dim reach; never nowhere."""
    dims = points.shape[1]
    if range is not None:
        if len(range) != 2 * dims:
            raise RuntimeError(f"torch.histogramdd: for a {dims}-dimensional histogram range should have {2 * dims} elements, "
                               f"but got {len(range)}")
        ends = list(zip(range[::2], range[1::2], strict=True))
    elif points.numel():
        ends = list(zip(amin(points, 0).tolist(), amax(points, 0).tolist(), strict=True))
    else:
        ends = [(0.0, 1.0)] * dims
    return [_apart(low, high, d) for d, (low, high) in enumerate(ends)]


def _apart(low: float, high: float, d: int) -> tuple[float, float]:
    if not (math.isfinite(low) and math.isfinite(high)):
        raise RuntimeError(f"torch.histogramdd: dimension {d}'s range [{low}, {high}] is not finite")
    if low > high:
        raise RuntimeError(f"torch.histogramdd: min should not exceed max, but got min {low} max {high} for dimension {d}")
    return (low - 0.5, high + 0.5) if low == high else (low, high)


# ------------------------------------------------------------------------------------ counts


def _refuse_weight(input: Tensor, weight: Tensor | None, shape: tuple[int, ...]) -> None:
    """Raise RuntimeError unless there is one weight for each point, in the dtype of the points."""
    if weight is None:
        return
    if tuple(weight.shape) != shape:
        raise RuntimeError("torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor "
                           f"excluding its innermost dimension, but got input with shape {list(input.shape)} and weight with "
                           f"shape {list(weight.shape)}")
    if weight.dtype != input.dtype:
        raise RuntimeError("torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the "
                           f"same dtype, but got input({input.dtype}), and weight({weight.dtype})")


def _counted(points: Tensor, edges: list[Tensor], weight: Tensor | None, density: bool) -> Tensor:
    hist = _binned(points, edges, None if weight is None else reshape(weight, (-1,)))
    if not density:
        return hist
    hist = hist / sum(hist)
    for d, line in enumerate(edges):
        hist = hist / reshape(diff(line), (-1, *(1,) * (len(edges) - d - 1)))
    return hist


@op()
def _binned(points: Tensor, edges: Sequence[Tensor], weight: Tensor | None) -> Tensor:
    """Add up the weights of the points in each bin of a grid."""
    refuse(COMPLEX + NOT_FLOAT, "histogramdd", points)
    refuse_half("histogramdd", points)
    xp, counts = namespace_of(points), [len(line) - 1 for line in edges]
    if not points.size:
        return xp.zeros(counts, points.dtype)
    inside, places = xp.ones(len(points), bool), xp.zeros(len(points), INT64)
    for line, count, values in zip(edges, counts, points.T, strict=True):
        inside &= (values >= line[0]) & (values <= line[-1])
        places = places * count + xp.minimum(xp.searchsorted(line, values, side="right") - 1, count - 1)
    weights = None if weight is None else weight[inside].astype(FLOAT64)
    return xp.bincount(places[inside], weights, math.prod(counts)).astype(points.dtype).reshape(counts)
