"""What transforms by the tape share: inputs that are followed, and results that forget it."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flambeau.autograd.mode import no_grad
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.batching.border import levels_of, share
from flambeau.dispatch.batching.chance import running
from flambeau.dispatch.op import op


@op(batches=True, complex_rules=True, grad={"input": lambda g: g})
def tracked(input: TensorBase | Any) -> Any:
    """Return the same values in the same memory; no view, so that they can be written to even if `input` is a leaf."""
    return input


class Followed:
    """Tensors whose use is recorded, in the place of those that were given.

    `goals` are where gradients are wanted; `tensors`, made of them, are what functions get: these may write into theirs.
    """

    def __init__(self, tensors: Sequence[Any]) -> None:
        self.hidden: set[int] = set()  # leaves that only stand for what was given
        self.goals: list[Any] = []
        self.tensors: list[Any] = []
        for tensor in tensors:
            self.add(tensor)

    def add(self, tensor: Any) -> Any:
        """Follow one more tensor; return what stands for it."""
        self.goals.append(self._follow(tensor))
        self.tensors.append(tracked(self.goals[-1]))
        return self.tensors[-1]

    def _follow(self, tensor: Any) -> Any:
        if tensor._requires_grad:
            for level in _missing(tensor):
                tensor = share(tensor, level)
            return tracked(tensor)
        with no_grad():
            leaf = tensor.detach()
            for level in _missing(tensor):
                leaf = share(leaf, level)
        leaf.requires_grad_()
        self.hidden.add(id(leaf))
        return leaf

    def is_all_of(self, results: Iterable[Any]) -> bool:
        """Say whether results come from nothing on the tape but what was followed here."""
        stack: list[Any] = [target for result in results for target in _target(result)]
        seen: set[int] = set()
        while stack:
            target = stack.pop()
            if id(target) in seen:
                continue
            seen.add(id(target))
            if isinstance(target, TensorBase):
                if id(target) not in self.hidden:
                    return False
                continue
            stack.extend(edge[0] for edge in target.edges if edge is not None)
        return True

    def settled(self, results: Sequence[Any]) -> list[Any]:
        """Take results off the tape that would only lead to what was followed."""
        return [result.detach() if isinstance(result, TensorBase) and result._requires_grad and self.is_all_of([result])
                else result for result in results]


def _target(result: Any) -> list[Any]:
    if not isinstance(result, TensorBase) or not result._requires_grad:
        return []
    return [result._node if result._node is not None else result]


def _missing(tensor: Any) -> list[Any]:
    """The `vmap`s that run here and do not know the tensor: each of their examples is to have a gradient of its own."""
    known = levels_of(tensor._array)
    return [level for level in running.levels if level not in known]
