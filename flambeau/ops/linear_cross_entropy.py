"""The cross entropy of a linear layer's scores, at once or by so many rows at a time, for more classes than fit in memory."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import SAME, op
from flambeau.ops.class_targets import Rows, check_shapes
from flambeau.ops.cross_entropy import cross_entropy, score_slope
from flambeau.ops.joining import cat
from flambeau.ops.linalg import linear, matmul
from flambeau.ops.parts import narrow
from flambeau.ops.permutation import t
from flambeau.ops.reduction import sum
from flambeau.ops.shape import reshape, squeeze, unsqueeze
from flambeau.ops.softmax import below_highest, softmax

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def linear_cross_entropy(input: Tensor, linear_weight: Tensor, target: Tensor, *, linear_bias: Tensor | None = None,
                         weight: Tensor | None = None, reduction: str = "mean", ignore_index: int | None = None,
                         label_smoothing: float = 0.0, options: Any = None) -> Tensor:
    """Return `cross_entropy(linear(input, linear_weight, linear_bias), target)`.

    `linear_weight` is (C, E), or (C, d1, d2, …, E) for a target (N, d1, d2, …). With `options`, an
    `nn.LinearCrossEntropyOptions`, the scores are computed by so many rows at a time, and never kept.

    >>> linear_cross_entropy(randn(3, 2), randn(4, 2), tensor([0, 3, 1]))
    >>> linear_cross_entropy(randn(2), randn(4, 2), tensor(3), linear_bias=randn(4), reduction="sum")
    >>> linear_cross_entropy(randn(2, 3), randn(4, 2, 3), tensor([[0, 3], [1, 1]]), ignore_index=3, reduction="none")
    >>> linear_cross_entropy(randn(2, 3), randn(4, 3), rand(2, 4), label_smoothing=0.1)
    """
    out_features = _checked(input, linear_weight, linear_bias)
    shape = (*input.shape[:-1], linear_weight.shape[0], *out_features)
    if tuple(target.shape) == shape and ignore_index is not None:
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities")
    ignored = -100 if ignore_index is None else ignore_index
    if options is not None:
        if not out_features and reduction in ("mean", "sum", "none") and not label_smoothing and \
                str(target.dtype) == "torch.int64":
            return _by_rows(input, linear_weight, target, linear_bias, weight, reduction, ignored, options)
        _warn_of_options(reduction, label_smoothing, target, out_features)
    if out_features:
        linear_weight = reshape(linear_weight, (-1, input.shape[-1]))
        linear_bias = None if linear_bias is None else reshape(linear_bias, (-1,))
    scores = reshape(linear(input, linear_weight, linear_bias), shape)
    return cross_entropy(scores, target, weight, None, ignored, None, reduction, label_smoothing)


def _checked(input: Tensor, weight: Tensor, bias: Tensor | None) -> tuple[int, ...]:
    """Check the shapes, and return the sizes d1, d2, … of a loss with more than one target for each row."""
    if input.ndim not in (1, 2):
        raise RuntimeError(f"expected input with dimensionality 1 or 2, got {input.ndim}")
    if weight.ndim < 2:
        raise RuntimeError(f"expected linear_weight with dimensionality at least 2, got {weight.ndim}")
    if input.shape[-1] != weight.shape[-1]:
        raise RuntimeError("expected equal input and linear_weight last dimensions (in_features), got "
                           f"{input.shape[-1]} and {weight.shape[-1]}, respectively")
    if bias is not None and bias.shape != weight.shape[:-1]:
        raise RuntimeError(f"expected linear_bias shape {tuple(weight.shape[:-1])}, got {tuple(bias.shape)}")
    if weight.ndim > 2 and input.ndim == 1:
        raise RuntimeError(f"K-dimensional loss defined by linear_weight shape {tuple(weight.shape)} requires batched "
                           f"input, (N, {input.shape[-1]}), got unbatched input with shape {tuple(input.shape)}")
    return tuple(weight.shape[1:-1])


def _warn_of_options(reduction: str, label_smoothing: float, target: Tensor, out_features: tuple[int, ...]) -> None:
    import warnings

    warnings.warn("linear_cross_entropy: ``options`` ignored; chunked path needs reduction in {'mean','sum','none'}, "
                  "label_smoothing == 0, target.dtype == int64, out_features == (). Got "
                  f"reduction={reduction!r}, label_smoothing={label_smoothing}, target.dtype={target.dtype}, "
                  f"out_features={out_features}.", stacklevel=3)


# ----------------------------------------------------------------------------- so many rows at a time


def _by_rows(input: Tensor, weight: Tensor, target: Tensor, bias: Tensor | None, class_weight: Tensor | None,
             reduction: str, ignore_index: int, options: Any) -> Tensor:
    alone = input.ndim == 1
    if alone:
        input, target = unsqueeze(input, 0), unsqueeze(target, 0)
    check_shapes((input.shape[0], weight.shape[0]), tuple(target.shape))
    rows = rows_at_once(options, input.shape, weight.shape[0], str(input.dtype))
    losses = cross_entropy_by_rows(input, weight, target, bias, class_weight, ignore_index, reduction, rows)
    return squeeze(losses, 0) if alone and reduction == "none" else losses


def rows_at_once(options: Any, shape: Sequence[int], classes: int, dtype: str) -> int:
    """Return how many rows of scores are computed at a time.

    `chunking_method` "aspect_ratio:n" asks for an n-th of what takes no more memory than the input, in powers of 2.
    """
    rows, features = shape
    half = dtype in ("torch.float16", "torch.bfloat16")
    if options.acc_dtype is not None and str(options.acc_dtype) not in (dtype, "torch.float32" if half else dtype):
        raise RuntimeError("linear_cross_entropy supports float32 acc_dtype with float16/bfloat16 inputs, but got "
                           f"{options.acc_dtype} acc_dtype and {dtype} inputs.")
    asked, method = options.batch_chunk_size, options.chunking_method
    if method == "auto":
        method = "aspect_ratio" if half else "aspect_ratio:2"
        method = None if asked is not None else method
    if method is None:
        return max(1, rows if asked is None else min(asked, rows))
    share = math.ceil(rows / max(math.ceil(classes / features), 1))
    found = min((1 << max(share - 1, 0).bit_length()) // int(method.partition(":")[2] or 1), rows)
    if asked is not None and asked != found:
        raise ValueError(f"batch_chunk_size (={asked}) and chunking_method ('{method}') give different chunk sizes "
                         f"({asked} vs {found}); pass only one.")
    return max(1, found)


@op(promote=SAME, promoted=("input", "linear_weight", "linear_bias", "weight"), grad={
    ("input", "linear_weight", "linear_bias"):
        lambda g, input, linear_weight, target, linear_bias, weight, ignore_index, reduction, rows, needs:
            _slopes(g, input, linear_weight, target, linear_bias, weight, ignore_index, reduction, rows, needs),
})
def cross_entropy_by_rows(input: Tensor, linear_weight: Tensor, target: Tensor, linear_bias: Tensor | None,
                          weight: Tensor | None, ignore_index: int, reduction: str, rows: int) -> Tensor:
    """Compute `linear_cross_entropy` of (N, E) by `rows` rows at a time; their scores are computed again for the gradient.

    >>> cross_entropy_by_rows(randn(5, 2), randn(4, 2), tensor([0, 3, 1, 2, -100]), randn(4), None, -100, "mean", 2)
    >>> cross_entropy_by_rows(randn(3, 2), randn(4, 2), tensor([0, 3, 1]), None, None, 3, "none", 2)
    """
    xp = namespace_of(input)
    losses = [_losses(linear(input[start:start + rows], linear_weight, linear_bias), target[start:start + rows], weight,
                      ignore_index) for start in range(0, len(input), rows)]
    return _totals(input, linear_weight, target, weight, ignore_index, reduction).reduced(
        xp.concatenate(losses) if losses else xp.zeros(0, input.dtype), reduction)


def _losses(scores: Any, target: Any, weight: Any, ignore_index: int) -> Array:
    """The weighed loss of each row of scores."""
    rows = Rows(scores, target, weight, ignore_index, "none")
    scores = below_highest(rows.xp, scores, 1)
    return rows.weighed(rows.xp.log(rows.xp.exp(scores).sum(1)) - rows.pick(scores))


def _totals(input: Any, linear_weight: Any, target: Any, weight: Any, ignore_index: int, reduction: str) -> Rows:
    """What is known of all rows without their scores: their weights, and how they are reduced."""
    width = namespace_of(input).zeros((1, linear_weight.shape[0]), input.dtype)
    return Rows(width, target, weight, ignore_index, reduction)


def _slopes(g: Any, input: Any, linear_weight: Any, target: Any, linear_bias: Any, weight: Any, ignore_index: int,
            reduction: str, rows: int, needs: tuple[bool, ...]) -> tuple[Any, Any, Any]:
    """The gradients of input, weight and bias, in ops, so that they can be differentiated again."""
    if reduction == "mean":
        x, w, numbers, weights = (getattr(value, "_array", value) for value in (input, linear_weight, target, weight))
        g = g / float(_totals(x, w, numbers, weights, ignore_index, reduction).total)
    of_input: list[Any] = []
    of_weight: Any = 0.0
    of_bias: Any = 0.0
    for start in range(0, input.shape[0], rows):
        count = min(rows, input.shape[0] - start)
        some, aims = narrow(input, 0, start, count), narrow(target, 0, start, count)
        scores = linear(some, linear_weight, linear_bias)
        slope = score_slope(narrow(g, 0, start, count) if reduction == "none" else g, scores, aims, weight, ignore_index,
                            "none" if reduction == "none" else "sum", 0.0, softmax(scores, 1))
        of_input.append(matmul(slope, linear_weight) if needs[0] else None)
        of_weight = of_weight + matmul(t(slope), some) if needs[1] else None
        of_bias = of_bias + sum(slope, 0) if needs[2] else None
    return cat(of_input) if needs[0] and of_input else None, of_weight, of_bias
