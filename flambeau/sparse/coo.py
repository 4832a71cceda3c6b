"""A sparse tensor: values at coordinates, in PyTorch's COO layout.

It answers every op by its dense form, which is worked out when an op asks; what keeps it sparse are the methods here.
"""
from __future__ import annotations

import math
from typing import Any

from flambeau.core.arrays import Array, as_array, namespace_of
from flambeau.core.layout import sparse_coo
from flambeau.core.size import Size
from flambeau.core.tensor import Storage, TensorBase, wrap
from flambeau.dispatch.overriding import disabled
from flambeau.ops.creation import as_tensor, zeros
from flambeau.ops.indexing import index_put
from flambeau.tensor import Tensor


class SparseTensor(Tensor):
    """`indices`: (sparse dims, entries), whole numbers; `values`: (entries, *dense dims). Entries of one place add up."""

    __slots__ = ("_coalesced", "_entries", "_places", "_size")

    __torch_function__ = disabled  # dense results are plain tensors

    _places: Any  # tensors
    _entries: Any
    _size: tuple[int, ...]
    _coalesced: bool

    @property
    def _array(self) -> Array:
        """The dense form."""
        return self.to_dense()._array

    @property
    def shape(self) -> Size:
        return Size(self._size)

    @property
    def ndim(self) -> int:
        return len(self._size)

    @property
    def dtype(self) -> Any:
        return self._entries.dtype

    @property
    def device(self) -> Any:
        return self._entries.device

    @property
    def layout(self) -> Any:
        return sparse_coo

    @property
    def is_sparse(self) -> bool:
        return True

    def numpy(self, *, force: bool = False) -> Any:
        raise TypeError("can't convert Sparse layout tensor to numpy. Use Tensor.to_dense() first.")

    def dim(self) -> int:
        return len(self._size)

    def numel(self) -> int:
        return math.prod(self._size)

    def sparse_dim(self) -> int:
        return int(self._places.shape[0])

    def dense_dim(self) -> int:
        return int(self._entries.ndim) - 1

    def _nnz(self) -> int:
        return int(self._entries.shape[0])

    def _indices(self) -> Any:
        return self._places

    def _values(self) -> Any:
        return self._entries

    def indices(self) -> Any:
        return self._checked("indices")._places

    def values(self) -> Any:
        return self._checked("values")._entries

    def _checked(self, what: str) -> SparseTensor:
        if not self._coalesced:
            raise RuntimeError(f"Cannot get {what} on an uncoalesced tensor, please call .coalesce() first")
        return self

    def is_coalesced(self) -> bool:
        return self._coalesced

    def coalesce(self) -> SparseTensor:
        """Return the entries sorted by place, those of one place added up."""
        if self._coalesced:
            return self
        xp, places = namespace_of(self._places._array), self._places._array
        keys = xp.ravel_multi_index(tuple(places), self._size[:len(places)]) if len(places) else xp.zeros(self._nnz(), "i8")
        unique, target = xp.unique(keys, return_inverse=True)
        values = zeros(len(unique), *self._entries.shape[1:], dtype=self.dtype, device=self.device)
        values = index_put(values, (wrap(target.reshape(-1)),), self._entries, accumulate=True)
        kept = xp.stack(xp.unravel_index(unique, self._size[:len(places)])) if len(places) else places[:, :len(unique)]
        return make(wrap(kept.astype("i8")), values, self._size, coalesced=True)

    def to_dense(self, dtype: Any = None, *, masked_grad: bool | None = None) -> Any:
        """Return an ordinary tensor; its gradient reaches the values."""
        dense = zeros(self._size, dtype=self.dtype, device=self.device)
        if self.sparse_dim() == 0:
            dense = dense + self._entries.sum(0)
        elif self._nnz():
            dense = index_put(dense, tuple(self._places), self._entries, accumulate=True)
        return dense if dtype is None else dense.to(dtype)

    def to_sparse(self, sparse_dim: int | None = None, **_: Any) -> SparseTensor:
        return self

    def _cast(self, dtype: Any) -> SparseTensor:
        values = self._entries._cast(dtype)
        return self if values is self._entries else make(self._places, values, self._size, self._coalesced)

    def clone(self, memory_format: Any = None) -> SparseTensor:
        return make(self._places.clone(), self._entries.clone(), self._size, self._coalesced)

    def detach(self) -> SparseTensor:
        return make(self._places, self._entries.detach(), self._size, self._coalesced)

    def __deepcopy__(self, memo: dict[int, Any]) -> SparseTensor:
        copied = memo[id(self)] = self.clone()
        return copied

    def __reduce_ex__(self, protocol: Any) -> Any:
        return make, (self._places, self._entries, self._size, self._coalesced)

    def t(self) -> SparseTensor:
        """Swap the two dims of a matrix."""
        if self.ndim != 2 or self.sparse_dim() != 2:
            raise RuntimeError(f"t() expects a sparse matrix, but self has {self.sparse_dim()} sparse and {self.dense_dim()} "
                               "dense dims")
        return make(self._places.flip(0), self._entries, self._size[::-1])

    def __add__(self, other: Any) -> Any:
        """Sparse and sparse is sparse: the entries of both; with anything else it is dense."""
        if not isinstance(other, SparseTensor):
            return self.to_dense() + other
        if other._size != self._size or other.sparse_dim() != self.sparse_dim():
            raise RuntimeError(f"add: expected sizes to match, but {list(self._size)} does not equal {list(other._size)}")
        from flambeau.ops.joining import cat

        return make(cat([self._places, other._places], 1), cat([self._entries, other._entries]), self._size)

    def __mul__(self, other: Any) -> Any:
        """By a number: sparse. By anything else: dense."""
        if isinstance(other, int | float | complex):
            return make(self._places, self._entries * other, self._size, self._coalesced)
        return self.to_dense() * other

    __rmul__ = __mul__

    def __neg__(self) -> SparseTensor:
        return self * -1

    def __truediv__(self, other: Any) -> Any:
        return self * (1 / other) if isinstance(other, int | float) else self.to_dense() / other

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        indices = "indices=" + _indented(self._places, len("tensor(indices="))
        values = "values=" + _indented(self._entries, len("       values="))
        grad = ", requires_grad=True" if self._entries.requires_grad else ""
        return (f"tensor({indices},\n       {values},\n       size={tuple(self._size)}, nnz={self._nnz()}, "
                f"layout=torch.sparse_coo{grad})")


def _indented(tensor: Any, columns: int) -> str:
    return repr(tensor.detach()).replace("\n", "\n" + " " * columns)


def make(places: Any, entries: Any, size: Any, coalesced: bool = False) -> SparseTensor:
    """Return a sparse tensor of what was checked already."""
    made = object.__new__(SparseTensor)
    made._places, made._entries, made._size, made._coalesced = places, entries, tuple(map(int, size)), coalesced
    made._storage, made._requires_grad, made._number = Storage(), False, 0
    made._node = made._grad = made._view = made._hooks = None
    return made


def sparse_coo_tensor(indices: Any, values: Any, size: Any = None, *, dtype: Any = None, device: Any = None,
                      pin_memory: bool = False, requires_grad: bool = False, check_invariants: bool | None = None,
                      is_coalesced: bool | None = None) -> SparseTensor:
    """Return a sparse tensor with `values` (entries, *dense dims) at `indices` (sparse dims, entries).

    Without `size` it is as large as the indices need. Raises RuntimeError for indices outside of the size, and for
    indices and values that are not as many.
    """
    places = as_tensor(indices, device=device).long()
    entries = as_tensor(values, dtype=dtype, device=device)
    places = places.unsqueeze(0) if places.ndim == 1 else places
    _check_counts(places, entries)
    size = _smallest(places, entries) if size is None else tuple(size)
    _check_range(places, entries, size)
    made = make(places, entries, size, bool(is_coalesced))
    if requires_grad:
        made._entries = entries.detach().requires_grad_()
    return made


def _check_counts(places: Any, entries: Any) -> None:
    if places.ndim != 2:
        raise RuntimeError(f"indices must be sparse_dim x nnz, but got: {list(places.shape)}")
    if entries.ndim == 0 or entries.shape[0] != places.shape[1]:
        raise RuntimeError(f"indices and values must have same nnz, but got nnz from indices: {places.shape[1]}, nnz from "
                           f"values: {entries.shape[0] if entries.ndim else 0}")


def _smallest(places: Any, entries: Any) -> tuple[int, ...]:
    found = [int(row.max()) + 1 if row.numel() else 0 for row in places]
    return (*found, *entries.shape[1:])


def _check_range(places: Any, entries: Any, size: tuple[int, ...]) -> None:
    if len(size) != places.shape[0] + entries.ndim - 1 or tuple(size[places.shape[0]:]) != tuple(entries.shape[1:]):
        raise RuntimeError(f"number of dimensions must be sparse_dim ({places.shape[0]}) + dense_dim ({entries.ndim - 1}), and "
                           f"dense sizes those of the values, but got size {list(size)}")
    for dim, row in enumerate(places):
        if row.numel() and (int(row.min()) < 0 or int(row.max()) >= size[dim]):
            raise RuntimeError(f"size is inconsistent with indices: for dim {dim}, size is {size[dim]} but found index "
                               f"{int(row.max() if int(row.min()) >= 0 else row.min())}")


def to_sparse(input: Any, sparse_dim: int | None = None, *, layout: Any = None, **_: Any) -> SparseTensor:
    """Return the entries of `input` that are not zero, over its first `sparse_dim` dims (all of them)."""
    if layout not in (None, sparse_coo):
        raise NotImplementedError(f"to_sparse: of the sparse layouts there is torch.sparse_coo, not {layout}")
    count = input.ndim if sparse_dim is None else sparse_dim
    if not 0 <= count <= input.ndim or (count == 0 and input.ndim > 0):
        raise RuntimeError(f"sparse_dim must be 1 to {input.ndim} for a tensor of {input.ndim} dims, but is {count}")
    array = input._array
    xp = namespace_of(array)
    kept = array if count == array.ndim else (array != 0).any(axis=tuple(range(count, array.ndim)))
    places = xp.stack(xp.nonzero(kept)) if count else xp.zeros((0, int(bool(array))), "i8")
    entries = input[tuple(map(wrap, places))] if count else input.reshape(1)[:places.shape[1]]
    return make(wrap(as_array(places).astype("i8")), entries, input.shape, coalesced=True)


def row_gradient(values: Any, indices: Any, shape: tuple[int, ...]) -> SparseTensor:
    """Return the gradient of a table of which the rows `indices` were looked up."""
    return make(wrap(indices.reshape(1, -1).astype("i8")), wrap(as_array(values).reshape(indices.size, *shape[1:])), shape)


TensorBase.rows_of = staticmethod(row_gradient)
