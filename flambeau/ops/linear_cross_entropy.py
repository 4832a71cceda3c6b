"""The cross entropy of scores that a linear layer makes."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from flambeau.dispatch.op import composite
from flambeau.ops.cross_entropy import cross_entropy
from flambeau.ops.linalg import linear
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@composite
def linear_cross_entropy(input: Tensor, linear_weight: Tensor, target: Tensor, *, linear_bias: Tensor | None = None,
                         weight: Tensor | None = None, reduction: str = "mean", ignore_index: int | None = None,
                         label_smoothing: float = 0.0, options: Any = None) -> Tensor:
    """Return `cross_entropy(linear(input, linear_weight, linear_bias), target)`, with the latter's options.

    `input`: (batch, in) or (in). `linear_weight`: (classes, in), or (classes, d1, …, in) for a loss in several dims.
    `options` (how PyTorch may divide the work) is accepted.

    >>> linear_cross_entropy(randn(3, 2), randn(4, 2), tensor([0, 2, 1]))
    >>> linear_cross_entropy(randn(3, 2), randn(4, 2), tensor([0, 2, 1]), linear_bias=randn(4), reduction="sum")
    >>> linear_cross_entropy(randn(2, 3), randn(4, 2, 3), tensor([[0, 2], [1, 3]]), label_smoothing=0.1)
    """
    classes, dims = linear_weight.shape[0], tuple(linear_weight.shape[1:-1])
    if dims:
        rows = classes * math.prod(dims)
        linear_weight = reshape(linear_weight, (rows, linear_weight.shape[-1]))
        linear_bias = None if linear_bias is None else reshape(linear_bias, (rows,))
    scores = linear(input, linear_weight, linear_bias)
    if dims:
        scores = reshape(scores, (*scores.shape[:-1], classes, *dims))
    return cross_entropy(scores, target, weight, ignore_index=-100 if ignore_index is None else ignore_index,
                         reduction=reduction, label_smoothing=label_smoothing)
