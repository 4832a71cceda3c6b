"""The loss of a sequence of scores whose labels are known, but not when each of them comes."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.promotion import INT64
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.ctc_paths import HOPELESS, Lattice, total, visits
from flambeau.ops.dims import array_of
from flambeau.ops.exponential import exp
from flambeau.ops.loss_reduction import REDUCTIONS, chosen, reduced
from flambeau.ops.masking import choose
from flambeau.ops.pointwise import div
from flambeau.ops.refusals import BOOL, COMPLEX, INTEGERS, refuse
from flambeau.ops.shape import squeeze, unsqueeze

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Lengths = tuple[int, ...]


@composite
def ctc_loss(log_probs: Tensor, targets: Tensor, input_lengths: Tensor | Sequence[int],
             target_lengths: Tensor | Sequence[int], blank: int = 0, reduction: str = "mean",
             zero_infinity: bool = False) -> Tensor:
    """Take the log probability, its sign changed, of all ways to stretch each target over the frames of its sequence.

    `log_probs` (T, N, C), or (T, C): the logarithms of each class's probability in each frame. `targets` (N, S), or all of
    them behind one another. The lengths say how many frames and labels of each count. The class `blank` stands for no
    label. A target that does not fit into its frames has an infinite loss, or none with `zero_infinity`. The mean is over
    the losses for each label. The gradient is that of scores of which `log_softmax` made `log_probs`.

    >>> ctc_loss(randn(4, 2, 3), tensor([[1, 2], [2, 2]]), (4, 3), (2, 1))  # by convention
    >>> ctc_loss(randn(5, 2, 4), tensor([1, 3, 2]), (5, 4), (1, 2), reduction="sum")  # by convention
    >>> ctc_loss(randn(3, 2, 3), tensor([[1, 1], [0, 1]]), (2, 3), (2, 2), 2, "none", True)  # by convention
    >>> ctc_loss(randn(4, 3), tensor([1, 2]), (4,), (2,))  # by convention
    """
    reduction = chosen(reduction)
    frames, labels = _lengths("input_lengths", input_lengths), _lengths("target_lengths", target_lengths)
    scores = log_probs if log_probs.ndim == 3 else unsqueeze(log_probs, 1)
    _check(scores, targets, frames, labels, blank)
    rows = _rows(array_of(targets).astype(INT64), labels)
    _check_labels(rows, labels, scores.shape[2])
    losses = _ctc_loss(scores, rows, frames, labels, blank, zero_infinity)
    if reduction == "mean":
        losses = div(losses, _shared_by(scores, labels))
    if reduction == "none" and log_probs.ndim == 2:
        return squeeze(losses, 0)
    return reduced(losses, reduction)


def ctc_loss_by_number(log_probs: Tensor, targets: Tensor, input_lengths: Tensor | Sequence[int],
                       target_lengths: Tensor | Sequence[int], blank: int = 0, reduction: int = 0,
                       zero_infinity: bool = False) -> Tensor:
    """`torch.ctc_loss`: the same with reductions as numbers, 0, 1, 2 for none, mean, sum."""
    return ctc_loss(log_probs, targets, input_lengths, target_lengths, blank, REDUCTIONS[reduction], zero_infinity)


@op(promote=SAME, promoted=("log_probs",), grad_name="CtcLossBackward0", grad={
    "log_probs": lambda g, log_probs, targets, frames, labels, blank, zero_infinity:
        unsqueeze(g, -1) * _slope(log_probs, targets, frames, labels, blank, zero_infinity),
})
def _ctc_loss(log_probs: Tensor, targets: Tensor, frames: Lengths, labels: Lengths, blank: int,
              zero_infinity: bool) -> Tensor:
    refuse(BOOL + INTEGERS + COMPLEX, "ctc_loss_cpu", log_probs)
    whole = total(log_probs, Lattice(log_probs, targets, frames, labels, blank))
    return namespace_of(whole).where(whole < HOPELESS, 0 if zero_infinity else math.inf, -whole)


def _slope(log_probs: Any, targets: Any, frames: Lengths, labels: Lengths, blank: int, zero_infinity: bool) -> Any:
    """Return each probability less the chance that a path is there; no number where there is no path."""
    lattice = Lattice(array_of(log_probs), array_of(targets), frames, labels, blank)
    chances, whole = visits(log_probs, lattice)
    slope = choose(lattice.counts, exp(log_probs) - chances, 0.0)
    lost = lattice.counts & (array_of(whole) < HOPELESS)[:, None]
    return choose(lost, 0.0 if zero_infinity else math.nan, slope) if lost.any() else slope


def _shared_by(like: Tensor, labels: Lengths) -> Array:
    """Return how many labels each loss is shared by; that of no label counts once."""
    return namespace_of(array_of(like)).asarray([max(count, 1) for count in labels])


def _lengths(name: str, given: Any) -> Lengths:
    if isinstance(given, tuple | list):
        return tuple(int(length) for length in given)
    if not hasattr(given, "dtype"):
        raise TypeError(f"ctc_loss(): argument '{name}' must be a Tensor or a tuple of ints, not {type(given).__name__}")
    lengths = array_of(given)
    if lengths.dtype.kind not in INTEGERS:
        raise RuntimeError(f"{name} must be integral")
    return tuple(lengths.reshape(-1).tolist())


def _check(scores: Tensor, targets: Tensor, frames: Lengths, labels: Lengths, blank: int) -> None:
    """Raise RuntimeError for shapes and lengths that do not go together."""
    if scores.ndim != 3:
        raise RuntimeError(f"Expected 3-dimensional tensor, but got {scores.ndim}-dimensional tensor for argument #1 "
                           "'log_probs': it must be (T, N, C) or (T, C)")
    length, batch, classes = scores.shape
    if not length * batch * classes:
        raise RuntimeError("log_probs tensor must not be empty")
    if not 0 <= blank < classes:
        raise RuntimeError(f"blank must be in label range: it is {blank}, and there are {classes} classes")
    for name, lengths in (("input_lengths", frames), ("target_lengths", labels)):
        if len(lengths) != batch:
            raise RuntimeError(f"{name} must be of size batch_size, {batch}, but has {len(lengths)}")
        if min(lengths) < 0:
            raise RuntimeError(f"Expected {name} to have value at least 0, but got value {min(lengths)}")
    _check_targets(targets, batch, labels)
    if max(frames) > length:
        raise RuntimeError(f"Expected input_lengths to have value at most {length}, but got value {max(frames)}")


def _check_targets(targets: Tensor, batch: int, labels: Lengths) -> None:
    if targets.ndim not in (1, 2):
        raise RuntimeError(f"Expected 1 to 2 dimensions, but got {targets.ndim}-dimensional tensor for argument #2 'targets'")
    sizes = (sum(labels),) if targets.ndim == 1 else (batch, max(labels))
    for dim, (size, wanted) in enumerate(zip(targets.shape, sizes, strict=True)):
        if size != wanted and (dim == 0 or size < wanted):
            raise RuntimeError(f"Expected tensor to have size {'at least ' * dim}{wanted} at dimension {dim}, but got size "
                               f"{size} for argument #2 'targets'")


def _rows(targets: Array, labels: Lengths) -> Array:
    """Return targets as (N, labels), also those that lie behind one another."""
    xp, width = namespace_of(targets), max(labels)
    if targets.ndim == 2:
        return targets[:, :width]
    rows = xp.zeros((len(labels), width), INT64)
    rows[xp.arange(width) < xp.asarray(labels)[:, None]] = targets
    return rows


def _check_labels(rows: Array, labels: Lengths, classes: int) -> None:
    xp = namespace_of(rows)
    used = rows[xp.arange(rows.shape[1]) < xp.asarray(labels)[:, None]]
    if used.size and not (0 <= used.min() and used.max() < classes):
        raise RuntimeError(f"ctc_loss: label {int(used[(used < 0) | (used >= classes)][0])} is out of range: there are "
                           f"{classes} classes, and blank is one of them")
