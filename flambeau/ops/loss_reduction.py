"""From one loss for each element to the loss that is asked for."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array
from flambeau.ops.reduction import mean, sum
from flambeau.ops.shape import broadcast_tensors

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

REDUCTIONS = ("none", "mean", "sum")


def chosen(reduction: str, size_average: bool | None = None, reduce: bool | None = None) -> str:
    """Return the reduction, which old programs name by two booleans.

    Raises ValueError for a name that is none of "none", "mean", "sum".
    """
    if size_average is not None or reduce is not None:
        reduction = by_booleans(size_average is not False, reduce is not False)
    if reduction not in REDUCTIONS:
        raise ValueError(f"{reduction} is not a valid value for reduction; choose one of {', '.join(REDUCTIONS)}")
    return reduction


def by_booleans(size_average: bool, reduce: bool) -> str:
    """Return the reduction that the two say, with a warning that they are old."""
    import warnings

    reduction = "none" if not reduce else "mean" if size_average else "sum"
    warnings.warn(f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
                  stacklevel=4)
    return reduction


def reduced(losses: Tensor, reduction: str) -> Tensor:
    """Reduce a tensor of losses."""
    if reduction == "none":
        return losses
    return mean(losses) if reduction == "mean" else sum(losses)


def folded(losses: Array, reduction: str) -> Array:
    """Reduce an array of losses, in the body of an op."""
    if reduction == "none":
        return losses
    return losses.sum() / losses.size if reduction == "mean" else losses.sum()


def share(g: Tensor, reduction: str, shape: tuple[int, ...]) -> Tensor:
    """The gradient of each loss of `shape`, from that of the reduced one."""
    if reduction != "mean":
        return g
    count = 1
    for size in shape:
        count *= size
    return g / max(count, 1)


def fitted(name: str, input: Tensor, target: Tensor) -> Any:
    """Broadcast `input` and `target`; a warning tells when their sizes differ, which is seldom meant."""
    if input.shape == target.shape:
        return input, target
    import warnings

    warnings.warn(f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will "
                  f"likely lead to incorrect results in {name} due to broadcasting. Please ensure they have the same "
                  "size.", stacklevel=3)
    return broadcast_tensors(input, target)
