"""The same elements in another order along their dims, and dims repeated."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import namespace_of
from flambeau.core.layout import contiguous_format
from flambeau.dispatch.layout import as_operands, as_suggested
from flambeau.dispatch.op import composite, op
from flambeau.dispatch.views import on_its_own
from flambeau.ops.conversion import clone, contiguous
from flambeau.ops.dims import Sizes, dims_of, sizes_of
from flambeau.ops.permutation import transpose
from flambeau.ops.shape import expand, flatten, reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

BACKWARDS = slice(None, None, -1)


@op(layout=as_operands, grad={"input": lambda g, dims: _flip(g, dims)})
def _flip(input: Tensor, dims: Sizes) -> Tensor:
    return input[tuple(BACKWARDS if d in dims else slice(None) for d in range(input.ndim))].copy()


@composite
def flip(input: Tensor, dims: int | Sequence[int]) -> Tensor:
    """Reverse the order of the elements along `dims`.

    >>> flip(randn(2, 3), (0,))
    >>> flip(randn(2, 3), (0, -1))
    """
    wanted = sizes_of((dims,)) if not isinstance(dims, int) else (dims,)
    return _flip(input, dims_of(wanted, input.ndim) if wanted else ())


@composite
def fliplr(input: Tensor) -> Tensor:
    """Reverse the order of the columns.

    >>> fliplr(randn(2, 3))
    """
    if input.ndim < 2:
        raise RuntimeError(f"Input must be >= 2-d, but got {input.ndim}-d")
    return _flip(input, (1,))


@composite
def flipud(input: Tensor) -> Tensor:
    """Reverse the order of the rows.

    >>> flipud(randn(2, 3))
    """
    if input.ndim < 1:
        raise RuntimeError(f"Input must be >= 1-d, but got {input.ndim}-d")
    return _flip(input, (0,))


@op(layout=as_suggested, grad={"input": lambda g, shifts, dims: _roll(g, tuple(-shift for shift in shifts), dims)})
def _roll(input: Tensor, shifts: Sizes, dims: Sizes | None) -> Tensor:
    return namespace_of(input).roll(input, shifts, dims)


@composite
def roll(input: Tensor, shifts: int | Sequence[int], dims: int | Sequence[int] | None = None) -> Tensor:
    """Move elements along `dims`; those pushed out at one end come in at the other. Without `dims` all count as one dim.

    >>> roll(randn(2, 3), 1)
    >>> roll(randn(2, 3), -1, 1)
    >>> roll(randn(2, 3), (1, 2), (0, 1))
    """
    shifts = (shifts,) if isinstance(shifts, int) else sizes_of((shifts,))
    dims = () if dims is None else (dims,) if isinstance(dims, int) else tuple(dims)
    if not shifts:
        raise RuntimeError("`shifts` required")
    if not dims and len(shifts) == 1:
        return on_its_own(reshape(_roll(reshape(input, (-1,)), shifts, (0,)), input.shape)) if input.ndim else clone(input)
    if len(shifts) != len(dims):
        raise RuntimeError(f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}")
    if not input.ndim:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    return _roll(input, shifts, tuple(dims_of(d, input.ndim)[0] for d in dims))


@composite
def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """Turn the plane of two dims by 90 degrees, `k` times, from the first towards the second.

    >>> rot90(randn(2, 3))
    >>> rot90(randn(2, 3), -1, (1, 0))
    >>> rot90(randn(2, 3, 4), 2, (0, 2))
    """
    dims = tuple(dims)
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.ndim}")
    if dims[0] == dims[1] or abs(dims[0] - dims[1]) == input.ndim:
        raise RuntimeError(f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}")
    first, second = dims_of(dims, input.ndim)
    if k % 4 == 1:
        return on_its_own(transpose(_flip(input, (second,)), first, second))
    if k % 4 == 3:
        return on_its_own(transpose(_flip(input, (first,)), first, second))
    return _flip(input, (first, second) if k % 4 else ())


def repeat(input: Tensor, *repeats: Any) -> Tensor:
    """Lay copies of `input` side by side, so many along each dim; more counts than dims add leading ones.

    >>> repeat(randn(2, 3), 1, 2)
    >>> repeat(randn(3), 4, 2, 1)
    """
    counts = sizes_of(repeats)
    shape = tuple(input.shape)
    extra = len(counts) - len(shape)
    if extra < 0:
        raise RuntimeError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor: "
                           f"got {len(counts)} for {len(shape)}")
    if min(counts, default=0) < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension: repeats {list(counts)}")
    shape = (1,) * extra + shape
    apart = tuple(part for size in shape for part in (1, size))
    copies = tuple(part for pair in zip(counts, shape, strict=True) for part in pair)
    merged = tuple(count * size for count, size in zip(counts, shape, strict=True))
    return _fresh(reshape(expand(reshape(input, apart), copies), merged), input)


def _fresh(result: Any, source: Any) -> Any:
    """Copy where `result` is still a view of `source`, or in another order in memory."""
    if getattr(result, "_view", None) is not None:
        return clone(result, memory_format=contiguous_format)
    return contiguous(result)


@composite
def tile(input: Tensor, dims: Sequence[int]) -> Tensor:
    """Lay copies side by side; fewer counts than dims leave the leading dims as they are.

    >>> tile(randn(2, 3), (2,))
    >>> tile(randn(3), (2, 2))
    """
    counts = sizes_of((dims,)) if not isinstance(dims, int) else (dims,)
    return repeat(input, (1,) * (input.ndim - len(counts)) + counts)


@composite
def repeat_interleave(input: Tensor, repeats: int | Tensor | None = None, dim: int | None = None, *,
                      output_size: int | None = None) -> Tensor:
    """Repeat each element along `dim` so many times, or the n-th one `repeats[n]` times.

    >>> repeat_interleave(randn(2, 3), 2)
    >>> repeat_interleave(randn(2, 3), 2, dim=1)
    >>> repeat_interleave(randn(2, 3), tensor([1, 3]), dim=0)
    >>> repeat_interleave(tensor([1, 0, 2]))
    """
    from flambeau.core.tensor import wrap

    if repeats is None:
        return wrap(_sources(input._array))
    if dim is None:
        input, dim = flatten(input), 0
    dim = dims_of(dim, input.ndim)[0] if input.ndim else 0
    input = input if input.ndim else reshape(input, (1,))
    return _interleaved(input, repeats, dim)


def _sources(counts: Any) -> Any:
    """The number of each element, as often as its count says."""
    if counts.ndim != 1:
        raise RuntimeError(f"repeat_interleave only accept 1D vector as repeat, not {counts.ndim} dims")
    if counts.dtype.kind not in "iu":
        raise RuntimeError(f"repeats has to be Long or Int tensor, not {counts.dtype}")
    if (counts < 0).any():
        raise RuntimeError("repeats can not be negative")
    xp = namespace_of(counts)
    return xp.repeat(xp.arange(counts.size, dtype=counts.dtype), counts.tolist() if xp.__name__ == "cupy" else counts)


def _interleaved(input: Any, repeats: Any, dim: int) -> Any:
    from flambeau.core.tensor import wrap
    from flambeau.ops.rows import rows_picked

    shape = tuple(input.shape)
    array = getattr(repeats, "_array", None)
    if array is not None and array.size == 1:
        repeats = int(array.reshape(-1)[0])
    if isinstance(repeats, int):
        if repeats < 0:
            raise RuntimeError("Repeats must be non-negative")
        copies = expand(reshape(input, (*shape[:dim + 1], 1, *shape[dim + 1:])), (*shape[:dim + 1], repeats, *shape[dim + 1:]))
        return _fresh(reshape(copies, (*shape[:dim], shape[dim] * repeats, *shape[dim + 1:])), input)
    if array.shape[0] != shape[dim]:
        raise RuntimeError(f"repeats must have the same size as input along dim, but got repeats.size(0) = {array.shape[0]} "
                           f"and input.size({dim}) = {shape[dim]}")
    return rows_picked(input, wrap(_sources(array)), dim)
