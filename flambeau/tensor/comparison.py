"""Comparisons and logic as methods and operators."""
from __future__ import annotations

from flambeau.core.tensor import TensorBase
from flambeau.tensor.late import Family, inplace
from flambeau.tensor.operator import operator

comparison = Family("comparison")


class ComparisonMethods(TensorBase):
    __slots__ = ()

    eq, eq_ = comparison.eq, inplace(comparison.eq)
    ne, ne_ = comparison.ne, inplace(comparison.ne)
    lt, lt_ = comparison.lt, inplace(comparison.lt)
    le, le_ = comparison.le, inplace(comparison.le)
    gt, gt_ = comparison.gt, inplace(comparison.gt)
    ge, ge_ = comparison.ge, inplace(comparison.ge)
    not_equal, not_equal_, less, less_, less_equal, less_equal_ = ne, ne_, lt, lt_, le, le_
    greater, greater_, greater_equal, greater_equal_ = gt, gt_, ge, ge_

    logical_and, logical_and_ = comparison.logical_and, inplace(comparison.logical_and)
    logical_or, logical_or_ = comparison.logical_or, inplace(comparison.logical_or)
    logical_xor, logical_xor_ = comparison.logical_xor, inplace(comparison.logical_xor)
    logical_not, logical_not_ = comparison.logical_not, inplace(comparison.logical_not)

    isnan, isinf, isfinite = comparison.isnan, comparison.isinf, comparison.isfinite
    isposinf, isneginf = comparison.isposinf, comparison.isneginf
    isclose, allclose, equal = comparison.isclose, comparison.allclose, comparison.equal

    __eq__, __ne__ = operator(comparison.eq), operator(comparison.ne)
    __lt__, __le__ = operator(comparison.lt), operator(comparison.le)
    __gt__, __ge__ = operator(comparison.gt), operator(comparison.ge)
    __hash__ = object.__hash__  # a tensor equals only itself as a key
