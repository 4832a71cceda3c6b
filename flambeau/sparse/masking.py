"""The values that one tensor has at the places of another."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.tensor import wrap
from flambeau.ops.masking import where
from flambeau.ops.rows import index_select
from flambeau.ops.shape import reshape
from flambeau.sparse.conversion import elements, tiled
from flambeau.sparse.coo import CooTensor
from flambeau.sparse.refusals import RefusingMethods


def sparse_mask(input: Any, mask: Any) -> Any:
    """Return `input` at the places of the sparse tensor `mask`, in its layout."""
    if not isinstance(mask, RefusingMethods):
        raise NotImplementedError("Could not run 'sparse_mask' with a dense mask: use input * mask, or to_sparse() of the mask")
    if input.shape != mask.shape:
        raise RuntimeError(f"sparse_mask(): operands have incompatible sizes; self has size {list(input.shape)} but mask has "
                           f"size {list(mask.shape)}")
    return mask._rebuilt(values_at(input, mask))


def copy(input: Any, src: Any, non_blocking: bool = False) -> Any:
    """Return `src` as something of the layout of `input`."""
    if not isinstance(input, RefusingMethods) or not isinstance(src, RefusingMethods):
        raise RuntimeError("copy_() between dense and sparse Tensors is not implemented; use to_dense() or to_sparse()")
    if input.layout is not src.layout:
        raise RuntimeError(f"copy_(): only sparse tensors of one layout can be copied, but got {input.layout} and {src.layout}")
    return src.to(input.dtype).clone() if src.shape == input.shape else src.expand(input.shape)


def values_at(source: Any, like: Any) -> Any:
    """Return what `source`, dense or sparse, has at the places of `like`, shaped as its values are."""
    if not isinstance(source, RefusingMethods):
        return _of_dense(source, like)
    if has_pattern_of(source, like):
        return source._entries
    if not isinstance(like, CooTensor) and like._format.blocks:
        return _of_dense(source.to_dense(), like)
    places = list(like._places._array) if isinstance(like, CooTensor) else like._coordinates()
    found, hit = _looked_up(source, places)
    return reshape(where(wrap(hit.reshape(-1, *[1] * (found.ndim - 1))), found, 0), like._entries.shape)


def has_pattern_of(one: Any, other: Any) -> bool:
    """Say whether two sparse tensors have the same places for the reason that they share the indices."""
    if one.layout is not other.layout or one.shape != other.shape or one._entries.shape != other._entries.shape:
        return False
    pairs = zip(one._named_indices(), other._named_indices(), strict=True)
    return all(first is second for (_, first), (_, second) in pairs)


def _of_dense(source: Any, like: Any) -> Any:
    if isinstance(like, CooTensor):
        if like.sparse_dim() == 0:
            return source.unsqueeze(0).expand(like._entries.shape)
        return source[tuple(like._places)]
    blocks = tiled(source, like._batch_dim(), like._block)
    return reshape(blocks[tuple(map(wrap, like._coordinates()))], like._entries.shape)


def _looked_up(source: Any, places: list[Array]) -> tuple[Any, Array]:
    """Return the values of a sparse tensor for each place, whatever they are where it has none, and where it has one."""
    positions, hit = positions_in(source, places)
    _, values = sorted_elements(source)
    if not values.shape[0]:
        return values.new_zeros(len(positions), *values.shape[1:]), hit
    return index_select(values, 0, wrap(positions)), hit


def positions_in(source: Any, places: list[Array]) -> tuple[Array, Array]:
    """Return for each place which of the sorted elements of `source` is there, and whether there is one."""
    own, values = sorted_elements(source)
    xp = namespace_of(places[0])
    count, size = values.shape[0], tuple(source.shape[:len(places)])
    if not count or not len(places[0]):
        return xp.zeros(len(places[0]), "i8"), xp.zeros(len(places[0]), bool)
    keys, wanted = (xp.ravel_multi_index(tuple(where), size) for where in (own, places))
    positions = xp.minimum(xp.searchsorted(keys, wanted), count - 1)
    return positions, keys[positions] == wanted


def sorted_elements(source: Any) -> tuple[list[Array], Any]:
    """Return places and values of the elements, by rows."""
    by_place = source.to_sparse().coalesce()
    return elements(by_place)
