"""Scattering where values that meet are summed, multiplied, averaged, or the greatest or smallest stays."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.promotion import kind_of
from flambeau.dispatch.op import composite, op
from flambeau.ops.addressing import combine_at, fresh, from_start
from flambeau.ops.masking import choose
from flambeau.ops.parts import sliced, zeros_around
from flambeau.ops.refusals import BOOL, COMPLEX, refuse
from flambeau.ops.rows import refuse_unlike_rows
from flambeau.ops.scatter import cells_of, corner, gather, overwritten, read_back, scatter_add
from flambeau.ops.shape import expand, reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

UFUNCS = {"sum": "add", "mean": "add", "prod": "multiply", "amax": "maximum", "amin": "minimum"}


@op(grad={("input", "src"): lambda g, out, input, dim, index, src, reduce, include_self:
          GRADIENTS[reduce](g, out, input, dim, index, src, include_self)})
def scatter_reduce(input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *,
                   include_self: bool = True) -> Tensor:
    """Copy `input`, with each element of `src` merged ("sum", "prod", "mean", "amax", "amin") where `index` says.

    >>> scatter_reduce(randn(3, 4), 1, tensor([[0, 0], [1, 2]]), randn(2, 2), "sum")
    >>> scatter_reduce(randn(3), 0, tensor([2, 0, 2, 2]), randn(4), "mean", include_self=False)
    >>> scatter_reduce(randn(3), 0, tensor([2, 0, 2, 2]), randn(4), "prod")
    >>> scatter_reduce(randn(3), 0, tensor([2, 0, 2, 2]), randn(4), "amax", include_self=False)
    >>> scatter_reduce(randn(3), 0, tensor([2, 0, 2, 2]), randn(4), "amin")
    """
    if reduce not in UFUNCS:
        raise RuntimeError(f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}.")
    if reduce not in ("sum", "prod"):
        refuse(BOOL if reduce == "mean" else COMPLEX, f"scatter_gather_tensor_cpu_reduce_{reduce}", input)
    positions = cells_of(input, dim, index, "scatter", src).reshape(-1)
    result, values = fresh(input), corner(src, index).reshape(-1)
    cells = result.reshape(-1)
    if not include_self:
        cells[positions] = values if reduce in ("amax", "amin") else int(reduce == "prod")
    combine_at(UFUNCS[reduce], cells, positions, values)
    if reduce == "mean":
        counts = _counts(cells, positions, include_self)
        cells[...] = cells // counts if kind_of(cells.dtype) < 2 else cells / counts
    return result


@composite
def index_reduce(input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *,
                 include_self: bool = True) -> Tensor:
    """Copy `input`, with each slice of `source` along `dim` merged ("prod", "mean", "amax", "amin") where `index` says.

    >>> index_reduce(randn(3, 4), 0, tensor([2, 0, 2]), randn(3, 4), "prod")
    >>> index_reduce(randn(3, 2), 1, tensor([0, 0]), randn(3, 2), "mean", include_self=False)
    """
    if reduce not in UFUNCS or reduce == "sum":
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got {reduce}.")
    refuse_unlike_rows("index_reduce", input, dim, index, source)
    line = [1] * source.ndim
    if line:
        line[from_start(dim, source.ndim)] = -1
    index = expand(reshape(index, tuple(line)), tuple(source.shape))
    return scatter_reduce(input, dim, index, source, reduce, include_self=include_self)


def _counts(cells: Array, positions: Array, include_self: bool) -> Array:
    """How many values met in each cell; 1 where none did."""
    xp = namespace_of(cells)
    counts = xp.full(cells.shape, int(include_self))
    combine_at("add", counts, positions, xp.ones(positions.shape, counts.dtype))
    return xp.maximum(counts, 1)


@op()
def _met(like: Tensor, dim: int, index: Tensor, include_self: bool) -> Tensor:
    """How many values meet in each cell of `like`, as numbers of its dtype."""
    positions = cells_of(like, dim, index, "scatter").reshape(-1)
    return _counts(like.reshape(-1), positions, include_self).reshape(like.shape).astype(like.dtype)


@op()
def _lone_zeros(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """Where `src` is the only zero among those that meet in its cell."""
    xp = namespace_of(src)
    positions = cells_of(input, dim, index, "scatter")
    counts = xp.zeros(max(input.size, 1), "i8")
    combine_at("add", counts, positions, src == 0)
    return (src == 0) & (counts[positions].reshape(src.shape) == 1)


# Each takes what the rule takes, and returns the gradients of `input` and `src`.


def _sum_gradient(g: Any, out: Any, input: Any, dim: int, index: Any, src: Any, include_self: bool) -> Any:
    return _unless_met(g, dim, index, include_self), read_back(g, dim, index, src.shape)


def _mean_gradient(g: Any, out: Any, input: Any, dim: int, index: Any, src: Any, include_self: bool) -> Any:
    return _sum_gradient(g / _met(g, dim, index, include_self), out, input, dim, index, src, include_self)


def _extreme_gradient(g: Any, out: Any, input: Any, dim: int, index: Any, src: Any, include_self: bool) -> Any:
    """All that equal the extreme share its gradient."""
    mine = _unless_met(choose(input == out, 1.0, 0.0), dim, index, include_self)
    theirs = choose(_used(src, index) == gather(out, dim, index), 1.0, 0.0)
    share = g / scatter_add(mine, dim, index, theirs)
    return mine * share, _placed(theirs * gather(share, dim, index), src.shape, index)


def _product_gradient(g: Any, out: Any, input: Any, dim: int, index: Any, src: Any, include_self: bool) -> Any:
    """The product of the others: found by division, or, for the only zero of a cell, by taking 1 in its place."""
    used = _used(src, index)
    nonzero = choose(input == 0, 1.0, input)
    others = scatter_reduce(nonzero, dim, index, src, "prod", include_self=include_self)
    lone = _lone_zeros(input, dim, index, used)
    without = scatter_reduce(input, dim, index, choose(lone, 1.0, used), "prod", include_self=include_self)
    divided = gather(g * out, dim, index) / choose(used == 0, 1.0, used)
    to_src = choose(lone, gather(g * without, dim, index), divided)
    return _unless_met(g * others / nonzero, dim, index, include_self), _placed(to_src, src.shape, index)


GRADIENTS = {"sum": _sum_gradient, "mean": _mean_gradient, "prod": _product_gradient, "amax": _extreme_gradient,
             "amin": _extreme_gradient}


def _unless_met(g: Any, dim: int, index: Any, include_self: bool) -> Any:
    """The gradient of the input, which is nothing where only `src` counted."""
    return g if include_self else overwritten(g, dim, index, 0.0)


def _used(src: Any, index: Any) -> Any:
    """The part of `src` that the index uses."""
    return src if src.shape == index.shape else sliced(src, tuple(slice(size) for size in index.shape))


def _placed(g: Any, shape: tuple[int, ...], index: Any) -> Any:
    """Put the gradient of the used part among zeros."""
    return g if g.shape == shape else zeros_around(g, shape, tuple(slice(size) for size in index.shape))
