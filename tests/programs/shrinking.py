"""Making a program that shows a difference as short as it will go, with the difference still there."""
from __future__ import annotations

import re
from collections.abc import Iterator

from programs import leaves
from programs.comparing import Difference, Doubtful, about, first_difference
from programs.running import Run, assigned

Program = list[str]


def kind(difference: Difference) -> str:
    """What two differences have in common that one mend would end: what differs, after which op."""
    return f"{difference.about} after {operation(difference.line)}"


def operation(line: str) -> str:
    """The op of a line, without the tensors it is given."""
    value = re.sub(r"\b[gx]\d+\b", "x", line.removeprefix("with torch.no_grad(): ").removeprefix(f"{assigned(line)} = "))
    found = re.match(r"torch\.[\w.]+|x\.\w+|x\[|\S+ \S+", value)
    return found[0] if found else value


def shrunk(lines: Program, difference: Difference) -> tuple[Program, Difference]:
    """Leave out every line that is not needed, and start from values instead of from what computed them."""
    wanted = kind(difference)
    lines = lines[:lines.index(difference.line) + 1]
    smaller: Program | None = lines
    while smaller is not None:
        lines = smaller
        smaller = next((variant for variant in variants(lines) if _shows(variant, wanted)), None)
    return lines, first_difference(lines) or difference


def variants(lines: Program) -> Iterator[Program]:
    for number in reversed(range(len(lines) - 1)):
        yield [*lines[:number], *lines[number + 1:]]
    for number, line in enumerate(lines):
        if line.startswith("with torch.no_grad(): "):
            yield [*lines[:number], line.removeprefix("with torch.no_grad(): "), *lines[number + 1:]]
    yield from started_later(lines)


def started_later(lines: Program) -> Iterator[Program]:
    """Variants in which one tensor is a leaf that holds what had been computed."""
    import torch

    run = Run(torch)
    for number, line in enumerate(lines[:-1]):
        run.step(line)
        name = assigned(line)
        value = run.tensors().get(name or "")
        if name and value is not None and "torch.tensor(" not in line.split(" = ", 1)[1][:13] and "torch.zeros(" not in line:
            try:
                leaf = leaves.copied(value, str(about(value, run)["dtype"]))
            except RuntimeError:  # PyTorch's zero tensors, as a gradient that is zero by definition, have no memory to read
                continue
            yield [*lines[:number], f"{name} = {leaf}", *lines[number + 1:]]


def _shows(lines: Program, wanted: str) -> bool:
    try:
        found = first_difference(lines)
    except Doubtful:
        return False
    return found is not None and kind(found) == wanted


