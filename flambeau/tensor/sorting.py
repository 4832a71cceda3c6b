"""Sorting and searching as methods."""
from __future__ import annotations

from flambeau.core.tensor import TensorBase


class SortingMethods(TensorBase):
    __slots__ = ()
