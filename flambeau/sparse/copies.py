"""Indices and values of sparse tensors as tensors with memory of their own."""
from __future__ import annotations

from typing import Any

from flambeau.dispatch.outs import put


def _copying(part: str) -> Any:
    def function(input: Any, *, out: Any = None) -> Any:
        copied = getattr(input, part)().clone()
        return copied if out is None else put(out, copied, f"{part}_copy")

    function.__name__ = function.__qualname__ = f"{part}_copy"
    function.__doc__ = f"Return a copy of what `{part}()` of a sparse tensor is."
    return function


(ccol_indices_copy, col_indices_copy, crow_indices_copy, indices_copy, row_indices_copy, values_copy) = map(
    _copying, ("ccol_indices", "col_indices", "crow_indices", "indices", "row_indices", "values"))
