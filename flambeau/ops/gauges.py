"""What eigenvectors and singular vectors leave open: each may be turned by any angle, so no loss may depend on it."""
from __future__ import annotations

from typing import Any

from flambeau.autograd import listeners
from flambeau.autograd.mode import grad_mode
from flambeau.core.arrays import namespace_of
from flambeau.core.tensor import TensorBase
from flambeau.ops.dims import array_of
from flambeau.ops.shape import unsqueeze

_TOLERANCE = 1e-2  # PyTorch's: gradients carry rounding errors


def refuse_turning(complaint: str, change: Any) -> None:
    """Raise RuntimeError where a loss changes as its vectors turn: where the diagonal of Vᴴ gV is not real."""
    diagonal = array_of(change).diagonal(0, -2, -1)
    if diagonal.dtype.kind == "c" and not bool((abs(diagonal.imag) <= _TOLERANCE).all()):
        raise RuntimeError(f"{complaint}, so it is ill-defined. Make the loss of their sizes or of products with their own "
                           "conjugates")


def gaps(values: Any) -> Any:
    """Return the differences of values, row i taken from column j, with ones on the diagonal."""
    return unsqueeze(values, -2) - unsqueeze(values, -1) + identity(values)


def identity(values: Any) -> Any:
    """Return the identity of as many rows as there are values."""
    array = array_of(values)
    return namespace_of(array).eye(array.shape[-1], dtype=array.real.dtype)


def may_need_gradient(A: Any) -> bool:
    """Say whether a gradient may be asked for, to which the vectors are needed even if the caller wants the values alone."""
    return isinstance(A, TensorBase) and grad_mode.enabled and (bool(A._requires_grad) or listeners.count > 0)
