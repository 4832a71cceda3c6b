"""Rules of losses of a choice among classes: all rows of all examples at once, reduced for each example."""
from __future__ import annotations

import math
from typing import Any

from flambeau.core.arrays import Array
from flambeau.dispatch.batching.array import BatchedArray
from flambeau.dispatch.batching.call import Call, expanded


class _Rows:
    """The rows of all examples as rows of one batch."""

    def __init__(self, call: Call, scores: str) -> None:
        self.call, self.size = call, call.level.size
        self.single = len(call[scores].shape) == 1 if scores != "shape" else len(call["shape"]) == 1
        self.rows = 1 if self.single else (call["shape"] if scores == "shape" else call[scores].shape)[0]
        self.target = self.folded(call.front("target"))

    @staticmethod
    def fits(call: Call) -> bool:
        """Say whether there are class indices and one weight for all examples."""
        return call.level.size > 0 and call["target"].dtype.kind in "iu" and not (
            call["weight"] is not None and call.varies("weight"))

    def folded(self, array: Array) -> Array:
        """(examples, rows, …) to (examples times rows, …)."""
        return array if self.single else array.reshape((self.size * self.rows, *array.shape[2:]))

    def unfolded(self, array: Array) -> Array:
        return array if self.single else array.reshape((self.size, self.rows, *array.shape[1:]))

    def reduced(self, losses: Array, weights: Any) -> Array:
        """Reduce the rows' losses for each example. `weights()` gives what a mean divides by."""
        reduction = self.call["reduction"]
        if reduction == "none":
            return losses
        total = _sum_of_each(losses)
        return total if reduction == "sum" else total / _sum_of_each(weights())

    def spread(self, grad: Array, weights: Any) -> Array:
        """Turn the gradient of the reduced loss into that of every row's."""
        if self.call["reduction"] == "none":
            return self.folded(grad)
        if self.call["reduction"] == "mean":
            grad = grad / _sum_of_each(weights())
        shape = self.call["target"].shape
        each = grad.reshape((self.size, *(1,) * len(shape)))
        return self.folded(each + (self.call.front("target") * 0).astype(each.dtype))

    def weights(self, like: Array) -> Array:
        """The weight of each row: the loss of a score of -1 for every class."""
        from flambeau.dispatch.batching.run import raw
        from flambeau.dispatch.op import find

        scores = self.folded(like * 0 - 1)
        weight = _shared(self.call, "weight")
        found = raw(find("cross_entropy.nll_loss"), [scores, self.target, weight, self.call["ignore_index"], "none"])
        return self.unfolded(found)


def _shared(call: Call, name: str) -> Any:
    return None if call[name] is None else call.inner(name)


def _sum_of_each(array: Array) -> Array:
    return array.reshape((array.shape[0], math.prod(array.shape[1:]))).sum(1)


def nll_loss(call: Call) -> Any:
    if not _Rows.fits(call):
        return NotImplemented
    rows, scores = _Rows(call, "input"), call.front("input")
    losses = rows.unfolded(call.go(input=rows.folded(scores), target=rows.target, reduction="none"))
    return rows.reduced(losses, lambda: rows.weights(scores))


def nll_loss_backward(call: Call) -> Any:
    if not _Rows.fits(call):
        return NotImplemented
    rows, shape = _Rows(call, "shape"), call["shape"]
    grad = call.front("grad")
    like = expanded(_zeros(grad, shape), rows.size)
    folded = rows.spread(grad, lambda: rows.weights(like))
    classes = shape if rows.single else shape[1:]
    found = call.go(grad=folded, target=rows.target, reduction="none", shape=(rows.size * rows.rows, *classes))
    return rows.unfolded(found)


def _zeros(beside: Array, shape: tuple[int, ...]) -> Array:
    from flambeau.core.arrays import namespace_of

    while isinstance(beside, BatchedArray):
        beside = beside.value
    return namespace_of(beside).zeros(shape, beside.dtype)


def cross_entropy(call: Call) -> Any:
    if not _Rows.fits(call):
        return NotImplemented
    rows, scores = _Rows(call, "input"), call.front("input")
    losses, shares = call.go(input=rows.folded(scores), target=rows.target, reduction="none")
    return [rows.reduced(rows.unfolded(losses), lambda: rows.weights(scores)), rows.unfolded(shares)]


def cross_entropy_backward(call: Call) -> Any:
    if not _Rows.fits(call):
        return NotImplemented
    rows, shares = _Rows(call, "shares"), call.front("shares")
    folded = rows.spread(call.front("grad"), lambda: rows.weights(shares))
    found = call.go(grad=folded, target=rows.target, reduction="none", shares=rows.folded(shares))
    return rows.unfolded(found)
