"""Rows of a table, looked up in bags: each bag's rows are summed, averaged, or their greatest elements taken."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import namespace_of
from flambeau.core.promotion import INT64
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import composite, op
from flambeau.ops.addressing import combine_at
from flambeau.ops.embedding import embedding, renorm_rows
from flambeau.ops.indexing import scattered
from flambeau.ops.masking import choose
from flambeau.ops.parts import sliced, unsqueezed
from flambeau.ops.scatter import gather
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def embedding_bag(input: Tensor, weight: Tensor, offsets: Tensor | None = None, max_norm: float | None = None,
                  norm_type: float = 2, scale_grad_by_freq: bool = False, mode: str = "mean", sparse: bool = False,
                  per_sample_weights: Tensor | None = None, include_last_offset: bool = False,
                  padding_idx: int | None = None) -> Tensor:
    """Look up rows of the table `weight` and merge them bag by bag ("sum", "mean" or "max").

    A row of a 2-dim `input` is a bag; in a 1-dim one, bags start at `offsets`, which with `include_last_offset` end
    with the length of `input`. Rows can be weighted in "sum" mode. Empty bags give zeros; `padding_idx` never counts. With
    `sparse` the gradient of a leaf is a sparse tensor, of the rows that were looked up.

    >>> embedding_bag(tensor([[0, 2], [2, 1]]), randn(3, 4))
    >>> embedding_bag(tensor([0, 2, 2, 1]), randn(3, 4), tensor([0, 0, 3]), mode="sum")
    >>> embedding_bag(tensor([0, 2, 2]), randn(3, 4), tensor([0, 2]), mode="sum", per_sample_weights=randn(3))
    >>> embedding_bag(tensor([[0, 2], [2, 1]]), randn(3, 4), mode="max", padding_idx=0)
    >>> embedding_bag(tensor([0, 2, 2, 1]), randn(3, 4), tensor([0, 3, 4]), include_last_offset=True, padding_idx=2)
    """
    _check(input, weight, offsets, mode, per_sample_weights, scale_grad_by_freq, sparse, include_last_offset)
    if input.ndim == 2:
        offsets = _row_starts(input)
        per_sample_weights = None if per_sample_weights is None else reshape(per_sample_weights, (-1,))
        input, include_last_offset = reshape(input, (-1,)), False
    if max_norm is not None:
        renorm_rows(weight, input, max_norm, norm_type)
    rows = embedding(input, weight, padding_idx, None, 2.0, scale_grad_by_freq, sparse)
    bags = _bag_of_each(input, offsets, include_last_offset)
    count = offsets.shape[0] - include_last_offset  # _check saw that there are some
    keep = None if padding_idx is None else input != padding_idx % weight.shape[0]
    return _merged(rows, bags, count, keep, mode, per_sample_weights)


def aten_embedding_bag(weight: Tensor, indices: Tensor, offsets: Tensor, scale_grad_by_freq: bool = False, mode: int = 0,
                       sparse: bool = False, per_sample_weights: Tensor | None = None, include_last_offset: bool = False,
                       padding_idx: int = -1) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Merge rows bag by bag (`mode` 0: sum, 1: mean, 2: max), and say how.

    Returns the merged rows; the bag of each index; how many rows count in each bag; and, for the greatest, the row of the
    table that each element comes from. For sums the others are empty or zeros: nobody needs them. Raises RuntimeError for
    another `mode`.
    """
    if mode not in (0, 1, 2):
        raise RuntimeError(f"`mode` must be sum, mean, or max: 0, 1 or 2, not {mode}")
    padding = None if padding_idx == -1 else padding_idx
    merged = embedding_bag(indices, weight, offsets, None, 2.0, scale_grad_by_freq, ("sum", "mean", "max")[mode], sparse,
                           per_sample_weights, include_last_offset, padding)
    bags, sizes, rows = _told(indices, offsets, weight, mode, include_last_offset, padding)
    return merged, bags, sizes, rows


@op(outputs=("bags", "sizes", "rows"))
def _told(indices: Tensor, offsets: Tensor, weight: Tensor, mode: int, include_last_offset: bool,
          padding_idx: int | None) -> tuple[Tensor, Tensor, Tensor]:
    xp = namespace_of(indices)
    count = offsets.shape[0] - include_last_offset
    if mode == 0:
        return indices[:0], xp.zeros(count, indices.dtype), xp.zeros(count, indices.dtype)
    bags = xp.searchsorted(offsets, xp.arange(indices.size), side="right") - 1
    keep = xp.ones(indices.shape, bool) if padding_idx is None else indices != padding_idx % weight.shape[0]
    sizes = xp.bincount(bags[keep], minlength=count)[:count].astype(indices.dtype)
    if mode == 1:
        return bags.astype(indices.dtype), sizes, sizes.copy()
    winners, empty = _winners(weight.take(indices, 0), bags, count, keep)
    return bags.astype(indices.dtype), sizes, xp.where(empty, 0, indices[winners])


def _check(input: Any, weight: Any, offsets: Any, mode: str, per_sample_weights: Any, scale_grad_by_freq: bool,
           sparse: bool, include_last_offset: bool) -> None:
    if per_sample_weights is not None and input.shape != per_sample_weights.shape:
        raise ValueError(f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must "
                         f"have the same shape as the input ({input.shape})")
    if per_sample_weights is not None and per_sample_weights.dtype != weight.dtype:
        raise RuntimeError(f"embedding_bag: expected per_sample_weights to have the dtype of weight, {weight.dtype}, but got "
                           f"{per_sample_weights.dtype}")
    if weight.ndim != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.ndim}")
    if input.ndim not in (1, 2):
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    if input.ndim == 2 and offsets is not None:
        raise ValueError("if input is 2D, then offsets has to be None: each row is a bag, and their lengths are equal; "
                         f"found offsets of type {type(offsets)}")
    if input.ndim == 1 and (offsets is None or offsets.ndim != 1):
        raise ValueError("offsets has to be a 1D Tensor" + (" but got None" if offsets is None else ""))
    if mode not in MERGES:
        raise ValueError(f"mode has to be one of sum, mean or max, not {mode!r}")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError("max mode does not support scaling the gradient by the frequency")
    if sparse and mode == "max":
        raise ValueError("max mode does not support sparse weights")
    if sparse and scale_grad_by_freq:
        raise RuntimeError("scale_grad_by_freq not supported with sparse gradients")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError("embedding_bag: per_sample_weights was not None. per_sample_weights is only "
                                  f"supported for mode='sum' (got mode='{mode}').")
    if include_last_offset and offsets is not None and offsets.shape[0] == 0:
        raise RuntimeError("include_last_offset: number of offset should be at least 1")


@op()
def _row_starts(input: Tensor) -> Tensor:
    xp = namespace_of(input)
    return xp.arange(0, input.size, input.shape[1]) if input.size else xp.zeros(input.shape[0], INT64)


@op()
def _bag_of_each(input: Tensor, offsets: Tensor, include_last_offset: bool) -> Tensor:
    """Number the bag of each index; what lies beyond the last offset counts as one more bag."""
    if offsets.dtype.kind != "i" or offsets.dtype.itemsize < 4:
        raise RuntimeError(f"embedding_bag: expected offsets of type Long or Int, not {pytorch_name(offsets.dtype)}")
    if offsets.size and offsets[0] != 0:
        raise RuntimeError("offsets[0] has to be 0, as the first bag starts with the first index, but it is "
                           f"{int(offsets[0])}")
    if offsets.size and offsets[-1] > input.size:
        raise RuntimeError(f"offsets[-1] can not be greater than input's length {input.size} but got offsets[-1] of "
                           f"{int(offsets[-1])}")
    xp = namespace_of(input)
    return xp.searchsorted(offsets, xp.arange(input.size), side="right") - 1


def _merged(rows: Any, bags: Any, count: int, keep: Any, mode: str, weights: Any) -> Any:
    if keep is not None and mode != "max":
        rows = choose(unsqueezed(keep, (..., None)), rows, 0.0)
    if weights is not None:
        rows = rows * unsqueezed(weights, (..., None))
    return MERGES[mode](rows, bags, count, keep)


def _sum(rows: Any, bags: Any, count: int, keep: Any) -> Any:
    total = scattered(rows, [bags], (count + 1, rows.shape[1]), (0,))
    return sliced(total, (slice(count), ...))


def _mean(rows: Any, bags: Any, count: int, keep: Any) -> Any:
    return _sum(rows, bags, count, keep) / _sizes(rows, bags, count, keep)


@op()
def _sizes(like: Tensor, bags: Tensor, count: int, keep: Tensor | None) -> Tensor:
    """How many rows count in each bag; 1 for an empty one."""
    xp = namespace_of(bags)
    found = xp.bincount(bags if keep is None else bags[keep], minlength=count + 1)[:count]
    return xp.maximum(found, 1).astype(like.dtype)[:, None]


def _max(rows: Any, bags: Any, count: int, keep: Any) -> Any:
    winners, empty = _winners(rows, bags, count, keep)
    return choose(empty, 0.0, gather(rows, 0, winners))


@op(outputs=("winners", "empty"))
def _winners(rows: Tensor, bags: Tensor, count: int, keep: Tensor | None) -> Tensor:
    """Which row is the first to have the greatest element, for each bag and column; and which bags have none."""
    xp = namespace_of(rows)
    numbers = xp.arange(len(rows))
    if keep is not None:
        rows, bags, numbers = rows[keep], bags[keep], numbers[keep]
    width = rows.shape[1]
    cells = bags[:, None] * width + xp.arange(width)
    greatest, first = xp.zeros((count + 1) * width, rows.dtype), xp.full((count + 1) * width, _NOBODY)
    greatest[cells] = rows  # any of the bag's own, to start from
    combine_at("maximum", greatest, cells, rows)
    leads = rows == greatest[cells]
    combine_at("minimum", first, cells, xp.where(leads, numbers[:, None], _NOBODY))
    first = first.reshape(count + 1, width)[:count]
    return xp.where(first == _NOBODY, 0, first), first == _NOBODY


_NOBODY = 1 << 62
MERGES = {"sum": _sum, "mean": _mean, "max": _max}
