"""Numbers that PyTorch has under names of its own."""
from __future__ import annotations

from math import e, inf, nan, pi

newaxis = None  # in an index: a new dim of size 1

__all__ = ["e", "inf", "nan", "newaxis", "pi"]
