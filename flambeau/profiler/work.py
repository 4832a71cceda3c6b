"""Floating-point operations of the ops that do most of a network's: products, convolutions, sums and products of elements."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

Shape = Sequence[int]


def operations(name: str, shapes: list[list[int]], result: Any) -> int | None:
    """Return how many a call of the op takes, a multiplication and an addition counted each; None for other ops."""
    if name in ("mm", "bmm", "matmul", "linear"):
        return 2 * math.prod(result) * shapes[0][-1]
    if name in ("addmm", "baddbmm"):
        return 2 * math.prod(result) * shapes[1][-1]
    if name.startswith("conv") and len(shapes) > 1 and len(shapes[1]) > 2:
        weight = shapes[1]
        positions = math.prod(shapes[0][2:]) if "transpose" in name else math.prod(result[2:])
        return 2 * result[0] * positions * math.prod(weight)
    return math.prod(result) if name in ("add", "sub", "mul", "div", "true_divide") else None
