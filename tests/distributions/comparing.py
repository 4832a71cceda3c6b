"""Holding answers of flambeau's distributions against PyTorch's."""
from __future__ import annotations

from typing import Any

import numpy


def same(mine: Any, theirs: Any) -> None:
    """Values, shape, dtype and gradients are equal; where PyTorch has a fault of its own, anything goes."""
    if theirs == "RuntimeError":
        return
    if not isinstance(theirs, dict) or not isinstance(mine, dict):
        assert mine == theirs
        return
    assert (mine["shape"], mine["dtype"]) == (theirs["shape"], theirs["dtype"])
    close(mine["value"], theirs["value"], theirs["dtype"])
    assert ("gradients" in mine) == ("gradients" in theirs), "differentiable in one framework only"
    for one, other in zip(mine.get("gradients", []), theirs.get("gradients", []), strict=True):
        nothing = [0.0] * len(one or other or [])
        close(one or nothing, other or nothing, theirs["dtype"])


def close(mine: list[float], theirs: list[float], dtype: str) -> None:
    exact = dtype == "torch.float64"
    numpy.testing.assert_allclose(mine, theirs, rtol=1e-7 if exact else 2e-4, atol=1e-9 if exact else 2e-5)
