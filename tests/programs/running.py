"""Running a program, line after line, on one framework."""
from __future__ import annotations

import functools
import re
import warnings
from typing import Any

_ASSIGNED = re.compile(r"(?:with torch\.no_grad\(\): )?(\w+) = ")


def assigned(line: str) -> str | None:
    """The name that a line gives to its result."""
    match = _ASSIGNED.match(line)
    return match and match[1]


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
        kind = self.names["torch"].Tensor
        return {name: value for name, value in self.names.items() if isinstance(value, kind)}


def in_float64(lines: list[str]) -> list[str]:
    """The same program with all its floating-point numbers in double precision."""
    def widened(line: str) -> str:
        line = re.sub(r"torch\.(float32|float16|bfloat16|float)\b(?!\()", "torch.float64", line)
        line = re.sub(r"\.(float|half|bfloat16)\(\)", ".double()", line)
        return line.replace("torch.complex64", "torch.complex128")

    return [widened(line) for line in lines]
