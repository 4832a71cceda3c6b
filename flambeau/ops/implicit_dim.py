"""The softmaxes of `torch.nn.functional`, which choose a dim where none is given."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.ops import softmax as shares

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """Scale the exponentials of `input` along `dim` so that they add up to one.

    >>> softmax(randn(2, 3), -1)
    """
    return shares.softmax(input, _chosen("softmax", dim, input, _stacklevel), dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """Return the logarithm of the softmax along `dim`, exact where that is small.

    >>> log_softmax(randn(2, 3), -1)
    """
    return shares.log_softmax(input, _chosen("log_softmax", dim, input, _stacklevel), dtype)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """Return the softmax of what has its sign changed: the lowest score gets the largest share.

    >>> softmin(randn(2, 3), dim=-1)
    >>> softmin(randn(2, 3), 0, dtype=float64)
    """
    return shares.softmax(-input, _chosen("softmin", dim, input, _stacklevel), dtype)


def _chosen(name: str, dim: int | None, input: Tensor, stacklevel: int) -> int:
    """Return `dim`, or where it was left out the one that PyTorch falls back on, with a warning."""
    if dim is not None:
        return dim
    import warnings

    warnings.warn(f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an "
                  "argument.", stacklevel=stacklevel)
    return 0 if input.ndim in (0, 1, 3) else 1
