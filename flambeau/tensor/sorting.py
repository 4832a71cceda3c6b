"""Sorting, searching and counting as methods."""
from __future__ import annotations

from flambeau.core.tensor import TensorBase
from flambeau.tensor.late import Family

counting = Family("counting")
histograms = Family("histograms")
sorting = Family("sorting")
unique = Family("unique")


class SortingMethods(TensorBase):
    __slots__ = ()

    sort, argsort, msort, topk = sorting.sort, sorting.argsort, sorting.msort, sorting.topk
    unique, unique_consecutive = unique.unique, unique.unique_consecutive
    bincount, histc, histogram = counting.bincount, counting.histc, histograms.histogram
