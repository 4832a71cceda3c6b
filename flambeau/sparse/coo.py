"""A sparse tensor by coordinates: PyTorch's COO layout."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flambeau.core.arrays import Array, as_array, namespace_of
from flambeau.core.layout import sparse_coo
from flambeau.core.tensor import TensorBase, wrap
from flambeau.ops.creation import zeros
from flambeau.ops.indexing import index_put
from flambeau.sparse.base import SparseTensor, bare
from flambeau.sparse.entering import handed_out


class CooTensor(SparseTensor):
    """`indices`: (sparse dims, entries), whole numbers; `values`: (entries, *dense dims). Entries of one place add up."""

    __slots__ = ("_coalesced", "_places")

    _places: Any  # a tensor
    _coalesced: bool  # whether the places are sorted, and each is there once

    layout = property(lambda self: sparse_coo)
    is_sparse = property(lambda self: True)

    def _rebuilt(self, values: Any, moved: Callable[[Any], Any] = lambda indices: indices) -> CooTensor:
        return make(moved(self._places), values, self._size, self._coalesced)

    def _take(self, other: Any) -> None:
        super()._take(other)
        self._places, self._coalesced = other._places, other._coalesced

    def _named_indices(self) -> list[tuple[str, Any]]:
        return [("indices", self._places)]

    def sparse_dim(self) -> int:
        return int(self._places.shape[0])

    def dense_dim(self) -> int:
        return int(self._entries.ndim) - 1

    def _dimI(self) -> int:  # noqa: N802  PyTorch's name
        return self.sparse_dim()

    def _dimV(self) -> int:  # noqa: N802  PyTorch's name
        return self.dense_dim()

    def _nnz(self) -> int:
        return int(self._entries.shape[0])

    def stride(self, dim: int | None = None) -> Any:
        """Return zeros: there is no memory to step through."""
        return (0,) * self.ndim if dim is None else 0

    def _indices(self) -> Any:
        return self._places

    def _values(self) -> Any:
        return self._entries.detach()

    def indices(self) -> Any:
        return self._checked("indices")._places.detach()

    def values(self) -> Any:
        return handed_out(self._checked("values")._entries)

    def _checked(self, what: str) -> CooTensor:
        if not self._coalesced:
            raise RuntimeError(f"Cannot get {what} on an uncoalesced tensor, please call .coalesce() first")
        return self

    def is_coalesced(self) -> bool:
        return self._coalesced

    def _coalesced_(self, coalesced: bool) -> CooTensor:
        """Say whether the places are sorted, each there once, without looking."""
        self._coalesced = coalesced
        return self

    def coalesce(self) -> CooTensor:
        """Return the entries sorted by place, those of one place added up."""
        if self._coalesced:
            return self
        places = self._places._array
        xp = namespace_of(places)
        unique, target = xp.unique(self._keys(), return_inverse=True)
        values = zeros(len(unique), *self._entries.shape[1:], dtype=self.dtype, device=self.device)
        values = index_put(values, (wrap(target.reshape(-1)),), self._entries, accumulate=True)
        kept = xp.stack(xp.unravel_index(unique, self._size[:len(places)])) if len(places) else places[:, :len(unique)]
        return make(wrap(kept.astype("i8")), values, self._size, coalesced=True)

    def _keys(self) -> Array:
        """Return a number for each entry, by its place in the order of rows."""
        places = self._places._array
        xp = namespace_of(places)
        if not len(places) or not self._nnz():
            return xp.zeros(self._nnz(), "i8")
        return xp.ravel_multi_index(tuple(places), self._size[:len(places)])

    def to_dense(self, dtype: Any = None, *, masked_grad: bool | None = None) -> Any:
        """Return an ordinary tensor; its gradient reaches the values."""
        dense = zeros(self._size, dtype=self.dtype, device=self.device)
        if self.sparse_dim() == 0:
            dense = dense + self._entries.sum(0).to(self.dtype)
        elif self._nnz():
            dense = index_put(dense, tuple(self._places), self._entries, accumulate=True)
        return dense if dtype is None else dense.to(dtype)

    def _parts(self) -> tuple[Any, ...]:
        return self._places, self._entries.detach(), self.shape, self._coalesced

    def __reduce_ex__(self, protocol: Any) -> Any:
        return make, (self._places, self._entries.detach(), self._size, self._coalesced)


def make(places: Any, entries: Any, size: Any, coalesced: bool = False) -> CooTensor:
    """Return a sparse tensor of what was checked already."""
    made: CooTensor = bare(CooTensor, entries, size)
    made._places, made._coalesced = places, coalesced
    return made


def row_gradient(values: Any, indices: Any, shape: tuple[int, ...]) -> CooTensor:
    """Return the gradient of a table of which the rows `indices` were looked up."""
    return make(wrap(indices.reshape(1, -1).astype("i8")), wrap(as_array(values).reshape(indices.size, *shape[1:])), shape)


TensorBase._rows_of = staticmethod(row_gradient)
