"""Sparse tensors whose rows or columns are lists, one after the other: PyTorch's CSR, CSC, BSR and BSC layouts."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flambeau.core import layout as layouts
from flambeau.core.arrays import Array, namespace_of
from flambeau.core.tensor import wrap
from flambeau.ops.creation import zeros
from flambeau.ops.indexing import index_put
from flambeau.ops.permutation import permute
from flambeau.ops.shape import reshape
from flambeau.sparse.base import SparseTensor, bare
from flambeau.sparse.entering import handed_out


class Format(NamedTuple):
    """What tells the four layouts apart."""

    layout: Any
    by_rows: bool  # whether the lists are those of the rows
    blocks: bool  # whether the members of the lists are blocks

    @property
    def names(self) -> tuple[str, str]:
        return ("crow_indices", "col_indices") if self.by_rows else ("ccol_indices", "row_indices")

    @property
    def transposed(self) -> Format:
        return next(other for other in FORMATS.values() if other.blocks == self.blocks and other.by_rows != self.by_rows)


FORMATS = {layout: Format(layout, by_rows, blocks) for layout, by_rows, blocks in (
    (layouts.sparse_csr, True, False), (layouts.sparse_csc, False, False),
    (layouts.sparse_bsr, True, True), (layouts.sparse_bsc, False, True))}


class CompressedTensor(SparseTensor):
    """The members of row r are those from `ends[r]` to `ends[r + 1]`, and `cells` says in which columns they are.

    `ends`: (*batch, rows + 1), `cells`: (*batch, members), `values`: (*batch, members, *block, *dense dims). In the layouts
    by columns it is rows for columns. In the layouts of blocks, rows and columns are those of blocks.
    """

    __slots__ = ("_cells", "_ends", "_format")

    _format: Format
    _ends: Any  # tensors
    _cells: Any

    layout = property(lambda self: self._format.layout)
    is_sparse_csr = property(lambda self: self._format.layout is layouts.sparse_csr)

    def _rebuilt(self, values: Any, moved: Callable[[Any], Any] = lambda indices: indices) -> CompressedTensor:
        return make_compressed(self._format.layout, moved(self._ends), moved(self._cells), values, self._size)

    def _take(self, other: Any) -> None:
        super()._take(other)
        self._format, self._ends, self._cells = other._format, other._ends, other._cells

    def _named_indices(self) -> list[tuple[str, Any]]:
        return list(zip(self._format.names, (self._ends, self._cells), strict=True))

    def sparse_dim(self) -> int:
        return 2

    def dense_dim(self) -> int:
        return int(self._entries.ndim) - self._batch_dim() - 1 - 2 * self._format.blocks

    def _batch_dim(self) -> int:
        return int(self._ends.ndim) - 1

    def _nnz(self) -> int:
        """Return how many members each batch has."""
        return int(self._cells.shape[-1])

    def values(self) -> Any:
        return handed_out(self._entries)

    def crow_indices(self) -> Any:
        return self._indices_by_rows("crow_indices", self._ends)

    def col_indices(self) -> Any:
        return self._indices_by_rows("col_indices", self._cells)

    def ccol_indices(self) -> Any:
        return self._indices_by_columns("ccol_indices", self._ends)

    def row_indices(self) -> Any:
        return self._indices_by_columns("row_indices", self._cells)

    def _indices_by_rows(self, name: str, indices: Any) -> Any:
        return indices.detach() if self._format.by_rows else getattr(SparseTensor, name)(self)

    def _indices_by_columns(self, name: str, indices: Any) -> Any:
        return getattr(SparseTensor, name)(self) if self._format.by_rows else indices.detach()

    # ------------------------------------------------------------------------------ where the members are

    @property
    def _block(self) -> tuple[int, ...]:
        """The size of a block; of single elements, that of one."""
        at = self._batch_dim() + 1
        return tuple(self._entries.shape[at:at + 2]) if self._format.blocks else (1, 1)

    @property
    def _grid(self) -> tuple[int, ...]:
        """(*batch, rows, columns), of blocks where there are any."""
        at = self._batch_dim()
        rows, columns = self._block
        return *self._size[:at], self._size[at] // max(rows, 1), self._size[at + 1] // max(columns, 1)

    def _coordinates(self) -> list[Array]:
        """Return the place of each member on the grid, as an array for each of its dims."""
        ends, cells = self._ends._array, self._cells._array.reshape(-1)
        xp, members = namespace_of(ends), self._nnz()
        batches, lists = cells.size // max(members, 1), ends.shape[-1] - 1
        shifts = xp.arange(batches, dtype="i8").reshape(-1, 1) * members
        last = (ends.reshape(-1, lists + 1)[:batches, 1:] + shifts).reshape(-1)
        owners = xp.searchsorted(last, xp.arange(cells.size), side="right")  # the list that each member is in
        batch, line = owners // max(lists, 1), owners % max(lists, 1)
        before = list(xp.unravel_index(batch, self._grid[:-2])) if self._batch_dim() else []
        return [*before, line, cells.astype("i8")] if self._format.by_rows else [*before, cells.astype("i8"), line]

    def _members(self) -> Any:
        """Return the values as (members of all batches, *block, *dense dims); a block of one where there are no blocks."""
        at = self._batch_dim() + 1
        rest = self._entries.shape[at:] if self._format.blocks else (1, 1, *self._entries.shape[at:])
        return reshape(self._entries, (self._cells.numel(), *rest))

    def to_dense(self, dtype: Any = None, *, masked_grad: bool | None = None) -> Any:
        """Return an ordinary tensor; its gradient reaches the values."""
        members, grid = self._members(), self._grid
        tiled = zeros(*grid, *members.shape[1:], dtype=self.dtype, device=self.device)
        if members.numel():
            tiled = index_put(tiled, tuple(map(wrap, self._coordinates())), members)
        at = len(grid) - 2
        order = (*range(at), at, at + 2, at + 1, at + 3, *range(at + 4, tiled.ndim))
        dense = reshape(permute(tiled, order), self._size)
        return dense if dtype is None else dense.to(dtype)

    def _parts(self) -> tuple[Any, ...]:
        return self._ends, self._cells, self._entries.detach(), self.shape

    def __reduce_ex__(self, protocol: Any) -> Any:
        return make_compressed, (self._format.layout, self._ends, self._cells, self._entries.detach(), self._size)


def make_compressed(layout: Any, ends: Any, cells: Any, values: Any, size: Any) -> CompressedTensor:
    """Return a compressed tensor of what was checked already."""
    made: CompressedTensor = bare(CompressedTensor, values, size)
    made._format, made._ends, made._cells = FORMATS[layout], ends, cells
    return made
