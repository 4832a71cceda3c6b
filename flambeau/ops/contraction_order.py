"""In which order to multiply the operands of an `einsum`: the one of fewest multiplications."""
from __future__ import annotations

import functools
from itertools import combinations
from math import prod
from typing import Any

Labels = frozenset[Any]
Tree = Any  # an operand's number, or a pair of trees that are multiplied

_FEW = 7  # so many operands have few enough orders to look at them all


@functools.lru_cache(maxsize=256)
def order_of(operands: tuple[Labels, ...], output: Labels, sizes: tuple[tuple[Any, int], ...]) -> Tree:
    """Return which operands to multiply first; from left to right where nothing is better."""
    problem = _Problem(operands, output, dict(sizes))
    return problem.best() if len(operands) <= _FEW else problem.greedy()


class _Problem:
    def __init__(self, operands: tuple[Labels, ...], output: Labels, sizes: dict[Any, int]) -> None:
        self.operands, self.output, self.sizes = operands, output, sizes

    def kept(self, members: frozenset[int]) -> Labels:
        """Return the labels that the product of some operands still has: those that another, or the output, needs."""
        own: Labels = frozenset().union(*[self.operands[i] for i in members])
        return own & self.output.union(*[labels for i, labels in enumerate(self.operands) if i not in members])

    def size(self, labels: Labels) -> int:
        return prod(self.sizes[label] for label in labels)

    def best(self) -> Tree:
        """Find the best way to make the product of each set of operands, small sets first (dynamic programming)."""
        count = len(self.operands)
        found: dict[frozenset[int], tuple[int, Tree]] = {frozenset((i,)): (0, i) for i in range(count)}
        for size in range(2, count + 1):
            for members in combinations(range(count), size):
                found[frozenset(members)] = min((self.joined(found, members, left) for left in _halves(members)),
                                                key=lambda candidate: candidate[0])
        return found[frozenset(range(count))][1]

    def joined(self, found: dict[frozenset[int], tuple[int, Tree]], members: tuple[int, ...],
               left: frozenset[int]) -> tuple[int, Tree]:
        right = frozenset(members) - left
        cost = self.size(self.kept(left) | self.kept(right)) + found[left][0] + found[right][0]
        return cost, (found[left][1], found[right][1])

    def greedy(self) -> Tree:
        """Multiply the pair whose product is smallest beside what it is made of, again and again."""
        parts: dict[frozenset[int], Tree] = {frozenset((i,)): i for i in range(len(self.operands))}
        while len(parts) > 1:
            one, other = min(combinations(parts, 2), key=self.growth)
            parts[one | other] = (parts.pop(one), parts.pop(other))
        return next(iter(parts.values()))

    def growth(self, pair: tuple[frozenset[int], frozenset[int]]) -> int:
        one, other = pair
        return self.size(self.kept(one | other)) - self.size(self.kept(one)) - self.size(self.kept(other))


def _halves(members: tuple[int, ...]) -> Any:
    """All ways to cut a set in two; first the one that sets the last member apart."""
    first, rest = members[0], members[1:]
    for size in reversed(range(len(rest))):
        for others in combinations(rest, size):
            yield frozenset((first, *others))
