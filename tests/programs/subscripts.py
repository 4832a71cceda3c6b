"""What stands between brackets: integers, slices, None, Ellipsis, masks and index tensors."""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from programs import leaves

if TYPE_CHECKING:
    from programs.holes import Holes


def subscript(holes: Holes) -> str:
    """Source of an index for the subject: whole-tensor masks, or an item for each of the first dims."""
    ndim = holes.tensor.ndim
    if holes.choices.one_in(6):
        return whole_mask(holes)
    items = [holes.choices.weighted(ITEMS)(holes, dim) for dim in range(holes.choices.integer(min(1, ndim), ndim))]
    if holes.choices.one_in(5):
        items.insert(holes.choices.integer(0, len(items)), "None")
    if holes.choices.one_in(4) and len(items) <= ndim:
        items.append("...")
    return ", ".join(items) or "..."


def whole_mask(holes: Holes) -> str:
    return f"{holes.like()} {holes.choices.pick(('!=', '=='))} {holes.choices.pick((0, 1, 2))}"


def integer(holes: Holes, dim: int) -> str:
    size = holes.size(dim)
    return str(holes.choices.integer(-size, max(size - 1, -size)))


def slice_(holes: Holes, dim: int) -> str:
    size = holes.size(dim)
    start = holes.choices.pick(("", "1", "-1", "0"))
    stop = holes.choices.pick(("", "-1", str(size), "1"))
    step = holes.choices.pick(("", "", ":2"))
    return f"{start}:{stop}{step}"


def everything(holes: Holes, dim: int) -> str:
    return ":"


def indices(holes: Holes, dim: int) -> str:
    """One shape for all index tensors of a subscript, or one that broadcasts with it, so that most fit together."""
    size = holes.size(dim)
    return holes.places(holes.choices.pick(((2,), (2,), (1,), (2, 1), ())), size) if size else ":"


def mask(holes: Holes, dim: int) -> str:
    size = holes.size(dim)
    return leaves.written((size,), [holes.choices.pick(("True", "False")) for _ in range(size)], "bool")


def listed(holes: Holes, dim: int) -> str:
    size = holes.size(dim)
    return str([holes.choices.integer(0, size - 1) for _ in range(2)]) if size else ":"


ITEMS: tuple[tuple[int, Callable[[Holes, int], str]], ...] = (
    (4, integer), (5, slice_), (4, everything), (3, indices), (1, mask), (1, listed))
