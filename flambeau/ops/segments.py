"""Reductions of segments: stretches of a dim that lie side by side and may differ in length."""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from flambeau.core.arrays import namespace_of
from flambeau.core.dtype import HALVES
from flambeau.core.promotion import FLOAT32, INT64
from flambeau.dispatch.op import composite, op
from flambeau.ops.addressing import from_start
from flambeau.ops.bounds import clamp_min
from flambeau.ops.conversion import cast
from flambeau.ops.creation import full
from flambeau.ops.dims import array_of
from flambeau.ops.masking import masked_select, nonzero, where
from flambeau.ops.parts import sliced
from flambeau.ops.products import cumsum
from flambeau.ops.refusals import COMPLEX, NOT_FLOAT, refuse
from flambeau.ops.rows import index_add, index_select
from flambeau.ops.scatter_reduce import index_reduce
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def segment_reduce(data: Tensor, reduce: str, *, lengths: Tensor | None = None, indices: Tensor | None = None,
                   offsets: Tensor | None = None, axis: int = 0, unsafe: bool = False,
                   initial: float | None = None) -> Tensor:
    """Reduce segments of `data` along `axis` ("sum", "mean", "prod", "max" or "min"), each starting from `initial`.

    `lengths` says how long they are, or `offsets` where they begin, and the last one ends; dims before `axis` have
    segments of their own. With `unsafe`, lengths need not use up all of `data`.

    >>> segment_reduce(randn(5), "sum", lengths=tensor([2, 0, 3]))
    >>> segment_reduce(randn(2, 5), "max", lengths=tensor([[2, 3], [4, 1]]), axis=1)
    >>> segment_reduce(randn(5, 2), "mean", offsets=tensor([0, 2, 5]))
    >>> segment_reduce(randn(5), "prod", lengths=tensor([2, 3]), initial=2)
    >>> segment_reduce(randn(5), "min", lengths=tensor([2, 2]), unsafe=True)
    """
    _refuse_arguments(data, reduce, indices)
    axis = from_start(axis, data.ndim)
    starts, ends = _ends(data, axis, lengths, offsets, unsafe)
    flat = reshape(data, (math.prod(data.shape[:axis + 1]), math.prod(data.shape[axis + 1:])))
    cells = _cell_of(starts, ends, data.shape[axis])
    if bool((cells < 0).any()):
        inside = cells >= 0
        flat, cells = index_select(flat, 0, reshape(nonzero(inside), (-1,))), masked_select(cells, inside)
    narrow = data.dtype.numpy if data.dtype.numpy in HALVES else None
    result = REDUCTIONS[reduce](cast(flat, FLOAT32) if narrow else flat, cells, starts.numel(), initial)
    return reshape(cast(result, narrow) if narrow else result, (*starts.shape, *data.shape[axis + 1:]))


def _refuse_arguments(data: Tensor, reduce: str, indices: Tensor | None) -> None:
    if reduce not in REDUCTIONS:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")
    if indices is not None:
        raise RuntimeError("segment_reduce(): indices based reduction is not supported yet; give lengths or offsets")
    refuse(NOT_FLOAT + COMPLEX, "_segment_reduce_cpu", array_of(data))


# ------------------------------------------------------------------------------------ where segments are


def _ends(data: Tensor, axis: int, lengths: Tensor | None, offsets: Tensor | None, unsafe: bool) -> tuple[Tensor, Tensor]:
    """Return where segments begin and end: (*dims before `axis`, segments) each."""
    given = offsets if lengths is None else lengths
    if given is None:
        raise RuntimeError("segment_reduce(): Either lengths or offsets must be defined.")
    name = "offsets" if lengths is None else "lengths"
    if array_of(given).dtype.name not in ("int32", "int64"):
        raise NotImplementedError(f"segment_reduce(): {name} must be int32 or int64, not {given.dtype}; convert them with "
                                  ".long()")
    if not data.ndim or given.ndim != axis + 1 or tuple(given.shape[:-1]) != tuple(data.shape[:axis]):
        raise RuntimeError(f"segment_reduce(): Expected axis to be the last dimension of {name} but got {axis}: {name} of "
                           f"shape {list(given.shape)} for data of shape {list(data.shape)}")
    starts, ends = _by_offsets(given) if lengths is None else _by_lengths(given, data.shape[axis], unsafe)
    if bool(((starts < 0) | (ends < starts) | (ends > data.shape[axis])).any()):
        raise RuntimeError(f"segment_reduce(): {name} point outside the {data.shape[axis]} elements along axis {axis}")
    return starts, ends


def _by_offsets(offsets: Tensor) -> tuple[Tensor, Tensor]:
    return sliced(offsets, (..., slice(None, -1))), sliced(offsets, (..., slice(1, None)))


def _by_lengths(lengths: Tensor, size: int, unsafe: bool) -> tuple[Tensor, Tensor]:
    ends = cumsum(lengths, -1)
    if not unsafe:
        if bool((lengths < 0).any()):
            raise RuntimeError("lengths contains negative value!")
        if bool((lengths.sum(-1) != size).any()):
            raise RuntimeError("segment_reduce(): Expected all rows of lengths along axis to sum to "
                               f"data.size(lengths.dim()-1) when !unsafe, which is {size}.")
    return ends - lengths, ends


@op()
def _cell_of(starts: Tensor, ends: Tensor, size: int) -> Tensor:
    """Which segment, counted through all rows, each element is in; -1 for none."""
    xp, rows = namespace_of(starts), math.prod(starts.shape[:-1])
    elements = xp.arange(rows * size)
    if not starts.size:
        return xp.full(elements.shape, -1, INT64)
    before = xp.arange(rows).reshape(*starts.shape[:-1], 1) * size  # elements in earlier rows
    cells = xp.searchsorted((ends + before).reshape(-1), elements, side="right")
    found = xp.minimum(cells, starts.size - 1)
    inside = (cells < starts.size) & ((starts + before).reshape(-1)[found] <= elements)
    return xp.where(inside, found, -1)


# ------------------------------------------------------------------------------------ reductions of rows by cell


def _filled(rows: Tensor, shape: tuple[int, ...], value: float) -> Tensor:
    return full(shape, float(value), dtype=rows.dtype, device=rows.device)


def _sum(rows: Tensor, cells: Tensor, count: int, initial: float | None) -> Tensor:
    return index_add(_filled(rows, (count, rows.shape[1]), initial or 0), 0, cells, rows)


def _mean(rows: Tensor, cells: Tensor, count: int, initial: float | None) -> Tensor:
    """Without anything to start from, the mean of nothing is 0 / 0."""
    met = index_add(_filled(rows, (count, 1), 0), 0, cells, _filled(rows, (rows.shape[0], 1), 1))
    return _sum(rows, cells, count, initial) / (met if initial is None else clamp_min(met, 1))


def _prod(rows: Tensor, cells: Tensor, count: int, initial: float | None) -> Tensor:
    return index_reduce(_filled(rows, (count, rows.shape[1]), 1 if initial is None else initial), 0, cells, rows, "prod")


def _extreme(how: str, worst: float, loses: Callable[[Tensor, float], Tensor]) -> Callable[..., Tensor]:
    """Make the reduction to the largest or smallest; the gradient is the elements' even where `initial` is as good."""
    def reduce(rows: Tensor, cells: Tensor, count: int, initial: float | None) -> Tensor:
        start = worst if initial is None else float(initial)
        best = index_reduce(_filled(rows, (count, rows.shape[1]), start), 0, cells, rows, how, include_self=False)
        return best if initial is None else where(loses(best, start), start, best)

    return reduce


_max = _extreme("amax", -math.inf, lambda best, start: best < start)
_min = _extreme("amin", math.inf, lambda best, start: best > start)
REDUCTIONS = {"sum": _sum, "mean": _mean, "prod": _prod, "max": _max, "min": _min, "amax": _max, "amin": _min}
