"""In which order the dims of what index tensors picked lie in memory."""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array, strides_in_elements
from flambeau.dispatch.layout import ordered_by, steps_along

Sizes = tuple[int, ...]


def as_picked(result: Array, args: tuple[Any, ...]) -> Array:
    """Lay out what was picked as what it was picked from; the dims of the index tensors among themselves, as these are."""
    source, indices, dims = args[0]._array, [index._array for index in args[1:-1]], args[-1]
    masked = indices[0].dtype.kind == "b"
    if masked:
        dims = tuple(range(dims[0], dims[0] + indices[0].ndim))
    width = 1 if masked else max(index.ndim for index in indices)
    place = dims[0] if dims[-1] - dims[0] == len(dims) - 1 else 0
    rest = [step for dim, step in enumerate(strides_in_elements(source)) if dim not in dims]
    steps: list[Sizes] = [(*rest[:place], *(0,) * width, *rest[place:])]
    if not masked:
        picked = result.shape[place:place + width]
        steps += [(*(0,) * place, *steps_along(index, picked), *(0,) * (len(rest) - place)) for index in indices]
    return ordered_by(steps, result)
