"""What the distributions share: bringing parameters to one shape, probabilities and their logits, triangles as vectors."""
from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from flambeau.autograd.mode import enable_grad
from flambeau.core.dtype import get_default_dtype
from flambeau.core.limits import finfo
from flambeau.core.tensor import TensorBase
from flambeau.ops.activation import sigmoid
from flambeau.ops.creation import arange, empty, tensor
from flambeau.ops.exponential import log, log1p
from flambeau.ops.shape import broadcast_tensors
from flambeau.ops.softmax import softmax

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

euler_constant = 0.5772156649015329


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """Turn numbers into tensors, of the dtype of the first tensor among the values, and stretch all to one shape.

    Raises ValueError for what is neither.
    """
    if not all(isinstance(value, TensorBase | int | float) for value in values):
        raise ValueError("Input arguments must all be instances of Number, torch.Tensor or objects implementing "
                         f"__torch_function__; got {', '.join(type(value).__name__ for value in values)}")
    first: Any = next((value for value in values if isinstance(value, TensorBase)), None)
    like = {"dtype": get_default_dtype()} if first is None else {"dtype": first.dtype, "device": first.device}
    return tuple(broadcast_tensors(*(value if isinstance(value, TensorBase) else tensor(value, **like) for value in values)))


def _standard_normal(shape: Sequence[int], dtype: Any, device: Any) -> Tensor:
    return empty(shape, dtype=dtype, device=device).normal_()


def _sum_rightmost(value: Any, dim: int) -> Any:
    """Add up over the last `dim` dims."""
    return value.reshape(value.shape[:-dim] + (-1,)).sum(-1) if dim else value


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """Return the probabilities: of success where binary, else along the last dim."""
    return sigmoid(logits) if is_binary else softmax(logits, -1)


def clamp_probs(probs: Tensor) -> Tensor:
    """Keep probabilities from 0 and 1, by what the dtype can tell from 1."""
    eps = finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """Return the log odds where binary, else the logarithms."""
    inside = clamp_probs(probs)
    return log(inside) - log1p(-inside) if is_binary else log(inside)


class lazy_property:  # noqa: N801  PyTorch's name, a decorator
    """A property computed when first asked for, with gradients on, and kept in the instance from then on."""

    def __init__(self, wrapped: Callable[[Any], Any]) -> None:
        self.wrapped = wrapped
        functools.update_wrapper(self, wrapped)  # type: ignore[arg-type]  # it stands for the function

    def __get__(self, instance: Any, obj_type: Any = None) -> Any:
        if instance is None:
            return self
        with enable_grad():
            value = self.wrapped(instance)
        setattr(instance, self.wrapped.__name__, value)
        return value


def tril_matrix_to_vec(mat: Tensor, diag: int = 0) -> Tensor:
    """Return what is on and below a diagonal, row by row, as one vector.

    Raises ValueError for a diagonal outside the matrix.
    """
    n = mat.shape[-1]
    if not -n <= diag < n:
        raise ValueError(f"diag ({diag}) provided is outside [{-n}, {n - 1}].")
    return mat[..., _on_and_below(n, diag, mat.device)]


def vec_to_tril_matrix(vec: Tensor, diag: int = 0) -> Tensor:
    """Put a vector on and below a diagonal, row by row; zeros elsewhere.

    Raises ValueError when no triangle has that many elements.
    """
    twice = 1 + 2 * diag
    n = (-twice + (twice**2 + 8 * vec.shape[-1] + 4 * abs(diag) * (diag + 1)) ** 0.5) / 2
    size = round(n)
    if size - n > finfo(vec.dtype).eps:
        raise ValueError(f"The size of last dimension is {vec.shape[-1]} which cannot be expressed as the lower triangular "
                         "part of a square D x D matrix.")
    matrix = vec.new_zeros(vec.shape[:-1] + (size, size))
    matrix[..., _on_and_below(size, diag, vec.device)] = vec
    return matrix


def _on_and_below(n: int, diag: int, device: Any) -> Tensor:
    places = arange(n, device=device)
    return places < places.view(-1, 1) + (diag + 1)


def _listed(values: Tensor, batch_shape: Sequence[int], expand: bool) -> Tensor:
    """Put a vector of values along a first dim before the batch dims, and stretch it over those if asked."""
    values = values.view((-1,) + (1,) * len(batch_shape))
    return values.expand((-1, *batch_shape)) if expand else values
