"""Tensors put together: end to end, on top of each other, as blocks, in all combinations."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.promotion import result_type
from flambeau.core.tensor import TensorBase, wrap
from flambeau.dispatch.layout import as_suggested, row_by_row
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.addressing import from_start
from flambeau.ops.conversion import cast
from flambeau.ops.dims import array_of
from flambeau.ops.indexing import pick
from flambeau.ops.parts import along, selected, sliced
from flambeau.ops.shape import atleast_1d, atleast_2d, atleast_3d, expand, flatten, reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _is_left_out(shape: tuple[int, ...]) -> bool:
    """Say whether `cat` passes over a tensor: one of shape (0,) goes with any other."""
    return shape == (0,)


def _cut(g: Tensor, shapes: list[tuple[int, ...]], dim: int) -> list[Tensor]:
    """Cut the gradient of `cat` where the members met."""
    dim = from_start(dim, g.ndim)
    sizes = [0 if _is_left_out(shape) else shape[dim] for shape in shapes]
    ends = list(accumulate(sizes))
    return [reshape(part, (0,)) if _is_left_out(shape) and g.ndim > 1 else part for shape, part in zip(shapes, (
        sliced(g, along(dim, slice(end - size, end))) for size, end in zip(sizes, ends, strict=True)), strict=True)]


@op(layout=as_suggested, promote=SAME, grad={"tensors": lambda g, tensors_shape, dim: _cut(g, tensors_shape, dim)})
def _cat(tensors: Sequence[Tensor], dim: int) -> Tensor:
    joined = [tensor for tensor in tensors if not _is_left_out(tensor.shape)] or tensors[:1]
    _check_sizes(joined, from_start(dim, joined[0].ndim))
    return namespace_of(joined[0]).concatenate(joined, axis=dim)


def _check_sizes(arrays: Sequence[Any], dim: int) -> None:
    """Raise RuntimeError unless the shapes agree in all dims but one."""
    first = arrays[0].shape
    if not first:
        raise RuntimeError("zero-dimensional tensor (at position 0) cannot be concatenated; use stack()")
    for number, array in enumerate(arrays):
        shape = array.shape
        if len(shape) != len(first):
            raise RuntimeError(f"Tensors must have same number of dimensions: got {len(first)} and {len(shape)}")
        if shape[:dim] != first[:dim] or shape[dim + 1:] != first[dim + 1:]:
            wrong = next(d for d, (n, m) in enumerate(zip(first, shape, strict=True)) if n != m and d != dim)
            raise RuntimeError(f"Sizes of tensors must match except in dimension {dim}. Expected size {first[wrong]} but got "
                               f"size {shape[wrong]} for tensor number {number} in the list.")


@composite
def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Join tensors end to end along `dim`.

    >>> cat([randn(2, 3), randn(1, 3)])
    >>> cat((randn(2, 1), randn(2, 3)), dim=-1)
    >>> cat([randn(0), randn(2)])
    """
    if isinstance(tensors, Sequence) and not len(tensors):
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    return _cat(tensors, dim)


concat = concatenate = cat


def _as_stacked(result: Array, args: tuple[Any, ...]) -> Array:
    """Lay a stack out as the tensors joined end to end would be."""
    shape, dim = result.shape, from_start(args[-1], result.ndim)
    if dim == result.ndim - 1:
        return row_by_row(result, args)
    whole = row_by_row(result, args).reshape((*shape[:dim], shape[dim] * shape[dim + 1], *shape[dim + 2:]))
    return as_suggested(whole, args).reshape(shape)


@op(layout=_as_stacked, promote=SAME, grad={"tensors": lambda g, tensors_shape, dim: [
    selected(g, along(from_start(dim, g.ndim), i)) for i in range(len(tensors_shape))]})
def _stack(tensors: Sequence[Tensor], dim: int) -> Tensor:
    first = tensors[0].shape
    if len({tensor.shape for tensor in tensors}) > 1:
        number, shape = next((i, tensor.shape) for i, tensor in enumerate(tensors) if tensor.shape != first)
        raise RuntimeError(f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and {list(shape)} at "
                           f"entry {number}")
    dim = from_start(dim, len(first) + 1)
    if dim == 0 and first:  # half the time of `stack`, which makes a view of each
        return namespace_of(tensors[0]).concatenate(tensors).reshape(len(tensors), *first)
    return namespace_of(tensors[0]).stack(tensors, axis=dim)


@composite
def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Join tensors of one shape along a new dim.

    >>> stack([randn(2, 3), randn(2, 3)])
    >>> stack([randn(2), randn(2), randn(2)], dim=-1)
    """
    return _stack(tensors, dim)


@composite
def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Join tensors along the columns; vectors end to end.

    >>> hstack([randn(2, 1), randn(2, 2)])
    >>> hstack([randn(2), randn(1)])
    """
    grown = atleast_1d(tensors)
    return _cat(grown, 0 if grown[0].ndim == 1 else 1) if grown else _cat(tensors, 0)


@composite
def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Join tensors along the rows; vectors become rows.

    >>> vstack([randn(3), randn(2, 3)])
    """
    return _cat(atleast_2d(tensors), 0)


row_stack = vstack


@composite
def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """Join tensors along the third dim.

    >>> dstack([randn(2, 3), randn(2, 3)])
    """
    return _cat(atleast_3d(tensors), 2)


@composite
def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Join tensors along the columns; vectors become columns.

    >>> column_stack([randn(2), randn(2, 2)])
    """
    return _cat([reshape(t, (-1, 1)) if t.ndim < 2 else t for t in tensors], 1)


def block_diag(*tensors: Tensor) -> Tensor:
    """Put matrices corner to corner, with zeros around them.

    >>> block_diag(randn(1, 2), randn(2, 1))
    """
    from flambeau.ops.padding import constant_pad_nd

    if not tensors:
        return _empty_row()
    common = result_type(tensor._array for tensor in tensors)  # where those without dims count less, which `cat` does not
    blocks = atleast_2d([cast(tensor, common) for tensor in tensors])
    for number, block in enumerate(blocks):
        if block.ndim != 2:
            raise RuntimeError("torch.block_diag: Input tensors must have 2 or fewer dimensions. Input "
                               f"{number} has {block.ndim} dimensions")
    width, before, rows = sum(block.shape[1] for block in blocks), 0, []
    for block in blocks:
        rows.append(constant_pad_nd(block, (before, width - before - block.shape[1])))
        before += block.shape[1]
    return _cat(rows, 0)


def _empty_row() -> Any:
    from flambeau.ops.creation import empty

    return empty(1, 0)


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    """Expand vectors over a grid, one along each dim; with indexing "xy" the first two dims change places.

    >>> meshgrid(randn(2), randn(3), indexing="ij")
    >>> meshgrid(randn(2), randn(3), indexing="xy")
    """
    lines = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], tuple | list) else tensors
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    for line in lines:
        if line.ndim > 1:
            raise RuntimeError(f"torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: {list(line.shape)}")
    if not lines:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if len({array_of(line).dtype for line in lines}) > 1:
        raise RuntimeError("meshgrid expects all tensors to have the same dtype, but got "
                           f"{', '.join(str(line.dtype) for line in lines)}; convert them to one")
    turned = indexing == "xy" and len(lines) > 1
    lines = [lines[1], lines[0], *lines[2:]] if turned else list(lines)
    shape = tuple(array_of(line).size for line in lines)
    grids = [expand(reshape(line, (1,) * i + (-1,) + (1,) * (len(lines) - i - 1)), shape) for i, line in enumerate(lines)]
    return tuple([grids[1], grids[0], *grids[2:]] if turned else grids)


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """Return every way to take one element of each vector, one to a row.

    >>> cartesian_prod(randn(2), randn(3))
    """
    for number, tensor in enumerate(tensors):
        if not isinstance(tensor, TensorBase):
            raise TypeError(f"cartesian_prod takes tensors one by one, got {type(tensor).__name__} at position {number}")
        if tensor.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(tensor.shape)} at position {number}")
    if len(tensors) == 1:
        return tensors[0]
    return _stack([flatten(grid) for grid in meshgrid(*tensors)], 1)


@composite
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """Return every way to take `r` elements of a vector, one to a row.

    >>> combinations(randn(4))
    >>> combinations(randn(3), 2, with_replacement=True)
    """
    import itertools

    if input.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(input.shape)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    xp = namespace_of(array_of(input))
    rows = xp.asarray(list(choose(range(input.shape[0]), r)), dtype="i8").reshape((-1, r))
    return pick(input, [wrap(rows)], (0,)) if r else sliced(input, (slice(0, 0), ...))
