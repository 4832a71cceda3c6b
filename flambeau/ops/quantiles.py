"""The element at a given place in the order: median, k-th value, quantile; and the most frequent one."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.tensor import TensorBase, wrap
from flambeau.dispatch.layout import row_by_row
from flambeau.dispatch.op import SAME, composite, op
from flambeau.dispatch.views import on_its_own
from flambeau.ops.addressing import from_start
from flambeau.ops.bounds import clamp
from flambeau.ops.comparison import isnan
from flambeau.ops.cumulative import running
from flambeau.ops.dims import array_of, holds
from flambeau.ops.extrema import shared_by_ties
from flambeau.ops.masking import where
from flambeau.ops.parts import along
from flambeau.ops.permutation import movedim
from flambeau.ops.pointwise import lerp
from flambeau.ops.reduction import any, sum
from flambeau.ops.refusals import BOOL, COMPLEX, refuse
from flambeau.ops.rounding import ceil, floor, round
from flambeau.ops.scatter import gather
from flambeau.ops.selection import placed
from flambeau.ops.shape import expand, reshape, squeeze, unsqueeze
from flambeau.ops.sorting import order_of, sort

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

SELECTS = {"input": lambda g_values, indices, input_shape, dim, keepdim:
           placed(g_values, indices, dim, input_shape, keepdim)}


def _picked(input: Array, indices: Array, axis: int, keepdim: bool) -> tuple[Array, Array]:
    """Return the elements at one index for each line along `axis`, and these indices."""
    values = namespace_of(input).take_along_axis(input, indices, axis)
    return (values, indices) if keepdim else (values.squeeze(axis), indices.squeeze(axis))


def _alone(input: Array, dim: int) -> tuple[Array, Array]:
    """A scalar is its own median, mode and k-th value."""
    from_start(dim, 0)
    return input.copy(), namespace_of(input).zeros((), "i8")


@op(layout=row_by_row, promote=SAME, outputs=("values", "indices"), named=True, grad=SELECTS)
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """Return the `k`-th smallest element along `dim` (the smallest is the first), and where it is.

    >>> kthvalue(randn(2, 4), 2)
    >>> kthvalue(randn(4, 2), 1, dim=0, keepdim=True)
    """
    axis, size = from_start(dim, input.ndim), input.shape[dim] if input.ndim else 1
    if not size:
        raise IndexError(f"kthvalue(): Expected reduction dim {axis} to have non-zero size.")
    if not 1 <= k <= size:
        raise RuntimeError(f"kthvalue(): selected number k out of range for dimension {dim}: k={k} of {size} elements")
    if not input.ndim:
        return _alone(input, dim)
    refuse(BOOL + COMPLEX, "kthvalue_cpu", input)
    return _picked(input, order_of(input, axis)[along(axis, slice(k - 1, k))].copy(), axis, keepdim)


def _middle(input: Array, axis: int, skip_nan: bool) -> Array:
    """Return the index of the lower median of each line; of its first NaN where there is one and they count."""
    xp = namespace_of(input)
    order, missing = order_of(input, axis), input != input
    count = (~missing).sum(axis, keepdims=True) if skip_nan else input.shape[axis]
    place = xp.broadcast_to(xp.maximum(count - 1, 0) // 2, missing.any(axis, keepdims=True).shape)
    middle = xp.take_along_axis(order, place, axis)
    if skip_nan:
        return middle
    return xp.where(missing.any(axis, keepdims=True), missing.argmax(axis, keepdims=True), middle)


def _median_along(name: str, skip_nan: bool) -> Any:
    def body(input: Tensor, dim: int, keepdim: bool = False) -> tuple[Tensor, Tensor]:
        refuse(BOOL + COMPLEX, "median_out", input)
        if not input.ndim:
            return _alone(input, dim)
        axis = from_start(dim, input.ndim)
        if not input.shape[axis]:
            raise IndexError(f"{name}(): Expected reduction dim {axis} to have non-zero size.")
        return _picked(input, _middle(input, axis, skip_nan), axis, keepdim)

    body.__name__ = body.__qualname__ = f"_{name}"
    return op(layout=row_by_row, promote=SAME, outputs=("values", "indices"), named=True, grad=SELECTS)(body)


def _median_of_all(name: str, skip_nan: bool) -> Any:
    def body(input: Tensor) -> Tensor:
        flat = input.reshape(-1)
        if not flat.size:
            return namespace_of(input).asarray(float("nan") if input.dtype.kind in "fVc" else 0).astype(input.dtype)
        refuse(BOOL + COMPLEX, "median_cpu", input)
        return flat[_middle(flat, 0, skip_nan)[0]]

    body.__name__ = body.__qualname__ = f"_{name}"
    return op(layout=row_by_row, promote=SAME, grad={
        "input": lambda g, input, out: shared_by_ties(g, input, out, None, False)})(body)


_median, _nanmedian = _median_along("median", False), _median_along("nanmedian", True)
_median_all, _nanmedian_all = _median_of_all("median", False), _median_of_all("nanmedian", True)


@composite
def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """Return the middle element in order, the lower of two; with a dim, those along it and where they are.

    >>> median(randn(2, 3))
    >>> median(randn(2, 4), 1)
    >>> median(randn(3, 2), dim=0, keepdim=True)
    """
    return _median_all(input) if dim is None else _median(input, dim, keepdim)


@composite
def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """Return the median of the elements that are not NaN.

    >>> nanmedian(tensor([1.0, nan, 3.0, 2.0]))
    >>> nanmedian(tensor([[1.0, nan, 3.0], [nan, nan, 2.0]]), 1)
    """
    return _nanmedian_all(input) if dim is None else _nanmedian(input, dim, keepdim)


@op(layout=row_by_row, promote=SAME, outputs=("values", "indices"), named=True, grad=SELECTS)
def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """Return the most frequent element along `dim`, the smallest of such, and where it is last.

    >>> mode(tensor([[1.0, 2.0, 2.0], [3.0, 1.0, 0.0]]))
    >>> mode(tensor([1, 2, 1, 2, 0]), keepdim=True)
    """
    if not input.ndim:
        return _alone(input, dim)
    refuse(COMPLEX, "mode_cpu", input)
    xp, axis = namespace_of(input), from_start(dim, input.ndim)
    if not input.shape[axis]:
        raise IndexError(f"mode(): Expected reduction dim {axis} to have non-zero size.")
    order = order_of(input, axis)
    ordered = xp.moveaxis(xp.take_along_axis(input, order, axis), axis, -1)
    places = xp.arange(ordered.shape[-1])
    starts = xp.ones(ordered.shape, dtype=bool)
    starts[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    lengths = places - running(xp.maximum, xp.where(starts, places, 0), ordered.ndim - 1)
    longest = xp.moveaxis(lengths.argmax(-1, keepdims=True), -1, axis)  # the end of the first longest run of equals
    return _picked(input, xp.take_along_axis(order, longest, axis), axis, keepdim)


ROUNDING = {"lower": floor, "higher": ceil, "nearest": round}


@composite
def quantile(input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *,
             interpolation: str = "linear") -> Tensor:
    """Return what a share `q` of the elements along `dim` does not exceed; several of `q` give a leading dim.

    >>> quantile(randn(2, 4), 0.4)
    >>> quantile(randn(2, 4), tensor([0.25, 0.9]), dim=1, keepdim=True)
    >>> quantile(randn(5), 0.3, interpolation="midpoint")
    """
    return _quantile(input, q, dim, keepdim, interpolation, skip_nan=False)


@composite
def nanquantile(input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *,
                interpolation: str = "linear") -> Tensor:
    """Return the quantile of the elements that are not NaN.

    >>> nanquantile(tensor([1.0, nan, 3.0, 2.0]), 0.4)
    """
    return _quantile(input, q, dim, keepdim, interpolation, skip_nan=True)


def _quantile(input: Any, q: Any, dim: int | None, keepdim: bool, interpolation: str, skip_nan: bool) -> Any:
    q = _checked(input, q, interpolation)
    shape = tuple(input.shape)
    axis = 0 if dim is None else from_start(dim, len(shape))
    lines = reshape(input, (-1,)) if dim is None or not shape else movedim(input, axis, -1)
    if not array_of(input).size:
        raise RuntimeError("quantile() input tensor must be non-empty")
    result = _between_ranks(sort(lines, -1)[0], *_ranks(lines, reshape(q, (-1,)), skip_nan), interpolation)
    result = movedim(result, -1, 0)
    if keepdim:
        kept = (1,) * len(shape) if dim is None else tuple(1 if d == axis else n for d, n in enumerate(shape))
        result = reshape(result, (result.shape[0], *kept))
    return on_its_own(result if q.ndim else squeeze(result, 0))


def _checked(input: Any, q: Any, interpolation: str) -> Any:
    if array_of(input).dtype.name not in ("float32", "float64"):
        raise RuntimeError(f"quantile() input tensor must be either float or double dtype, not {input.dtype}")
    if not isinstance(q, TensorBase):
        q = wrap(namespace_of(array_of(input)).asarray(q, dtype=array_of(input).dtype))
    if q.dtype != input.dtype:
        raise RuntimeError(f"quantile() q tensor must be same dtype as the input tensor: {q.dtype} and {input.dtype}")
    if q.ndim > 1:
        raise RuntimeError(f"quantile() q must be a scalar or 1D tensor, not {q.ndim}D")
    if holds((q < 0) | (q > 1)):
        raise RuntimeError("quantile() q values must be in the range [0, 1]")
    if interpolation not in ("linear", "midpoint", *ROUNDING):
        raise RuntimeError("quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, but got "
                           f"{interpolation}")
    return q


def _ranks(lines: Any, q: Any, skip_nan: bool) -> tuple[Any]:
    """Return where in the order of each line to look: a fraction of the way between two elements."""
    size = lines.shape[-1]
    shape = (*lines.shape[:-1], q.shape[0])
    missing = isnan(lines)
    if skip_nan:
        return (clamp(q * (size - 1 - unsqueeze(sum(missing, -1), -1)), min=0),)
    ranks = expand(q * (size - 1), shape)
    return (where(any(missing, -1, True), float(size - 1), ranks),)


def _between_ranks(ordered: Any, ranks: Any, interpolation: str) -> Any:
    if interpolation in ROUNDING:
        return gather(ordered, -1, _as_index(ROUNDING[interpolation](ranks)))
    low, high = floor(ranks), ceil(ranks)
    share = ranks - low if interpolation == "linear" else (ranks - low) * 0 + 0.5
    return lerp(gather(ordered, -1, _as_index(low)), gather(ordered, -1, _as_index(high)), share)


def _as_index(ranks: Any) -> Any:
    return wrap(array_of(ranks).astype("i8"))
