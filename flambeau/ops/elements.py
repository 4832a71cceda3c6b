"""Reading and writing single elements: of the flattened tensor, or along a dim with broadcasting."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.promotion import INT64
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import composite, op
from flambeau.ops.addressing import from_start, refuse_beyond, spread
from flambeau.ops.indexing import pick, replaced_at
from flambeau.ops.rows import raw_of
from flambeau.ops.scatter import gather
from flambeau.ops.shape import expand, reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _flat(input: Any) -> Any:
    return reshape(input, (-1,))


def _refuse_non_long(index: Array, title: str, size: int) -> None:
    if index.dtype != INT64:
        raise RuntimeError(f"{title}(): Expected a long tensor for index, but got {pytorch_name(index.dtype)}")
    if size == 0 and index.size:
        raise IndexError(f"{title}(): tried to take from an empty tensor")
    try:
        refuse_beyond(index, 0, size)
    except IndexError as error:
        raise IndexError(f"out of range: tried to access a tensor of {size} elements: {error}") from None


@composite
def take(input: Tensor, index: Tensor) -> Tensor:
    """Copy the elements of the flattened `input` that `index` lists, in the shape of `index`.

    >>> take(randn(3, 4), tensor([[0, 11], [-1, 0]]))
    """
    _refuse_non_long(raw_of(index), "take", raw_of(input).size)
    return pick(_flat(input), [index], (0,))


@composite
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """Copy `input`, with `source` in (or, with `accumulate`, added to) the listed places of the flattened tensor.

    >>> put(randn(3, 4), tensor([0, 11]), randn(2))
    >>> put(randn(3, 4), tensor([[0, 0]]), randn(2, 1), accumulate=True)
    """
    raw, given = raw_of(input), raw_of(source)
    if given.dtype != raw.dtype:
        raise RuntimeError(f"put_(): self and source expected to have the same dtype, but got self.dtype = "
                           f"{pytorch_name(raw.dtype)} and source.dtype = {pytorch_name(given.dtype)}")
    if given.size != raw_of(index).size:
        raise IndexError("put_(): Expected source and index to have the same number of elements, but got "
                         f"source.numel() = {given.size}, index.numel() = {raw_of(index).size}")
    _refuse_non_long(raw_of(index), "put_", raw.size)
    result = replaced_at(_flat(input), [_flat(index)], _flat(source), (0,), accumulate)
    return reshape(result, tuple(input.shape))


@composite
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """Read, for each of `indices`, the element of `input` at that place along `dim` (None: of the flattened `input`).

    The two broadcast against each other in the other dims.

    >>> take_along_dim(randn(3, 4), tensor([[0], [3], [-1]]), 1)
    >>> take_along_dim(randn(3, 4), tensor([[1, 0, 2, 2]]), dim=0)
    >>> take_along_dim(randn(3, 4), tensor([5, 0]))
    """
    if raw_of(indices).dtype != INT64:
        raise RuntimeError("torch.take_along_dim(): dtype of indices should be Long but got "
                           f"{pytorch_name(raw_of(indices).dtype)}")
    if dim is None:
        return take_along_dim(_flat(input), _flat(indices), 0)
    if input.ndim != indices.ndim:
        raise RuntimeError("torch.take_along_dim(): input and indices should have the same number of dimensions, but "
                           f"got {input.ndim} dimensions for input, and {indices.ndim} dimensions for indices")
    dim = from_start(dim, input.ndim)
    shape = _broadcast_except(dim, tuple(input.shape), tuple(indices.shape))
    size = input.shape[dim]
    input = expand(input, (*shape[:dim], size, *shape[dim + 1:]))
    return gather(input, dim, _counted_from_start(expand(indices, shape), size))


def _broadcast_except(dim: int, one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that two shapes broadcast to, except that `dim` is the other's."""
    for d, (n, m) in enumerate(zip(one, other, strict=True)):
        if d != dim and n != m and 1 not in (n, m):
            raise RuntimeError(f"The size of tensor a ({n}) must match the size of tensor b ({m}) at non-singleton "
                               f"dimension {d}: take_along_dim got {list(one)} and indices {list(other)} along {dim}")
    return tuple(m if d == dim or n == 1 else n for d, (n, m) in enumerate(zip(one, other, strict=True)))


@op()
def _counted_from_start(indices: Tensor, size: int) -> Tensor:
    return namespace_of(indices).where(indices < 0, indices + size, indices)


@composite
def as_strided_scatter(input: Tensor, src: Tensor, size: tuple[int, ...], stride: tuple[int, ...],
                       storage_offset: int | None = None) -> Tensor:
    """Copy `input`, with `src` written over the elements that `as_strided` with these arguments would show.

    What is overwritten gets no gradient; PyTorch 2.13 gives `input` the gradient of just that part instead.
    """
    if tuple(src.shape) != tuple(size):
        raise RuntimeError(f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, "
                           f"slice size = {list(size)}")
    return put(input, _strided_positions(input, tuple(size), tuple(stride), storage_offset or 0), src)


@op()
def _strided_positions(input: Tensor, size: tuple[int, ...], stride: tuple[int, ...], start: int) -> Tensor:
    xp = namespace_of(input)
    positions = xp.full(size, start)
    for dim, (count, step) in enumerate(zip(size, stride, strict=True)):
        positions = positions + spread(xp.arange(count) * step, dim, len(size))
    if positions.size and not 0 <= int(positions.min()) <= int(positions.max()) < input.size:
        raise RuntimeError(f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {start} are out of "
                           f"bounds for storage of {input.size} elements")
    return positions
