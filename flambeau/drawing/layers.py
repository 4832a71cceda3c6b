"""Where the boxes of a graph go: in layers, each below all that it comes from, with few crossings.

The order within layers is found by barycentres (Sugiyama, Tagawa and Toda 1981, "Methods for visual understanding of
hierarchical system structures").
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence

_SWEEPS = 4
GAP = 24.0  # between boxes of a layer
STEP = 64.0  # from layer to layer


def depths(order: Sequence[int], sources: Mapping[int, Sequence[int]]) -> dict[int, int]:
    """Return each box's layer: one below the lowest it comes from. `order`: the boxes, sources first."""
    found: dict[int, int] = {}
    for box in order:
        found[box] = 1 + max((found[source] for source in sources[box]), default=-1)
    targets = _turned(sources)
    for box in reversed(order):  # what comes from nowhere is drawn right above its first use
        if not sources[box] and targets[box]:
            found[box] = min(found[target] for target in targets[box]) - 1
    return found


def arranged(order: Sequence[int], sources: Mapping[int, Sequence[int]], widths: Mapping[int, float]
             ) -> dict[int, tuple[float, float]]:
    """Return the middle of each box."""
    levels = depths(order, sources)
    rows: list[list[int]] = [[] for _ in range(max(levels.values(), default=-1) + 1)]
    for box in order:
        rows[levels[box]].append(box)
    places = _spread(rows, widths)
    targets = _turned(sources)
    for sweep in range(_SWEEPS):
        neighbours = sources if sweep % 2 == 0 else targets
        for row in rows if sweep % 2 == 0 else reversed(rows):
            row.sort(key=lambda box: _middle([places[other] for other in neighbours[box]], places[box]))
        places = _spread(rows, widths)
    return {box: (places[box], STEP * (depth + 0.5)) for depth, row in enumerate(rows) for box in row}


def _turned(sources: Mapping[int, Sequence[int]]) -> dict[int, list[int]]:
    targets: dict[int, list[int]] = {box: [] for box in sources}
    for box, known in sources.items():
        for source in known:
            targets[source].append(box)
    return targets


def _middle(places: Sequence[float], otherwise: float) -> float:
    return sum(places) / len(places) if places else otherwise


def _spread(rows: Sequence[Sequence[int]], widths: Mapping[int, float]) -> dict[int, float]:
    """Put the boxes of each layer side by side, around a common middle."""
    totals = [sum(widths[box] + GAP for box in row) for row in rows]
    middle = max(totals, default=0.0) / 2
    places: dict[int, float] = {}
    for row, total in zip(rows, totals, strict=True):
        x = middle - total / 2
        for box in row:
            places[box] = x + (widths[box] + GAP) / 2
            x += widths[box] + GAP
    return places
