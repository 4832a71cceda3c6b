"""Other names of parameters. Where PyTorch has several signatures of one function, they name the same argument differently."""
from __future__ import annotations

from typing import Any

_SIZES = {"indices": "indices_or_sections", "sections": "indices_or_sections"}

OTHER_NAMES: dict[str, dict[str, str]] = {
    "dsplit": _SIZES, "hsplit": _SIZES, "isin": {"element": "elements", "test_element": "test_elements"},
    "split": {"split_size": "split_size_or_sections", "tensor": "input"},
    "tensor_split": _SIZES | {"tensor_indices_or_sections": "indices_or_sections"},
    "transpose": {"axis0": "dim0", "axis1": "dim1"}, "vsplit": _SIZES,
}


def renamed(name: str, given: dict[str, Any]) -> dict[str, Any] | None:
    """Return keyword arguments under the names that the declaration of `name` has; None if none of them is an other name.

    Asked only after a call failed, so that calls which say it as the declaration does pay nothing.
    """
    others = OTHER_NAMES.get(name)
    if not others or others.keys().isdisjoint(given):
        return None
    ours = {others.get(key, key): value for key, value in given.items()}
    return ours if len(ours) == len(given) else None  # two names of one parameter: the error stands
