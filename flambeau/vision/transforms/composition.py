"""Transforms made of transforms."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flambeau.nn import Module, ModuleList
from flambeau.ops.random import rand


class Compose:
    """Applies transforms one after the other."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def __call__(self, img: Any) -> Any:
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(\n" + "".join(f"    {transform}\n" for transform in self.transforms) + ")"


class Lambda:
    """Applies a function."""

    def __init__(self, lambd: Callable[[Any], Any]) -> None:
        if not callable(lambd):
            raise TypeError(f"Argument lambd should be callable, got {type(lambd).__name__!r}")
        self.lambd = lambd

    def __call__(self, img: Any) -> Any:
        return self.lambd(img)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class RandomApply(Module):
    """Applies all of several transforms with probability `p`, or none."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]] | ModuleList, p: float = 0.5) -> None:
        super().__init__()
        self.transforms, self.p = transforms, p

    def forward(self, img: Any) -> Any:
        if self.p < rand(1).item():
            return img
        for transform in self.transforms:
            img = transform(img)
        return img

    def __repr__(self) -> str:
        return f"{type(self).__name__}(\n    p={self.p}\n" + "".join(f"    {step}\n" for step in self.transforms) + ")"


class RandomOrder:
    """Applies several transforms in random order."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        self.transforms = transforms

    def __call__(self, img: Any) -> Any:
        import random

        order = list(range(len(self.transforms)))
        random.shuffle(order)  # as in torchvision, which draws from Python here and in RandomChoice
        for number in order:
            img = self.transforms[number](img)
        return img


class RandomChoice:
    """Applies one of several transforms, chosen with probabilities `p`, equal unless given."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]], p: Sequence[float] | None = None) -> None:
        self.transforms, self.p = transforms, p

    def __call__(self, img: Any) -> Any:
        import random

        return random.choices(self.transforms, weights=self.p)[0](img)
