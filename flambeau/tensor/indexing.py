"""Indexing, gathering and scattering as methods and operators."""
from __future__ import annotations

from typing import Any

from flambeau.core.tensor import TensorBase
from flambeau.dispatch import overriding
from flambeau.tensor.late import Family, inplace

assignment = Family("assignment")
calls = Family("calls")
elements = Family("elements")
indexing = Family("indexing")
masking = Family("masking")
parts = Family("parts")
rows = Family("rows")
scattering = Family("scatter")
merging = Family("scatter_reduce")


class IndexingMethods(TensorBase):
    __slots__ = ()

    __getitem__, __setitem__ = indexing.getitem, assignment.setitem

    select, narrow, narrow_copy = parts.select, parts.narrow, parts.narrow_copy
    select_scatter, slice_scatter = parts.select_scatter, parts.slice_scatter
    diagonal_scatter, as_strided_scatter = parts.diagonal_scatter, elements.as_strided_scatter

    gather, scatter, scatter_add = scattering.gather, scattering.scatter, scattering.scatter_add
    scatter_, scatter_add_ = inplace(scatter), inplace(scatter_add)
    scatter_reduce, scatter_reduce_ = merging.scatter_reduce, inplace(merging.scatter_reduce)

    index_reduce, index_reduce_ = merging.index_reduce, inplace(merging.index_reduce)
    index_select, index_put = rows.index_select, indexing.index_put
    index_add, index_copy, index_fill = rows.index_add, rows.index_copy, rows.index_fill
    index_add_, index_copy_, index_fill_ = inplace(index_add), inplace(index_copy), inplace(index_fill)
    index_put_ = inplace(index_put)

    masked_fill, masked_select, masked_scatter = masking.masked_fill, masking.masked_select, masking.masked_scatter
    masked_fill_, masked_scatter_ = inplace(masked_fill), inplace(masked_scatter)
    nonzero, nonzero_static, argwhere = masking.nonzero, masking.nonzero_static, masking.argwhere

    apply_, map_, map2_ = calls.apply_, calls.map_, calls.map2_
    take, take_along_dim, put = elements.take, elements.take_along_dim, elements.put
    put_ = inplace(put)

    @overriding.method
    def where(self, condition: Any, other: Any) -> Any:
        """Return this tensor's elements where `condition` holds, those of `other` elsewhere."""
        return masking.where(condition, self, other)
