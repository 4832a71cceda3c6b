"""Making tensors to fill, and looking at what was drawn."""
from __future__ import annotations

from typing import Any

import numpy

import flambeau


def zeros(*shape: int, dtype: str = "float32") -> Any:
    return flambeau.tensor(numpy.zeros(shape, "f4"), dtype=getattr(flambeau, dtype))


def full(shape: tuple[int, ...], value: float, dtype: str = "float32") -> Any:
    return flambeau.tensor(numpy.full(shape, value, "f4"), dtype=getattr(flambeau, dtype))


def wrapped(array: Any) -> Any:
    return flambeau.from_numpy(array)


def listed(tensor: Any) -> list[Any]:
    return tensor.detach().numpy().ravel().tolist()


def near(tensor: Any, numbers: Any) -> bool:
    return numpy.allclose(listed(tensor), numbers, rtol=2e-6, atol=2e-6)
