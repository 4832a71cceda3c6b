"""Programs drawn at random: lines of source, written while PyTorch runs them, so that most of them fit their tensors."""
from __future__ import annotations

from typing import Any

from programs import leaves
from programs.choices import Choices
from programs.holes import Holes
from programs.running import Run, assigned
from programs.templates import VALUES, WRITES

Program = list[str]
MOST_ELEMENTS = 100
MOST_DIMS = 5


def program(choices: Choices) -> Program:
    """Draw 5 to 30 lines over a few leaves, then ask for gradients."""
    import torch

    author = _Author(choices, Run(torch))
    for _ in range(choices.integer(1, 4)):
        author.define(leaves.leaf(choices))
    for _ in range(choices.integer(5, 30)):
        author.add_line()
    author.ask_for_gradients()
    return author.lines


class _Author:
    def __init__(self, choices: Choices, run: Run) -> None:
        self.choices, self.run = choices, run
        self.lines: Program = []
        self.count = 0

    def define(self, value: str, unrecorded: bool = False) -> str | None:
        line = ("with torch.no_grad(): " if unrecorded else "") + f"x{self.count} = {value}"
        self.count += 1
        return self.keep(line)

    def keep(self, line: str) -> str | None:
        """Run a line, and keep it unless it grew too much; return what it raised."""
        raised = self.run.step(line)
        if raised and not self.choices.one_in(3):
            return raised
        name = assigned(line)
        if name and _is_large(self.run.names.get(name)):
            del self.run.names[name]
        else:
            self.lines.append(line)
        return raised

    def add_line(self) -> None:
        if not self.run.tensors():
            self.define(leaves.leaf(self.choices))
        holes = Holes(self.choices, self.run.tensors())
        unrecorded = self.choices.one_in(12)
        if self.choices.one_in(4):
            line = holes.filled(self.choices.pick(WRITES))
            self.keep(("with torch.no_grad(): " if unrecorded else "") + line)
        elif self.choices.one_in(20):
            self.define(leaves.leaf(self.choices))
        else:
            self.define(holes.filled(self.choices.pick(self.choices.weighted(VALUES))), unrecorded)

    def ask_for_gradients(self) -> None:
        """Of each tensor on its own; one that can be walked back only once, or no more, must raise alike."""
        tensors = self.run.tensors()
        goals = [name for name, tensor in tensors.items() if tensor.requires_grad and tensor.is_leaf]
        for name, tensor in tensors.items():
            if tensor.requires_grad and not tensor.is_leaf:
                for goal in goals:
                    self.lines.append(f"g{self.count} = torch.autograd.grad({name}, {goal}, {_weights(name)}, "
                                      "retain_graph=True, allow_unused=True)[0]")
                    self.count += 1
        whole = [name for name, tensor in tensors.items() if tensor.requires_grad and not tensor.is_leaf]
        if whole:
            ones = ", ".join(f"torch.ones_like({name})" for name in whole)
            self.lines.append(f"torch.autograd.backward([{', '.join(whole)}], [{ones}])")
            if self.run.step(self.lines[-1]):
                return  # how far it got before it failed is nobody's business
        for goal in goals:
            self.lines.append(f"g{self.count} = {goal}.grad")
            self.count += 1


def _weights(name: str) -> str:
    """A gradient to start from, different at each place."""
    return f"torch.arange(1., 1 + {name}.numel()).reshape({name}.shape).to({name}.dtype)"


def _is_large(value: Any) -> bool:
    import torch

    return isinstance(value, torch.Tensor) and (value.numel() > MOST_ELEMENTS or value.ndim > MOST_DIMS)
