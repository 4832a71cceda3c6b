"""Activations and softmaxes as methods."""
from __future__ import annotations

from flambeau.core.tensor import TensorBase


class ActivationMethods(TensorBase):
    __slots__ = ()
