"""Where the generator's decisions come from: a random number, or hypothesis, which can take decisions back to shrink."""
from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Decisions, all made by drawing a whole number. Lower numbers stand for simpler programs."""

    def __init__(self, integer: Callable[[int, int], int]) -> None:
        self.integer = integer  # from the first to the second, both included

    @classmethod
    def seeded(cls, seed: int) -> Choices:
        return cls(random.Random(seed).randint)

    def pick(self, options: Sequence[T]) -> T:
        return options[self.integer(0, len(options) - 1)]

    def one_in(self, count: int) -> bool:
        return self.integer(0, count - 1) == count - 1

    def weighted(self, options: Sequence[tuple[int, T]]) -> T:
        """Pick by weight: (3, "a"), (1, "b") is "a" three times out of four."""
        place = self.integer(0, sum(weight for weight, _ in options) - 1)
        for weight, option in options:
            place -= weight
            if place < 0:
                return option
        raise AssertionError("the weights cover every place")
