"""A line search that ends where the strong Wolfe conditions hold (Nocedal & Wright, Numerical Optimization, 3.5)."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

SUFFICIENT_DECREASE, CURVATURE = 1e-4, 0.9


class Point(NamedTuple):
    """A place on the line: how far along, and the loss, the gradient and its slope along the line there."""

    t: Any
    loss: float
    grad: Any
    slope: Any


def strong_wolfe(visit: Callable[[Any], Point], start: Point, t: Any, longest: float, most: int,
                 tolerance_change: float = 1e-9) -> tuple[Point, int]:
    """Return a good place on the line and the number of places visited; `most` limits it, `t` is the first try.

    `longest` is the largest move of one number where t is 1.
    """
    bracket, visited = _bracket(visit, start, t, most)
    if len(bracket) == 1:
        return bracket[0], visited
    return _zoom(visit, start, bracket, visited, most, longest, tolerance_change)


def _bracket(visit: Callable[[Any], Point], start: Point, t: Any, most: int) -> tuple[list[Point], int]:
    """Go on until a good place is passed: return the two places around it, or only the place that is good itself."""
    previous, current = start, visit(t)
    for tries in range(most):
        if _climbs(current, start) or (tries > 1 and current.loss >= previous.loss):
            return [previous, current], tries + 1
        if _is_flat(current, start):
            return [current], tries + 1
        if current.slope >= 0:
            return [previous, current], tries + 1
        bounds = current.t + 0.01 * (current.t - previous.t), current.t * 10
        previous, current = current, visit(_lowest_between(previous, current, bounds))
    return [start, current], most + 1


def _zoom(visit: Callable[[Any], Point], start: Point, bracket: list[Point], visited: int, most: int, longest: float,
          tolerance_change: float) -> tuple[Point, int]:
    """Narrow the bracket until a good place is found."""
    low, high = _in_order(bracket)
    was_slow = False
    while visited <= most and abs(bracket[1].t - bracket[0].t) * longest >= tolerance_change:
        t = _lowest_between(bracket[0], bracket[1])
        t, was_slow = _away_from_the_ends(t, bracket[0].t, bracket[1].t, was_slow)
        new = visit(t)
        visited += 1
        if _climbs(new, start) or new.loss >= bracket[low].loss:
            bracket[high] = new
            low, high = _in_order(bracket)
            continue
        is_good = _is_flat(new, start)
        if not is_good and new.slope * (bracket[high].t - bracket[low].t) >= 0:
            bracket[high] = bracket[low]
        bracket[low] = new
        if is_good:
            break
    return bracket[low], visited


def _climbs(point: Point, start: Point) -> bool:
    """Say whether the loss at `point` is above the line of sufficient decrease."""
    return bool(point.loss > start.loss + SUFFICIENT_DECREASE * point.t * start.slope)


def _is_flat(point: Point, start: Point) -> bool:
    return bool(abs(point.slope) <= -CURVATURE * start.slope)


def _in_order(bracket: list[Point]) -> tuple[int, int]:
    """Return the places of the lower and of the higher loss."""
    return (0, 1) if bracket[0].loss <= bracket[1].loss else (1, 0)


def _lowest_between(one: Point, other: Point, bounds: tuple[Any, Any] | None = None) -> Any:
    """Return where the cubic through both places and slopes is lowest, within the bounds (or between the places)."""
    left, right = (one, other) if one.t <= other.t else (other, one)
    smallest, largest = (left.t, right.t) if bounds is None else bounds
    mean = one.slope + other.slope - 3 * (one.loss - other.loss) / (one.t - other.t)
    discriminant = mean**2 - one.slope * other.slope
    if not discriminant >= 0:
        return (smallest + largest) / 2.0
    root = discriminant**0.5
    t = right.t - (right.t - left.t) * ((right.slope + root - mean) / (right.slope - left.slope + 2 * root))
    return min(max(t, smallest), largest)


def _away_from_the_ends(t: Any, one: Any, other: Any, was_slow: bool) -> tuple[Any, bool]:
    """Move a try off an end of the bracket when tries near the ends have made little progress; say whether it is slow."""
    smallest, largest = min(one, other), max(one, other)
    margin = 0.1 * (largest - smallest)
    if min(largest - t, t - smallest) >= margin:
        return t, False
    if not (was_slow or t >= largest or t <= smallest):
        return t, True
    return (largest - margin if abs(t - largest) < abs(t - smallest) else smallest + margin), False
