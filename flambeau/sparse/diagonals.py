"""`torch.sparse.spdiags`: a sparse matrix out of its diagonals."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flambeau.core import layout as layouts
from flambeau.core.arrays import namespace_of
from flambeau.core.tensor import wrap
from flambeau.dispatch.inplace import pytorch_name
from flambeau.sparse.coo import make
from flambeau.tensor.sparse import kind_name

_LAYOUTS = (layouts.sparse_coo, layouts.sparse_csc, layouts.sparse_csr)


def spdiags(diagonals: Any, offsets: Any, shape: Sequence[int], layout: Any = None) -> Any:
    """Return the matrix with the rows of `diagonals` on its diagonals `offsets`: column c has what is at c in the row."""
    rows = diagonals.unsqueeze(0) if diagonals.ndim == 1 else diagonals
    offsets = offsets.unsqueeze(0) if offsets.ndim == 0 else offsets
    _check(rows, offsets, shape, layout)
    array = offsets._array
    xp = namespace_of(array)
    height, width = shape
    columns = xp.broadcast_to(xp.arange(min(rows.shape[1], width)), (len(array), min(rows.shape[1], width)))
    lines = columns - array.reshape(-1, 1)
    inside = (lines >= 0) & (lines < height)
    number, column = xp.nonzero(inside)
    places = xp.stack([lines[inside], columns[inside]]).astype("i8")
    made = make(wrap(places), rows[wrap(number), wrap(column)], (height, width))
    return made if layout in (None, layouts.sparse_coo) else made.coalesce().to_sparse(layout=layout)


def _check(rows: Any, offsets: Any, shape: Sequence[int], layout: Any) -> None:
    if rows.ndim != 2:
        raise RuntimeError("Diagonals must be vector or matrix")
    if len(shape) != 2:
        raise RuntimeError("Output shape must be 2d")
    if offsets.ndim != 1:
        raise RuntimeError("Offsets must be scalar or vector")
    if layout is not None and layout not in _LAYOUTS:
        raise RuntimeError("Only output layouts (Sparse, SparseCsc, SparseCsr) are supported, got "
                           f"{kind_name(layout)}")
    if rows.shape[0] != offsets.shape[0]:
        raise RuntimeError(f"Number of diagonals ({rows.shape[0]}) does not match the number of offsets ({offsets.shape[0]})")
    if pytorch_name(offsets._array.dtype) != "Long":
        raise RuntimeError(f"Offset Tensor must have dtype Long but got {pytorch_name(offsets._array.dtype)}")
    if len({*offsets.tolist()}) != offsets.shape[0]:
        raise RuntimeError("Offset tensor contains duplicate values")
