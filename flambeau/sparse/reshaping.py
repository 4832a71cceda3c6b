"""Parts of sparse tensors, and their dims in another order; all are copies."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flambeau.core.arrays import namespace_of
from flambeau.core.tensor import wrap
from flambeau.ops import rows as dense_rows
from flambeau.ops.addressing import from_start
from flambeau.ops.creation import zeros
from flambeau.ops.joining import cat as cat_dense
from flambeau.ops.permutation import permute as permute_dense
from flambeau.ops.permutation import transpose as transpose_dense
from flambeau.sparse.compressed import CompressedTensor, make_compressed
from flambeau.sparse.conversion import by_coordinates
from flambeau.sparse.coo import CooTensor, make
from flambeau.sparse.products import spread
from flambeau.sparse.refusals import RefusingMethods
from flambeau.tensor.sparse import kind_of


def t(input: Any) -> Any:
    """Swap the two dims of a matrix."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 sparse and 0 dense dimensions, but self is {input.ndim}D")
    return transpose(input, 0, -1) if input.ndim == 2 else input


def transpose(input: Any, dim0: int, dim1: int) -> Any:
    """Swap two dims, both of the batch, both sparse or both dense; swapping those of rows and columns changes the layout."""
    dim0, dim1 = sorted(from_start(dim, input.ndim) for dim in (dim0, dim1))
    kinds = [_kind(input, dim) for dim in (dim0, dim1)]
    if kinds[0] != kinds[1]:
        raise RuntimeError("transpose(): can only transpose dimensions of the same type (Batch, Sparse, Dense), got "
                           f"{dim0}({kinds[0]}) and {dim1}({kinds[1]})")
    if dim0 == dim1:
        return input
    size = list(input.shape)
    size[dim0], size[dim1] = size[dim1], size[dim0]
    return (_swapped_places if isinstance(input, CooTensor) else _swapped_lists)(input, dim0, dim1, kinds[0], size)


swapaxes = swapdims = transpose


def _kind(input: Any, dim: int) -> str:
    if isinstance(input, CooTensor):
        return "Sparse" if dim < input.sparse_dim() else "Dense"
    at = input._batch_dim()
    return "Batch" if dim < at else "Sparse" if dim < at + 2 else "Dense"


def _swapped_places(input: CooTensor, dim0: int, dim1: int, kind: str, size: list[int]) -> CooTensor:
    if kind == "Dense":
        shift = 1 - input.sparse_dim()
        return make(input._places, transpose_dense(input._entries, dim0 + shift, dim1 + shift), size, input._coalesced)
    order = list(range(input.sparse_dim()))
    order[dim0], order[dim1] = order[dim1], order[dim0]
    return make(input._places[order], input._entries, size)


def _swapped_lists(input: CompressedTensor, dim0: int, dim1: int, kind: str, size: list[int]) -> CompressedTensor:
    ends, cells, values, form = input._ends, input._cells, input._entries, input._format
    if kind == "Batch":
        ends, cells, values = (transpose_dense(part, dim0, dim1) for part in (ends, cells, values))
    elif kind == "Dense":
        shift = 2 * form.blocks - 1
        values = transpose_dense(values, dim0 + shift, dim1 + shift)
    else:
        form = form.transposed
        values = transpose_dense(values, dim0 + 1, dim0 + 2) if form.blocks else values
    return make_compressed(form.layout, ends, cells, values, size)


def permute(input: Any, dims: Sequence[int], *more: int) -> Any:
    """Reorder dims, the sparse among each other and the dense among each other."""
    dims = (dims, *more) if isinstance(dims, int) else tuple(dims)
    order = [from_start(dim, input.ndim) for dim in dims]
    if sorted(order) != list(range(input.ndim)):
        raise RuntimeError(f"permute(sparse_coo): number of dimensions in the tensor input does not match the length of the "
                           f"desired ordering of dimensions, or dims are repeated: {list(dims)} for {input.ndim} dims")
    if not isinstance(input, CooTensor):
        raise NotImplementedError(f"permute is not implemented for tensors of layout {kind_of(input)}: use transpose()")
    count = input.sparse_dim()
    if any((dim < count) != (place < count) for place, dim in enumerate(order)):
        raise RuntimeError("permute(sparse_coo): dims of sparse and dense parts cannot be mixed")
    inner = [0, *(dim - count + 1 for dim in order[count:])]
    size = [input.shape[dim] for dim in order]
    sorted_still = input._coalesced and order[:count] == list(range(count))
    return make(input._places[order[:count]], permute_dense(input._entries, inner), size, sorted_still)


def unsqueeze(input: Any, dim: int) -> Any:
    """Add a dim of size one: a sparse one, unless it comes behind a dense one."""
    _by_places("unsqueeze", input)
    dim, count = from_start(dim, input.ndim + 1), input.sparse_dim()
    size = [*input.shape[:dim], 1, *input.shape[dim:]]
    if dim > count:
        return make(input._places, input._entries.unsqueeze(dim - count + 1), size, input._coalesced)
    row = zeros(1, input._nnz(), dtype=input._places.dtype, device=input.device)
    return make(cat_dense([input._places[:dim], row, input._places[dim:]]), input._entries, size, input._coalesced)


def select(input: Any, dim: int, index: int) -> Any:
    """Return the part at one index of a dim; it is dense when no sparse dim is left."""
    dim = from_start(dim, input.ndim)
    size = input.shape[dim]
    if not -size <= index < size:
        raise IndexError(f"select(): index {index} out of range for tensor of size {list(input.shape)} at dimension {dim}")
    index %= size
    rest = [*input.shape[:dim], *input.shape[dim + 1:]]
    if isinstance(input, CompressedTensor):
        if _kind(input, dim) == "Batch":
            ends, cells, values = (part.select(dim, index) for part in (input._ends, input._cells, input._entries))
            return make_compressed(input.layout, ends, cells, values, rest)
        if _kind(input, dim) == "Dense":
            values = input._entries.select(dim + 2 * input._format.blocks - 1, index)
            return make_compressed(input.layout, input._ends, input._cells, values, rest)
        input = by_coordinates(input)
    count = input.sparse_dim()
    if dim >= count:
        return make(input._places, input._entries.select(dim - count + 1, index), rest, input._coalesced)
    kept = (input._places[dim] == index).nonzero().reshape(-1)
    values = dense_rows.index_select(input._entries, 0, kept)
    if count == 1:
        return values.sum(0, dtype=input.dtype)
    others = [d for d in range(count) if d != dim]
    return make(dense_rows.index_select(input._places[others], 1, kept), values, rest, input._coalesced)


def unbind(input: Any, dim: int = 0) -> tuple[Any, ...]:
    """Return the parts at each index of a dim."""
    if input.ndim == 0:
        raise TypeError("iteration over a 0-d tensor")
    return tuple(select(input, dim, index) for index in range(input.shape[dim]))


def __getitem__(input: Any, index: Any) -> Any:  # noqa: N807  Python's name
    """Return the part at one index of each of the first dims."""
    for number in index if isinstance(index, tuple) else (index,):
        if not isinstance(number, int) or isinstance(number, bool):
            raise NotImplementedError("sparse tensors are subscripted with whole numbers only, not "
                                      f"{type(number).__name__}; use index_select(), narrow_copy() or to_dense()")
        input = input.select(0, number)
    return input


def cat(tensors: Sequence[Any], dim: int = 0) -> Any:
    """Join sparse tensors along a dim."""
    _check_alike("cat", tensors)
    first = tensors[0]
    dim, count = from_start(dim, first.ndim), first.sparse_dim()
    starts = [0]
    for tensor in tensors:
        starts.append(starts[-1] + tensor.shape[dim])
    size = [*first.shape[:dim], starts[-1], *first.shape[dim + 1:]]
    if dim < count:
        places = [_shifted(tensor._places, dim, start) for tensor, start in zip(tensors, starts, strict=False)]
        values = [tensor._entries for tensor in tensors]
    else:
        places = [tensor._places for tensor in tensors]
        values = [_padded(tensor._entries, dim - count + 1, start, starts[-1])
                  for tensor, start in zip(tensors, starts, strict=False)]
    return make(cat_dense(places, 1), cat_dense(values), size)


concat = concatenate = cat


def _check_alike(name: str, tensors: Sequence[Any]) -> None:
    for tensor in tensors:
        if not isinstance(tensor, RefusingMethods):
            raise RuntimeError(f"{name}: concatenating sparse tensors, but a dense tensor was found among them")
        _by_places(name, tensor)
        if tensor.sparse_dim() != tensors[0].sparse_dim() or tensor.ndim != tensors[0].ndim:
            raise RuntimeError(f"{name}: all tensors must have the same number of sparse and dense dims")


def _shifted(places: Any, dim: int, start: int) -> Any:
    return cat_dense([places[:dim], places[dim:dim + 1] + start, places[dim + 1:]])


def _padded(values: Any, dim: int, start: int, total: int) -> Any:
    """Put zeros before and after what other tensors have there."""
    size = list(values.shape)

    def gap(width: int) -> Any:
        return zeros(*size[:dim], width, *size[dim + 1:], dtype=values.dtype, device=values.device)

    return cat_dense([gap(start), values, gap(total - start - size[dim])], dim)


def stack(tensors: Sequence[Any], dim: int = 0) -> Any:
    """Join sparse tensors along a new dim."""
    _check_alike("stack", tensors)
    if any(tensor.shape != tensors[0].shape for tensor in tensors):
        raise RuntimeError("stack expects each tensor to be equal size")
    return cat([unsqueeze(tensor, dim) for tensor in tensors], from_start(dim, tensors[0].ndim + 1))


def index_select(input: Any, dim: int, index: Any) -> Any:
    """Return the parts at several indices of a dim, one after the other."""
    _by_places("index_select", input)
    dim, count = from_start(dim, input.ndim), input.sparse_dim()
    size = [*input.shape[:dim], index.numel(), *input.shape[dim + 1:]]
    if dim >= count:
        values = dense_rows.index_select(input._entries, dim - count + 1, index)
        return make(input._places, values, size, input._coalesced)
    row, wanted = input._places._array[dim], index._array.reshape(-1)
    if wanted.size and (int(wanted.min()) < 0 or int(wanted.max()) >= input.shape[dim]):
        raise IndexError(f"index_select(): index out of range for dim {dim} of size {input.shape[dim]}")
    xp = namespace_of(row)
    order = xp.argsort(row, kind="stable")
    starts, ends = (xp.searchsorted(row[order], wanted, side=side) for side in ("left", "right"))
    target, at = spread(starts, ends - starts)
    chosen = order[at]
    places = input._places._array[:, chosen]
    places[dim] = target
    return make(wrap(places), dense_rows.index_select(input._entries, 0, wrap(chosen)), size, input._coalesced and dim == 0)


def narrow_copy(input: Any, dim: int, start: int, length: int) -> Any:
    """Return `length` indices of a dim from `start` on."""
    _by_places("narrow_copy", input)
    dim, count = from_start(dim, input.ndim), input.sparse_dim()
    if not 0 <= start <= start + length <= input.shape[dim]:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({input.shape[dim]}).")
    size = [*input.shape[:dim], length, *input.shape[dim + 1:]]
    if dim >= count:
        return make(input._places, input._entries.narrow(dim - count + 1, start, length), size, input._coalesced)
    row = input._places[dim]
    kept = ((row >= start) & (row < start + length)).nonzero().reshape(-1)
    places = _shifted(dense_rows.index_select(input._places, 1, kept), dim, -start)
    return make(places, dense_rows.index_select(input._entries, 0, kept), size, input._coalesced)


def _by_places(name: str, input: Any) -> None:
    if not isinstance(input, CooTensor):
        raise RuntimeError(f"{name} is not implemented for tensors of layout {kind_of(input)}; use to_sparse()")
