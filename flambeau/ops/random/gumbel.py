"""Choosing one of several with a gradient: softmax of scores that noise was added to."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.random import distributions
from flambeau.core.tensor import wrap
from flambeau.ops.exponential import log
from flambeau.ops.pointwise import add, div, neg, sub
from flambeau.ops.random.creation import draw_beside
from flambeau.ops.softmax import softmax

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """Draw weights along `dim`: the closer `tau` to zero, the closer to all weight on one place.

    `hard` puts all weight on that one place, and keeps the gradient of the soft weights. `eps` does nothing.
    Source: Jang, Gu, Poole, "Categorical reparameterization with Gumbel-softmax", 2017.

    >>> gumbel_softmax(randn(2, 3))
    """
    if eps != 1e-10:
        import warnings

        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    array = logits._array
    waits = draw_beside(array, distributions.exponential, array.shape, array.dtype)
    soft: Any = softmax(div(add(logits, neg(log(wrap(waits)))), tau), dim)
    if not hard:
        return soft
    return add(sub(wrap(one_hot(soft._array, dim)), soft.detach()), soft)


def one_hot(weights: Array, dim: int) -> Array:
    """Return ones where the largest weight along `dim` is, and zeros."""
    xp = namespace_of(weights)
    along = [1] * weights.ndim
    along[dim] = -1
    places = xp.arange(weights.shape[dim]).reshape(along)
    return (places == xp.argmax(weights, axis=dim, keepdims=True)).astype(weights.dtype)
