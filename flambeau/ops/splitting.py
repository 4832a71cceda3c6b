"""Tensors cut into parts along one dim. The parts are views."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from flambeau.dispatch.op import composite
from flambeau.dispatch.views import among_several
from flambeau.ops.addressing import from_start
from flambeau.ops.dims import array_of
from flambeau.ops.parts import along, selected, sliced

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Parts = tuple["Tensor", ...]


@composite
def unbind(input: Tensor, dim: int = 0) -> Parts:
    """Return every slice along `dim`, without that dim.

    >>> unbind(randn(3, 2))
    >>> unbind(randn(3, 2), dim=-1)
    """
    if not input.ndim:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    dim = from_start(dim, input.ndim)
    return among_several(tuple(selected(input, along(dim, i)) for i in range(input.shape[dim])))


def _between(input: Any, dim: int, bounds: Sequence[int]) -> Parts:
    """Cut at each of `bounds`, the two ends among them."""
    return tuple(sliced(input, along(dim, slice(start, stop))) for start, stop in pairwise(bounds))


@composite
def split(input: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0) -> Parts:
    """Cut into parts of one size (the last may be smaller), or of the sizes listed.

    >>> split(randn(5, 2), 2)
    >>> split(randn(2, 5), [1, 4], dim=1)
    """
    return among_several(unsafe_split(input, split_size_or_sections, dim))


@composite
def unsafe_split(input: Tensor, split_size: int | Sequence[int], dim: int = 0) -> Parts:
    """As `split`, and the parts may be written to; that their memory is one is then for the caller to mind.

    >>> unsafe_split(randn(5, 2), 2)
    """
    if isinstance(split_size, tuple | list):
        return unsafe_split_with_sizes(input, split_size, dim)
    if not input.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    step, dim = int(split_size), from_start(dim, input.ndim)
    size = input.shape[dim]
    if step < 0 or step == 0 and size:
        raise RuntimeError(f"split expects split_size be non-negative, but got split_size={step}" if step < 0 else
                           f"split_size can only be 0 if dimension size is 0, but got dimension size of {size}")
    return _between(input, dim, [*range(0, size, step or 1), size] if size else [0, 0])


@composite
def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> Parts:
    """Cut into parts of the sizes listed, which must add up to the whole.

    >>> split_with_sizes(randn(5), [2, 0, 3])
    """
    return among_several(unsafe_split_with_sizes(input, split_sizes, dim))


@composite
def unsafe_split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> Parts:
    """As `split_with_sizes`, and the parts may be written to.

    >>> unsafe_split_with_sizes(randn(5), [2, 0, 3])
    """
    if not input.ndim:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    dim = from_start(dim, input.ndim)
    bounds = [0]
    for size in split_sizes:
        if size < 0:
            raise RuntimeError("split_with_sizes expects split_sizes have only non-negative entries, but got "
                               f"split_sizes={list(split_sizes)}")
        bounds.append(bounds[-1] + int(size))
    if bounds[-1] != input.shape[dim]:
        raise RuntimeError("split_with_sizes expects split_sizes to sum exactly to "
                           f"{input.shape[dim]} (input tensor's size at dimension {dim}), but got split_sizes="
                           f"{list(split_sizes)}")
    return _between(input, dim, bounds)


@composite
def chunk(input: Tensor, chunks: int, dim: int = 0) -> Parts:
    """Cut into at most `chunks` parts of equal size; the last may be smaller.

    >>> chunk(randn(5, 2), 3)
    >>> chunk(randn(2, 4), 2, dim=1)
    """
    return among_several(unsafe_chunk(input, chunks, dim))


@composite
def unsafe_chunk(input: Tensor, chunks: int, dim: int = 0) -> Parts:
    """As `chunk`, and the parts may be written to.

    >>> unsafe_chunk(randn(5, 2), 3)
    """
    if not input.ndim:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    dim = from_start(dim, input.ndim)
    size = input.shape[dim]
    if not size:
        return unsafe_split_with_sizes(input, (0,) * chunks, dim)
    return unsafe_split(input, -(-size // chunks), dim)


@composite
def tensor_split(input: Tensor, indices_or_sections: int | Sequence[int] | Tensor, dim: int = 0) -> Parts:
    """Cut into a number of parts as equal as can be, or at the places listed.

    >>> tensor_split(randn(5, 2), 3)
    >>> tensor_split(randn(5), [1, 3])
    """
    if not input.ndim:
        raise RuntimeError("tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims")
    dim = from_start(dim, input.ndim)
    size, cuts = input.shape[dim], _cuts(indices_or_sections)
    if not isinstance(cuts, int):
        bounds = [slice(0, cut).indices(size)[1] for cut in cuts]
        starts, stops = [0, *bounds], [*bounds, size]
        return tuple(sliced(input, along(dim, slice(a, max(a, b)))) for a, b in zip(starts, stops, strict=True))
    if cuts <= 0:
        raise RuntimeError(f"number of sections must be larger than 0, got {cuts}")
    small, larger = divmod(size, cuts)
    return _between(input, dim, [i * small + min(i, larger) for i in range(cuts + 1)])


def _cuts(given: Any) -> Any:
    """Return sections as an int, indices as a list, from what may be a tensor of either."""
    array = array_of(given)
    if not hasattr(array, "ndim"):
        return given
    if array.dtype.kind not in "iu" or array.dtype.itemsize != 8:
        raise RuntimeError(f"tensor_split expected tensor_indices_or_sections to have dtype of long, but got {array.dtype}")
    if array.ndim > 1:
        raise RuntimeError("tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional "
                           f"tensor, but got a tensor with {array.ndim} dims")
    return array.tolist()


def _split_along(name: str, least: int, dim: int) -> Any:
    def cut(input: Any, indices_or_sections: Any) -> Any:
        if input.ndim < least:
            raise RuntimeError(f"torch.{name} requires a tensor with at least {least} dimension"
                               f"{'s' if least > 1 else ''}, but got a tensor with {input.ndim} dimensions!")
        along_dim = 0 if name == "hsplit" and input.ndim == 1 else dim
        if isinstance(indices_or_sections, int) and indices_or_sections > 0 and input.shape[along_dim] % indices_or_sections:
            raise RuntimeError(f"torch.{name} attempted to split along dimension {along_dim}, but the size of the dimension "
                               f"{input.shape[along_dim]} is not divisible by the split_size {indices_or_sections}!")
        return tensor_split(input, indices_or_sections, along_dim)

    return cut


_hsplit, _vsplit, _dsplit = _split_along("hsplit", 1, 1), _split_along("vsplit", 2, 0), _split_along("dsplit", 3, 2)


@composite
def hsplit(input: Tensor, indices_or_sections: int | Sequence[int]) -> Parts:
    """Cut along the columns.

    >>> hsplit(randn(2, 4), 2)
    >>> hsplit(randn(4), [1, 2])
    """
    return _hsplit(input, indices_or_sections)


@composite
def vsplit(input: Tensor, indices_or_sections: int | Sequence[int]) -> Parts:
    """Cut along the rows.

    >>> vsplit(randn(4, 2), 2)
    """
    return _vsplit(input, indices_or_sections)


@composite
def dsplit(input: Tensor, indices_or_sections: int | Sequence[int]) -> Parts:
    """Cut along the third dim.

    >>> dsplit(randn(1, 2, 4), 2)
    """
    return _dsplit(input, indices_or_sections)
