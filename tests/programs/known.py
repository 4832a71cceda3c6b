"""Differences that stay, and why. An entry that matches nothing any more is to be taken out."""
from __future__ import annotations

import re
from typing import NamedTuple

from programs.comparing import Difference


class Known(NamedTuple):
    """`about`, `line`, `said`, `before`: patterns for what differs, the line after which it does, what either framework
    has there, and any line before it."""

    why: str
    about: str = ""
    line: str = ""
    said: str = ""
    before: str = ""


KNOWN: tuple[Known, ...] = (
    # PyTorch refuses, and flambeau has the answer.
    Known("PyTorch has this gradient only where index and source are of one shape", "error RuntimeError None", "grad",
          "Scatter(Add|Reduce)Backward0 returned an invalid gradient|size of tensor a"),
    Known("PyTorch has no gradient of a scatter that adds or multiplies; flambeau does it by scatter_reduce",
          "error RuntimeError None", "grad", "derivative for aten::scatter"),
    Known("a rule that needs fewer of its arguments notices fewer writes to them", "error RuntimeError None", "grad",
          "modified by an inplace operation"),
    Known("flambeau keeps what it saved for the gradient when the tensor is detached in place", "error RuntimeError None",
          "grad", "detached in-place"),
    Known("a gradient that PyTorch's own code stumbles over", "error RuntimeError None", "grad",
          "INTERNAL ASSERT|Expected isFloatingType|Subtraction, the `-` operator, with a bool|invalid gradient at index"),
    Known("PyTorch refuses to sum what needs a gradient into whole numbers", "error RuntimeError None", "dtype=",
          "Autograd not support dtype"),
    Known("an output of complex numbers that PyTorch has no gradient of may be computed all the same",
          "error RuntimeError None", "", "does not support automatic differentiation for outputs with complex dtype"),

    # Two faults in one call.
    Known("two arguments are wrong, and each framework names another first", "error (Index|Runtime|NotImplemented)Error "
          "(Index|Runtime|NotImplemented|Overflow|Type)Error"),

    # Memory.
    Known("conjugation is done at once, into new memory; PyTorch puts it off in a view", "memory|requires_grad|view",
          r"\.(conj|mH|adjoint)\b"),
    Known("a detached view counts its offset from its own first element", "offset", r"\.(data|detach|as_strided_)\b"),
    Known("a base that asks for its gradient after it was looked at: PyTorch has the views need one too, but sends it nowhere",
          "requires_grad", "", "", r"requires_grad_\(\)"),
    Known("elements that share memory are not written to, even where all get the same", "error None RuntimeError", "",
          "more than one element of the written-to tensor"),
    Known("a tensor that is read while it is written to gives what the order of the steps makes of it", "value",
          r"\b(x\d+)\.masked_scatter_\(.*\b\1\)"),

    # PyTorch's in-place logic stays off the tape, and so do the leaves it overwrites.
    Known("PyTorch leaves the old gradient in place after logical_*_ on floats, which is wrong",
          "value|error None RuntimeError", "", "", r"\.logical_\w+_\("),
    Known("a comparison in place needs a gradient only where what it overwrites does", "requires_grad|is_leaf", r"\.eq_\("),

    # Dtypes.
    Known("there is no complex32", "dtype|error None RuntimeError", "", "complex32|Half and Half"),
    Known("int() of a complex number without an imaginary part", "error None TypeError", r"^x\d+ = int\("),
    Known("torch.einsum of whole numbers over a dim of one element answers in int64, by way of a sum", "dtype", "einsum"),
    Known("the dtype of `out` does not choose the dtype to sum in", "error None RuntimeError", r"torch\.sum\(.*out="),

    # NaN.
    Known("where a NaN belongs in an order", "value", r"searchsorted|\.mode\("),

    # Nothing to compute.
    Known("arguments are checked even where there is no element to compute", "error None (Runtime|Index|NotImplemented)Error",
          r"\.(scatter_?|repeat|index_fill_?|cummin|cummax)\(|\*\*=|\*\* | @ ", ""),
    Known("torch.trapezoid of no points keeps dtype and tape out of it", "dtype|requires_grad", "trapezoid"),
)


def known(difference: Difference, lines: list[str]) -> Known | None:
    """The entry for a difference that a program shows, if there is one."""
    before = lines[:lines.index(difference.line)]
    for entry in KNOWN:
        if (re.fullmatch(entry.about or ".*", difference.about) and re.search(entry.line, difference.line)
                and re.search(entry.said, difference.theirs + difference.ours)
                and (not entry.before or any(re.search(entry.before, line) for line in before))):
            return entry
    return None
