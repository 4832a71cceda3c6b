"""Reductions as methods."""
from __future__ import annotations

from flambeau.core.tensor import TensorBase
from flambeau.ops import reduction


class ReductionMethods(TensorBase):
    __slots__ = ()

    sum = reduction.sum
