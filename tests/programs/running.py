"""Running a program, line after line, on one framework."""
from __future__ import annotations

import functools
import re
import warnings
from typing import Any

_ASSIGNED = re.compile(r"(?:with torch\.no_grad\(\): )?(\w+) = ")
_WRITTEN = re.compile(r"(?:with torch\.no_grad\(\): )?(x\d+)(?:\.\w+_\(|\[.*\] \S*= | \S+= )|.*\bout=(x\d+)\)")


def assigned(line: str) -> str | None:
    """The name that a line gives to its result."""
    match = _ASSIGNED.match(line)
    return match and match[1]


def written(line: str) -> str | None:
    """The tensor that a line writes into."""
    match = _WRITTEN.match(line)
    return match and (match[1] or match[2])


def mentioned(line: str) -> list[str]:
    """The tensors that a line may have changed, its result first."""
    return list(dict.fromkeys(re.findall(r"\b[gx]\d+\b", line)))


@functools.lru_cache(4096)
def _compiled(line: str) -> Any:
    return compile(line, "<program>", "exec")


class Run:
    """The names of a program that is being run, on `framework`."""

    def __init__(self, framework: Any) -> None:
        self.names: dict[str, Any] = {"torch": framework}
        self.born: dict[int, tuple[Any, int]] = {}

    def resumed(self, names: dict[str, Any]) -> Run:
        """A run on the same framework that goes on from other tensors."""
        other = Run(self.names["torch"])
        other.names.update(names)
        return other

    def step(self, line: str) -> str | None:
        """Run one line; return the class of what it raised."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                exec(_compiled(line), self.names)
            except Exception as error:
                self.error = error
                return type(error).__name__
        return None

    def tensors(self) -> dict[str, Any]:
        """The tensors so far, without those that refuse all use: views made unrecorded whose base was then written to."""
        kind = self.names["torch"].Tensor
        return {name: value for name, value in self.names.items() if isinstance(value, kind) and _is_usable(value)}

    def writes(self, tensor: Any) -> int:
        """How often a tensor was written to since it was first asked about. How often before is how its op is made."""
        return tensor._version - self.born.setdefault(id(tensor), (tensor, tensor._version))[1]

    def overlaps(self, line: str) -> bool:
        """Say whether a line writes into a tensor while it reads another that shares memory with it."""
        target = written(line)
        if target is None or target not in self.tensors():
            return False
        read = set(mentioned(re.sub(rf"^(with torch\.no_grad\(\): )?{target}|out={target}\)", "", line)))
        return not read.isdisjoint(self.neighbours(self.names[target]))

    def neighbours(self, tensor: Any) -> list[str]:
        """The names of the tensors between whose first and last elements lies any of this one's."""
        return [name for name, other in self.tensors().items() if _meet(_reach(tensor), _reach(other))]


def _reach(tensor: Any) -> tuple[int, int]:
    """The addresses of a tensor's first element and of the end of its last."""
    begin = tensor.data_ptr()
    last = sum((size - 1) * stride for size, stride in zip(tensor.shape, tensor.stride()))
    return begin, begin + (last + 1) * tensor.element_size() if tensor.numel() else begin


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def _is_usable(tensor: Any) -> bool:
    try:
        tensor.grad_fn
    except RuntimeError:
        return False
    return True


def in_float64(lines: list[str]) -> list[str]:
    """The same program with all its floating-point numbers in double precision."""
    def widened(line: str) -> str:
        line = re.sub(r"torch\.(float32|float16|bfloat16|float)\b(?!\()", "torch.float64", line)
        line = re.sub(r"\.(float|half|bfloat16)\(\)", ".double()", line)
        return line.replace("torch.complex64", "torch.complex128")

    return [widened(line) for line in lines]
