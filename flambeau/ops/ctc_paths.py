"""All ways to stretch a target over the frames of a sequence, and how likely they are together.

A path goes through states: one for each label, and one for the blank before, between and behind labels. From frame to
frame it stays, takes a step, or skips the blank between two labels that differ. Graves et al., "Connectionist Temporal
Classification", 2006.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import SAME, op
from flambeau.ops.bounds import clamp
from flambeau.ops.exponential import exp
from flambeau.ops.joining import cat, stack
from flambeau.ops.masking import choose
from flambeau.ops.padding import constant_pad_nd
from flambeau.ops.parts import narrow, selected
from flambeau.ops.planes import add_cells, take_cells
from flambeau.ops.shape import reshape, unsqueeze

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

NEVER = -1e30  # the logarithm of no chance; -inf would make NaN of its own difference
HOPELESS = NEVER / 2  # what is below has met NEVER on its way


class Lattice:
    """The states of each target of a batch, and where in (frames, N, classes) and (frames, N, states) things are found.

    `targets` (N, labels); `frames` and `labels`: how many of them count, for each of the batch.
    """

    def __init__(self, scores: Array, targets: Array, frames: Sequence[int], labels: Sequence[int], blank: int) -> None:
        xp, (length, self.batch, classes) = namespace_of(scores), scores.shape
        states = 2 * targets.shape[1] + 1
        row, frame, state = xp.arange(self.batch)[:, None], xp.arange(length)[:, None, None], xp.arange(states)
        until, last = xp.asarray(frames)[:, None], 2 * xp.asarray(labels)[:, None]  # the last state is a blank
        from_end = xp.maximum(last - state, 0)
        names = _names(xp, targets, state <= last, blank)
        self.counts = frame < until
        self.inside = self.counts & (state <= last)
        self.starts = state < 2
        self.skips = xp.concatenate([_may_skip(xp, names), _may_skip(xp, xp.take_along_axis(names, from_end, 1))])
        self.cells = (frame * self.batch + row) * classes + names  # which score each state reads
        self.mirror = (xp.maximum(until - 1 - frame, 0) * self.batch + row) * states + from_end  # of walks from the end
        end = ((xp.maximum(until - 1, 0) * self.batch + row) * states + last)[:, 0]
        some, any_label = until[:, 0] > 0, last[:, 0] > 0
        self.ends, self.arrives = xp.stack([end, end - any_label]), xp.stack([some, some & any_label])
        self.at_once = xp.where(some | any_label, scores.dtype.type(NEVER), 0)  # no label in no time: for certain


def _names(xp: Any, targets: Array, counts: Array, blank: int) -> Array:
    """Return the class of each state: (N, states)."""
    names = xp.full(counts.shape, blank)
    names[:, 1::2] = targets
    return xp.where(counts, names, blank)


def _may_skip(xp: Any, names: Array) -> Array:
    """Say which states can be reached from the label before, across the blank."""
    result = xp.zeros(names.shape, bool)
    result[:, 2:] = names[:, 2:] != names[:, :-2]
    return result


def total(scores: Any, lattice: Lattice) -> Any:
    """Return the logarithm of the chance of all paths of each target together."""
    return _arriving(_walk(_read(scores, lattice), lattice.starts, lattice.skips[:lattice.batch]), lattice)


def visits(scores: Any, lattice: Lattice) -> tuple[Any, Any]:
    """Return the chance that a path is at each class in each frame, and `total`."""
    emitted = _read(scores, lattice)
    both = _walk(cat([emitted, _picked(emitted, lattice.mirror)], 1), lattice.starts, lattice.skips)
    before, from_end = narrow(both, 1, 0, lattice.batch), narrow(both, 1, lattice.batch, lattice.batch)
    whole = _arriving(before, lattice)
    through = before + _picked(from_end, lattice.mirror) - emitted - unsqueeze(whole, -1)
    chances = exp(choose(lattice.inside, through, NEVER))
    return _spread(chances, lattice.cells, tuple(scores.shape)), whole


def _picked(values: Any, index: Array) -> Any:
    """Return the values at these places of the flattened tensor."""
    return reshape(take_cells(reshape(values, (1, 1, -1)), index.reshape(1, 1, -1)), index.shape)


def _spread(values: Any, index: Array, shape: tuple[int, ...]) -> Any:
    """Add values to these places of a flattened tensor of zeros."""
    return reshape(add_cells(reshape(values, (1, 1, -1)), index.reshape(1, 1, -1), (math.prod(shape),)), shape)


def _read(scores: Any, lattice: Lattice) -> Any:
    return _picked(clamp(scores, NEVER), lattice.cells)


def _walk(emitted: Any, starts: Array, skips: Array) -> Any:
    """Return the logarithm of the chance of all paths that come to each state in each frame."""
    paths = [choose(starts, selected(emitted, (0, ...)), NEVER)]
    for time in range(1, emitted.shape[0]):
        stay = paths[-1]
        step = constant_pad_nd(stay, (1, -1), NEVER)
        skip = choose(skips, constant_pad_nd(step, (1, -1), NEVER), NEVER)
        paths.append(met(stay, step, skip) + selected(emitted, (time, ...)))
    return stack(paths)


@op(promote=SAME, grad={
    "stay": lambda g, stay, out: g * exp(stay - out),
    "step": lambda g, step, out: g * exp(step - out),
    "skip": lambda g, skip, out: g * exp(skip - out),
})
def met(stay: Tensor, step: Tensor, skip: Tensor) -> Tensor:
    """Add up three chances, given and returned as logarithms: `logaddexp` of three, whose gradients stay finite.

    >>> met(randn(2, 3), randn(2, 3), randn(2, 3))
    """
    xp = namespace_of(stay)
    highest = xp.maximum(xp.maximum(stay, step), skip)
    chances = xp.exp(stay - highest)
    chances += xp.exp(step - highest)
    chances += xp.exp(skip - highest)
    return xp.log(chances) + highest


def _arriving(paths: Any, lattice: Lattice) -> Any:
    """Return the logarithm of the chance to be at the last label, or the blank behind it, when the frames are over."""
    ends = choose(lattice.arrives, _picked(paths, lattice.ends), NEVER)
    return met(selected(ends, (0, ...)), selected(ends, (1, ...)), lattice.at_once)
