"""All parameters as one vector, and back."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flambeau.core.tensor import TensorBase
from flambeau.ops.joining import cat


def parameters_to_vector(parameters: Iterable[Any]) -> Any:
    """Lay all parameters out one after the other."""
    return cat([parameter.reshape(-1) for parameter in parameters])


def vector_to_parameters(vec: Any, parameters: Iterable[Any]) -> None:
    """Give all parameters their values from one vector.

    Raises TypeError for what is no tensor.
    """
    if not isinstance(vec, TensorBase):
        raise TypeError(f"expected torch.Tensor, but got: {type(vec).__name__}")
    start = 0
    for parameter in parameters:
        count = parameter.numel()
        parameter.data = vec[start:start + count].view_as(parameter).data  # type: ignore[index]
        start += count
