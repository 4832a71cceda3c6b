"""Class numbers as targets of a loss: checked, looked up, and weighed."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.promotion import INT64
from flambeau.dispatch import casting
from flambeau.dispatch.inplace import pytorch_name


def class_axis(ndim: int) -> int:
    """Classes are in dim 1, or the only one."""
    return 1 if ndim > 1 else 0


def check_shapes(shape: tuple[int, ...], target: tuple[int, ...]) -> None:
    """Raise ValueError unless a target of this shape has one class for each row of scores."""
    if not shape:
        raise ValueError("Expected input to have 1 dimension or more: classes are in dim 1, or the only one")
    rows = shape[:1] + shape[2:] if len(shape) > 1 else ()
    if target == rows or len(shape) == 1 and target == (1,):
        return
    if rows[:1] != target[:1] and rows:
        raise ValueError(f"Expected input batch_size ({shape[0]}) to match target batch_size ({[*target, 0][0]}).")
    if len(shape) == len(target) == 1:
        raise ValueError(f"For 1D input, 1D target must have size 1, but got target size: {target[0]}")
    raise RuntimeError(f"Expected target size {list(rows)}, got {list(target)}: one class for each row of scores")


def check_weight(input: Any, weight: Any) -> None:
    """Raise RuntimeError where the weights of the classes have another dtype than the scores, unless autocast is on."""
    if weight is not None and weight.dtype != input.dtype and not casting.is_on():
        raise RuntimeError(f"expected scalar type {pytorch_name(input._array.dtype)} but found "
                           f"{pytorch_name(weight._array.dtype)}: bring weight to the dtype of input")


class Rows:
    """Where each row of scores looks, and how much it weighs in the loss."""

    def __init__(self, input: Array, target: Array, weight: Array | None, ignore_index: int, reduction: str) -> None:
        self.xp = namespace_of(input)
        self.axis = class_axis(input.ndim)
        self.classes = input.shape[self.axis]
        _check_dtype(target)
        ignored = target == ignore_index
        some = bool(ignored.any())
        self.target = self.xp.where(ignored, 0, target) if some else target
        _check_range(self.target, self.classes)
        self.weights = self._weights(input, weight, ignored if some else None)
        self.total = target.size if self.weights is None else self.weights.sum()
        self.averaged = reduction == "mean"

    def _weights(self, input: Array, weight: Array | None, ignored: Array | None) -> Any:
        """The weight of each row; None where all weigh the same."""
        if weight is not None and weight.shape != (self.classes,):
            raise RuntimeError("weight tensor should be defined either for all or no classes: it has shape "
                               f"{list(weight.shape)} for {self.classes} classes")
        weights = None if weight is None else weight[self.target]
        if ignored is None:
            return weights
        return self.xp.where(ignored, 0, self.xp.ones((), input.dtype) if weights is None else weights)

    def pick(self, scores: Array) -> Array:
        """The score of each row's class."""
        if scores.ndim == 2:
            return scores[self.xp.arange(len(scores)), self.target]
        index = self.xp.expand_dims(self.target, self.axis)
        return self.xp.take_along_axis(scores, index, self.axis).squeeze(self.axis)

    def add(self, scores: Array, amount: Any) -> None:
        """Add to the score of each row's class."""
        if scores.ndim == 2:
            scores[self.xp.arange(len(scores)), self.target] += amount
            return
        index = self.xp.expand_dims(self.target, self.axis)
        picked = self.xp.take_along_axis(scores, index, self.axis)
        self.xp.put_along_axis(scores, index, picked + self.xp.expand_dims(amount, self.axis), self.axis)

    def weighed(self, losses: Array) -> Array:
        return losses if self.weights is None else losses * self.weights

    def reduced(self, losses: Array, reduction: str) -> Array:
        """Add up weighed losses; the mean is over the weights."""
        if reduction == "none":
            return losses
        return losses.sum() / self.total if self.averaged else losses.sum()

    def gradient(self, g: Array) -> Array:
        """The gradient of each row's loss before it was weighed."""
        return self.weighed(g / self.total if self.averaged else g) + self.xp.zeros(self.target.shape, g.dtype)


def _check_dtype(target: Array) -> None:
    if target.dtype != INT64 and target.dtype.name != "uint8":
        raise RuntimeError(f"expected scalar type Long but found {pytorch_name(target.dtype)}; class numbers are int64")


def _check_range(target: Array, classes: int) -> None:
    if target.size and not (0 <= target.min() and target.max() < classes):
        outside = target[(target < 0) | (target >= classes)]
        raise IndexError(f"Target {int(outside.reshape(-1)[0])} is out of bounds: there are {classes} classes.")
