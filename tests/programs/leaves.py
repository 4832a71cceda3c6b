"""Tensors written down as source: leaves with numbers on a coarse grid, so that ties and exact zeros happen."""
from __future__ import annotations

import math
from typing import Any

from programs.choices import Choices

FLOATS = ("float32", "float64", "float16", "bfloat16")
INTEGERS = ("int64", "int32", "uint8", "int8", "int16")
COMPLEX = ("complex64", "complex128")
DTYPES = ((8, "float32"), (4, "float64"), (2, "float16"), (2, "bfloat16"), (3, "int64"), (1, "int32"), (1, "uint8"),
          (1, "int16"), (2, "bool"), (1, "complex64"), (1, "complex128"))
SIZES = ((6, 3), (6, 2), (3, 1), (3, 4), (1, 0), (1, 5))
GRID = (1, 2, -1, 0, 3, 0.5, -0.5, 1.5, -2, 0.25, 0.75, -1.25, 2.5, -3)
ODD = ("float('inf')", "float('nan')", "-float('inf')", "-0.0", "1e-30", "1e20")


def shape(choices: Choices) -> tuple[int, ...]:
    ndim = choices.weighted(((6, 2), (4, 1), (5, 3), (1, 0), (1, 4)))
    return tuple(choices.weighted(SIZES) for _ in range(ndim))


def leaf(choices: Choices, dtype: str = "", sizes: tuple[int, ...] | None = None) -> str:
    """Source of a new tensor, which may ask for its gradient."""
    dtype = dtype or choices.weighted(DTYPES)
    sizes = shape(choices) if sizes is None else sizes
    wants = dtype in FLOATS + COMPLEX and not choices.one_in(3)
    return written(sizes, [entry(choices, dtype) for _ in range(math.prod(sizes))], dtype, wants)


def written(sizes: tuple[int, ...], entries: list[str], dtype: str, requires_grad: bool = False) -> str:
    last = f"dtype=torch.{dtype}" + (", requires_grad=True" if requires_grad else "")
    if 0 in sizes:
        return f"torch.zeros({sizes}, {last})"
    return f"torch.tensor({nested(sizes, iter(entries))}, {last})"


def nested(sizes: tuple[int, ...], entries: Any) -> str:
    if not sizes:
        return str(next(entries))
    return "[" + ", ".join(nested(sizes[1:], entries) for _ in range(sizes[0])) + "]"


def entry(choices: Choices, dtype: str) -> str:
    if dtype == "bool":
        return choices.pick(("True", "False"))
    if dtype in INTEGERS:
        return str(choices.integer(0, 4)) if dtype == "uint8" else str(choices.pick((1, 2, 0, -1, 3, 5, -4)))
    if dtype in COMPLEX:
        return f"{choices.pick(GRID)}{choices.pick(GRID):+}j"
    return choices.pick(ODD) if choices.one_in(150) else str(choices.pick(GRID))


def copied(tensor: Any, dtype: str) -> str:
    """Source of a leaf that holds what a tensor holds now."""
    values = tensor.detach().resolve_conj().resolve_neg()
    flat = values.reshape(-1).tolist()
    return written(tuple(tensor.shape), [exactly(number) for number in flat], dtype, tensor.requires_grad)


def exactly(number: Any) -> str:
    if isinstance(number, complex):
        return f"complex({exactly(number.real)}, {exactly(number.imag)})"
    return repr(number) if isinstance(number, int) or math.isfinite(number) else f"float('{number}')"


