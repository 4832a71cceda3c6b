"""Unit vectors, and how near one vector is to another."""
from __future__ import annotations

from typing import TYPE_CHECKING

from flambeau.dispatch.op import composite
from flambeau.ops.bounds import clamp_min
from flambeau.ops.norms import p_norm, refuse_whole
from flambeau.ops.reduction import sum
from flambeau.ops.shape import broadcast_tensors

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def normalize(input: Tensor, p: float = 2.0, dim: int = 1, eps: float = 1e-12) -> Tensor:
    """Divide by the `p`-norm along `dim`, or by `eps` where that is larger.

    >>> normalize(randn(2, 3))
    >>> normalize(randn(2, 3), p=1.0, dim=0)
    """
    refuse_whole(input, "linalg.vector_norm: Expected a floating point or complex tensor as input.")
    return input / clamp_min(p_norm(input, p, dim, True), eps)


@composite
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-08) -> Tensor:
    """Return the cosine of the angle between vectors along `dim`.

    >>> cosine_similarity(randn(2, 3), randn(2, 3))
    >>> cosine_similarity(randn(2, 3), randn(3), dim=-1)
    """
    if x1.shape != x2.shape:
        x1, x2 = broadcast_tensors(x1, x2)  # `dim` counts in the shape that both have then
    return sum(normalize(x1, 2.0, dim, eps) * normalize(x2, 2.0, dim, eps), dim)


@composite
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-06, keepdim: bool = False) -> Tensor:
    """Return the `p`-norm of the difference of vectors in the last dim; `eps` keeps it from zero.

    >>> pairwise_distance(randn(2, 3), randn(2, 3))
    >>> pairwise_distance(randn(2, 3), randn(3), p=1.0, keepdim=True)
    """
    return p_norm(x1 - x2 + eps, p, -1, keepdim)
