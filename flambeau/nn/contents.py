"""What containers are given and asked for: indices, and mappings or pairs."""
from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from typing import Any


def place(count: int, index: Any) -> int:
    """Turn an index, perhaps from the end, into one from the start."""
    index = operator.index(index)
    if not -count <= index < count:
        raise IndexError(f"index {index} is out of range")
    return index % count


def pairs(given: Any, kind: str) -> Iterable[tuple[str, Any]]:
    """Return the items of a mapping or another container, or pairs as they are.

    Raises TypeError or ValueError for what is no pair.
    """
    if not isinstance(given, Iterable):
        raise TypeError(f"{kind}.update should be called with an iterable of key/value pairs, but got "
                        f"{type(given).__name__}")
    if isinstance(given, Mapping) or hasattr(given, "items"):
        return list(given.items())
    found = list(given)
    for i, pair in enumerate(found):
        if not isinstance(pair, Iterable):
            raise TypeError(f"{kind} update sequence element #{i} should be Iterable; is {type(pair).__name__}")
        if len(list(pair)) != 2:
            raise ValueError(f"{kind} update sequence element #{i} has length {len(list(pair))}; 2 is required")
    return found
