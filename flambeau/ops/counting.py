"""How often values occur: in a range of integers, in bins."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.promotion import FLOAT32, FLOAT64
from flambeau.dispatch.op import SAME, op
from flambeau.ops.refusals import BOOL, COMPLEX, FLOAT, NOT_FLOAT, refuse

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op()
def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """Count how often each of 0, 1, 2, … occurs, or add up the weights given to each.

    >>> bincount(tensor([1, 3, 1]))
    >>> bincount(tensor([1, 3, 1]), minlength=6)
    """
    refuse(FLOAT + COMPLEX + BOOL, "bincount_cpu", input)
    if input.ndim != 1 or input.dtype.kind not in "iu" or input.size and int(input.min()) < 0:
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if minlength < 0:
        raise RuntimeError(f"minlength should be >= 0, not {minlength}")
    if weights is None:
        return namespace_of(input).bincount(input, minlength=minlength)
    if weights.shape != input.shape:
        raise RuntimeError(f"weights should be 1-d and have the same length as input: {list(weights.shape)} and "
                           f"{list(input.shape)}")
    counts = namespace_of(input).bincount(input, weights.astype(FLOAT64), minlength)
    return counts.astype(FLOAT32) if weights.dtype == FLOAT32 else counts.astype(FLOAT64)


@op(promote=SAME)
def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """Count elements in `bins` bins of equal width from `min` to `max`, or from the smallest to the largest.

    >>> histc(tensor([1.0, 2.0, 1.0, 4.0]), bins=4, min=0, max=4)
    >>> histc(randn(10), 3)
    """
    if bins <= 0:
        raise RuntimeError(f"bins must be > 0, not {bins}")
    refuse(NOT_FLOAT + COMPLEX, "histogram_cpu", input)
    low, high = (min, max) if min != max or not input.size else (input.min().item(), input.max().item())
    if low == high:
        low, high = low - 1, high + 1
    if not (float("-inf") < low < high < float("inf")):
        raise RuntimeError(f"torch.histc: range of [{low}, {high}] is not finite, or max must be larger than min")
    return _counts(input.reshape(-1), bins, low, high).astype(input.dtype)


def _counts(values: Array, bins: int, low: float, high: float) -> Any:
    xp = namespace_of(values)
    inside = values[(values >= low) & (values <= high)]
    places = ((inside - low) * bins / (high - low)).astype("i8")
    return xp.bincount(xp.minimum(places, bins - 1), minlength=bins)
