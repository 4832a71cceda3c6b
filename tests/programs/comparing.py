"""Running a program on PyTorch and on flambeau side by side, up to the first difference."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy
from programs.running import Run, assigned, in_float64, mentioned, written

# Relative to the largest number of a tensor, since sums cancel. An op rounds once, by half the last place: 6e-8 in
# float32, 5e-4 in float16, 4e-3 in bfloat16. A chain of ops on a few dozen numbers comes to some tens of that. Beyond
# it float64 decides (`Pair.is_doubtful`), so that a bound too tight costs time, not truth.
TOLERANCE = {"float64": 1e-9, "complex128": 1e-9, "float32": 2e-5, "complex64": 2e-5, "float16": 4e-3, "bfloat16": 3e-2}
# Where a result is badly conditioned, PyTorch's own distance from float64 says how badly; ours may be so many times as far.
LENIENCE = 16


class Difference(NamedTuple):
    """Where flambeau and PyTorch part: what about, which line, and what either has."""

    about: str
    line: str
    theirs: str
    ours: str

    def __str__(self) -> str:
        return f"{self.about} after `{self.line}`\n  PyTorch:  {self.theirs}\n  flambeau: {self.ours}"


class Doubtful(Exception):
    """Numbers differ, and the answer is so badly conditioned that PyTorch's own is as far from float64's."""


def first_difference(lines: list[str]) -> Difference | None:
    """Run a program on both. Raises Doubtful where rounding alone has led them apart."""
    import torch

    import flambeau

    theirs, ours = Run(torch), Run(flambeau)
    for number, line in enumerate(lines):
        pair = _Pair(theirs, ours, lines[:number + 1])
        manner = " in shared memory" if theirs.overlaps(line) else ""
        found = pair.errors() or pair.named(mentioned(line)) or (pair.named(list(theirs.names)) if line == lines[-1] else None)
        if found is not None:
            return Difference(found[0] + (" of what failed" if pair.both_failed else manner), line, found[1], found[2])
    return None


Found = tuple[str, str, str]


class _Pair:
    """Two runs of the same lines, the last of which is to be taken."""

    def __init__(self, theirs: Run, ours: Run, lines: list[str]) -> None:
        self.theirs, self.ours, self.lines = theirs, ours, lines

    def errors(self) -> Found | None:
        line = self.lines[-1]
        want, got = self.theirs.step(line), self.ours.step(line)
        self.both_failed = want == got is not None
        if want == got:
            return None
        said = [f"{name}: {str(run.error).splitlines()[:1]}" if name else "answers"
                for name, run in ((want, self.theirs), (got, self.ours))]
        return f"error {want} {got}", said[0], said[1]

    def named(self, names: list[str]) -> Found | None:
        for name in names:
            if name in self.theirs.names and name != "torch" and name in self.ours.names:
                found = self.compared(name, self.theirs.names[name], self.ours.names[name])
                if found is not None:
                    return found
        return None

    def compared(self, name: str, want: Any, got: Any) -> Found | None:
        if not hasattr(want, "dtype"):
            return None if str(want) == str(got) or want == got or _is_near(want, got) else ("answer", str(want), str(got))
        if not hasattr(got, "dtype"):
            return "answer", str(want), str(got)
        before, after = about(want, self.theirs), about(got, self.ours)
        for key in before:
            if before[key] != after[key] and not (name.startswith("g") and key in UNTOLD):
                return key, f"{name}: {before[key]}", f"{name}: {after[key]}"
        if close(array(want), array(got), TOLERANCE.get(before["dtype"], 0)):
            return None
        if self.follows_from_before(name, got) or self.is_doubtful(name, array(want), array(got)):
            raise Doubtful
        return "value", f"{name} = {want}", f"{name} = {got}"

    def follows_from_before(self, name: str, got: Any) -> bool:
        """Say whether PyTorch has our answer for the values that we have, which rounding led apart before this line.

        Lines that write, or that follow the tape, start from more than the values there are now.
        """
        line = self.lines[-1]
        if written(line) or "grad" in line or assigned(line) != name:
            return False
        same = self.theirs.resumed({other: copied(value) for other, value in self.ours.tensors().items() if other != name})
        if same.step(line) is not None:
            return False
        return close(array(same.names[name]), array(got), TOLERANCE.get(about(got, self.ours)["dtype"], 0))

    def is_doubtful(self, name: str, want: Any, got: Any) -> bool:
        """Say whether PyTorch's own answer is as far from float64's as ours is, give or take."""
        import torch

        torch.set_default_dtype(torch.float64)
        try:
            exact = Run(torch)
            for line in in_float64(self.lines):
                exact.step(line)
        finally:
            torch.set_default_dtype(torch.float32)
        if name not in exact.names or not hasattr(exact.names[name], "dtype"):
            return True
        truth = array(exact.names[name])
        noise = max(self.epsilons(name), default=0)
        return truth.shape != want.shape or distance(got, truth) <= LENIENCE * max(distance(want, truth), noise)

    def epsilons(self, name: str) -> list[float]:
        """What may be left where numbers of the dtypes that lead to a tensor cancel: of all dtypes, for a gradient."""
        import torch

        leading = self.theirs.tensors().values() if name.startswith("g") else [self.theirs.names[name]]
        return [torch.finfo(tensor.dtype).eps for tensor in leading if tensor.dtype.is_floating_point or tensor.is_complex()]


ABOUT: dict[str, Callable[[Any], Any]] = {
    "dtype": lambda tensor: str(tensor.dtype).removeprefix("torch."),
    "shape": lambda tensor: tuple(tensor.shape),
    "requires_grad": lambda tensor: tensor.requires_grad,
    "is_leaf": lambda tensor: tensor.is_leaf,
    "stride": lambda tensor: steps_taken(tensor),
    "offset": lambda tensor: tensor.storage_offset() if tensor.numel() else None,
}


def steps_taken(tensor: Any) -> Any:
    """The strides of the dims along which there is more than one element; nobody takes the others."""
    if not tensor.numel():
        return None
    return tuple(stride if size > 1 else None for size, stride in zip(tensor.shape, tensor.stride()))


# What is left to whoever computes a gradient: nobody writes into it.
UNTOLD = ("stride", "offset", "memory", "writes")


def about(tensor: Any, run: Run) -> dict[str, Any]:
    """All there is to say of a tensor but its numbers. Some cannot even be asked: a view whose base went on without it."""
    answers = {what: answer_to(question, tensor) for what, question in ABOUT.items()}
    return {**answers, "writes": run.writes(tensor), "memory": run.neighbours(tensor)}


def answer_to(question: Callable[[Any], Any], tensor: Any) -> Any:
    try:
        return question(tensor)
    except Exception as error:
        return type(error).__name__


def array(tensor: Any) -> Any:
    """The numbers of a tensor, in an array of NumPy's own dtypes."""
    plain = tensor.detach().resolve_conj().resolve_neg()
    if str(plain.dtype) in ("torch.float16", "torch.bfloat16"):
        plain = plain.float()
    return plain.numpy(force=True)


def copied(tensor: Any) -> Any:
    """A tensor of PyTorch's with the numbers and the dtype of one of ours."""
    import torch

    return torch.from_numpy(array(tensor).copy()).to(getattr(torch, str(tensor.dtype).removeprefix("torch.")))


def _is_near(want: Any, got: Any) -> bool:
    """Say whether two numbers, as `item` gives them, are equal to rounding."""
    numbers = all(isinstance(value, float | complex) for value in (want, got))
    return numbers and bool(numpy.isclose(got, want, rtol=TOLERANCE["float32"], atol=0))


def close(want: Any, got: Any, tolerance: float) -> bool:
    if want.dtype.kind in "biu":
        return bool((want == got).all())
    with numpy.errstate(all="ignore"):
        size = numpy.abs(want[numpy.isfinite(want)]).max(initial=0)
        return bool(numpy.allclose(got, want, rtol=tolerance, atol=tolerance * size, equal_nan=True))


def distance(one: Any, other: Any) -> float:
    """The largest distance between two numbers at one place; infinite where only one of the two is finite."""
    with numpy.errstate(all="ignore"):
        one, other = one.astype("c16"), other.astype("c16")
        apart = numpy.abs(one - other)
        alike = (one == other) | numpy.isnan(one) & numpy.isnan(other)
        apart = numpy.where(alike, 0, numpy.where(numpy.isnan(apart), numpy.inf, apart))
    return float(apart.max(initial=0))
