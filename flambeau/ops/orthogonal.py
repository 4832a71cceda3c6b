"""Orthogonal polynomials, each element of its own degree, by their recurrences of three terms.

A degree is cut to a whole number; below 0 the polynomial is 0.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from flambeau.core.arrays import Array, is_array, namespace_of
from flambeau.dispatch.op import TO_FLOAT, op
from flambeau.ops.refusals import COMPLEX, refuse

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Step = Callable[[int, Array, Array, Array], Array]  # (degree, x, the polynomial of that degree, the one before) -> the next
MOST_STEPS = 64  # after which Chebyshev's polynomials are taken from their closed forms


@op(promote=TO_FLOAT)
def chebyshev_polynomial_t(x: Tensor | float, n: Tensor | float) -> Tensor:
    """Return Chebyshev's polynomial of the first kind: T(cos t) = cos(n t).

    >>> chebyshev_polynomial_t(randn(2, 3), tensor([0.0, 3.0, 7.0]))
    >>> chebyshev_polynomial_t(tensor([-1.5, -1.0, 0.3, 1.0]), 100)
    """
    return _chebyshev("chebyshev_polynomial_t", x, n, FIRST)


@op(promote=TO_FLOAT)
def chebyshev_polynomial_u(x: Tensor | float, n: Tensor | float) -> Tensor:
    """Return Chebyshev's polynomial of the second kind: U(cos t) = sin((n + 1) t) / sin(t).

    >>> chebyshev_polynomial_u(randn(2, 3), tensor([0.0, 3.0, 7.0]))
    >>> chebyshev_polynomial_u(tensor([-1.5, -1.0, 0.3, 1.0]), 100)
    """
    return _chebyshev("chebyshev_polynomial_u", x, n, SECOND)


@op(promote=TO_FLOAT)
def chebyshev_polynomial_v(x: Tensor | float, n: Tensor | float) -> Tensor:
    """Return Chebyshev's polynomial of the third kind: V(cos t) = cos((n + 1/2) t) / cos(t / 2).

    >>> chebyshev_polynomial_v(randn(2, 3), tensor([0.0, 3.0, 7.0]))
    >>> chebyshev_polynomial_v(tensor([-1.5, -1.0, 0.3, 1.0]), 101)
    """
    return _chebyshev("chebyshev_polynomial_v", x, n, THIRD)


@op(promote=TO_FLOAT)
def chebyshev_polynomial_w(x: Tensor | float, n: Tensor | float) -> Tensor:
    """Return Chebyshev's polynomial of the fourth kind: W(cos t) = sin((n + 1/2) t) / sin(t / 2).

    >>> chebyshev_polynomial_w(randn(2, 3), tensor([0.0, 3.0, 7.0]))
    >>> chebyshev_polynomial_w(tensor([-1.5, -1.0, 0.3, 1.0]), 101)
    """
    return _chebyshev("chebyshev_polynomial_w", x, n, FOURTH)


@op(promote=TO_FLOAT)
def shifted_chebyshev_polynomial_t(x: Tensor | float, n: Tensor | float) -> Tensor:
    """Return `chebyshev_polynomial_t` of 2 x - 1, orthogonal from 0 to 1.

    >>> shifted_chebyshev_polynomial_t(rand(2, 3), tensor([0.0, 3.0, 7.0]))
    """
    return _chebyshev("shifted_chebyshev_polynomial_t", 2 * x - 1, n, FIRST)


@op(promote=TO_FLOAT)
def shifted_chebyshev_polynomial_u(x: Tensor | float, n: Tensor | float) -> Tensor:
    """Return `chebyshev_polynomial_u` of 2 x - 1, orthogonal from 0 to 1.

    >>> shifted_chebyshev_polynomial_u(rand(2, 3), tensor([0.0, 3.0, 7.0]))
    """
    return _chebyshev("shifted_chebyshev_polynomial_u", 2 * x - 1, n, SECOND)


@op(promote=TO_FLOAT)
def shifted_chebyshev_polynomial_v(x: Tensor | float, n: Tensor | float) -> Tensor:
    """Return `chebyshev_polynomial_v` of 2 x - 1, orthogonal from 0 to 1.

    >>> shifted_chebyshev_polynomial_v(rand(2, 3), tensor([0.0, 3.0, 7.0]))
    """
    return _chebyshev("shifted_chebyshev_polynomial_v", 2 * x - 1, n, THIRD)


@op(promote=TO_FLOAT)
def shifted_chebyshev_polynomial_w(x: Tensor | float, n: Tensor | float) -> Tensor:
    """Return `chebyshev_polynomial_w` of 2 x - 1, orthogonal from 0 to 1.

    >>> shifted_chebyshev_polynomial_w(rand(2, 3), tensor([0.0, 3.0, 7.0]))
    """
    return _chebyshev("shifted_chebyshev_polynomial_w", 2 * x - 1, n, FOURTH)


@op(promote=TO_FLOAT)
def hermite_polynomial_h(x: Tensor | float, n: Tensor | float) -> Tensor:
    """Return Hermite's polynomial as physicists have it.

    >>> hermite_polynomial_h(randn(2, 3), tensor([0.0, 3.0, 7.0]))
    >>> hermite_polynomial_h(2.0, tensor([-1.0, 1.0, 2.7]))
    """
    return _of_degrees("hermite_polynomial_h", x, n, lambda x: 2 * x, _hermite_step)


@op(promote=TO_FLOAT)
def hermite_polynomial_he(x: Tensor | float, n: Tensor | float) -> Tensor:
    """Return Hermite's polynomial as statisticians have it.

    >>> hermite_polynomial_he(randn(2, 3), tensor([0.0, 3.0, 7.0]))
    """
    return _of_degrees("hermite_polynomial_he", x, n, lambda x: x, _hermite_e_step)


@op(promote=TO_FLOAT)
def laguerre_polynomial_l(x: Tensor | float, n: Tensor | float) -> Tensor:
    """Return Laguerre's polynomial.

    >>> laguerre_polynomial_l(randn(2, 3), tensor([0.0, 3.0, 7.0]))
    """
    return _of_degrees("laguerre_polynomial_l", x, n, lambda x: 1 - x, _laguerre_step)


@op(promote=TO_FLOAT)
def legendre_polynomial_p(x: Tensor | float, n: Tensor | float) -> Tensor:
    """Return Legendre's polynomial.

    >>> legendre_polynomial_p(randn(2, 3), tensor([0.0, 3.0, 7.0]))
    """
    return _of_degrees("legendre_polynomial_p", x, n, lambda x: x, _legendre_step)


# ------------------------------------------------------------------------------------- by recurrence


def _of_degrees(title: str, x: Any, n: Any, first: Callable[[Array], Array], step: Step) -> Array:
    x, degrees, dtype = _prepared(title, x, n)
    return _by_recurrence(x, degrees, first, step, highest(degrees)).astype(dtype)


def _prepared(title: str, x: Any, n: Any) -> tuple[Array, Array, Any]:
    """Return both arguments in float64 and in one shape, and the dtype of the result."""
    given = x if is_array(x) else n
    refuse(COMPLEX, title, given)
    xp = namespace_of(given)
    x, n = (value.astype("f8") if is_array(value) else xp.asarray(value, "f8") for value in (x, n))
    x, n = xp.broadcast_arrays(x, n)
    return x, xp.where(xp.isfinite(n), xp.trunc(n), -1.0), given.dtype


def highest(degrees: Array) -> int:
    return int(degrees.max()) if degrees.size else 0


def _by_recurrence(x: Array, degrees: Array, first: Callable[[Array], Array], step: Step, steps: int) -> Array:
    xp = namespace_of(x)
    before, now = xp.ones_like(x), first(x)
    result = xp.where(degrees == 0, before, xp.where(degrees == 1, now, 0.0))
    for degree in range(1, steps):
        before, now = now, step(degree, x, now, before)
        result = xp.where(degrees == degree + 1, now, result)
    return result


def _chebyshev_step(degree: int, x: Array, now: Array, before: Array) -> Array:
    return 2 * x * now - before


def _hermite_step(degree: int, x: Array, now: Array, before: Array) -> Array:
    return 2 * (x * now - degree * before)


def _hermite_e_step(degree: int, x: Array, now: Array, before: Array) -> Array:
    return x * now - degree * before


def _laguerre_step(degree: int, x: Array, now: Array, before: Array) -> Array:
    return ((2 * degree + 1 - x) * now - degree * before) / (degree + 1)


def _legendre_step(degree: int, x: Array, now: Array, before: Array) -> Array:
    return ((2 * degree + 1) * x * now - degree * before) / (degree + 1)


# ------------------------------------------------------------------------------------- Chebyshev's four kinds


def _chebyshev(title: str, x: Any, n: Any, kind: Kind) -> Array:
    x, degrees, dtype = _prepared(title, x, n)
    steps = highest(degrees)
    result = _by_recurrence(x, degrees, kind.first, _chebyshev_step, min(steps, MOST_STEPS))
    if steps > MOST_STEPS:
        xp = namespace_of(x)
        result = xp.where(degrees > MOST_STEPS, _in_closed_form(xp, x, xp.maximum(degrees, 0.0), kind), result)
    return result.astype(dtype)


def _in_closed_form(xp: Any, x: Array, n: Array, kind: Kind) -> Array:
    """Outside of [-1, 1] the angle is complex, and its cosine a hyperbolic one."""
    result = kind.closed(xp, xp.arccos(x + 0j), n).real
    sign = 1 - 2 * (n % 2)
    return xp.where(x == 1, kind.right(n), xp.where(x == -1, sign * kind.left(n), result))


class Kind(NamedTuple):
    """A kind of Chebyshev's polynomials: that of degree 1; all of them, from the angle; their sizes at 1 and -1."""

    first: Callable[[Array], Array]
    closed: Callable[[Any, Array, Array], Array]
    right: Callable[[Array], Array]
    left: Callable[[Array], Array]


def _one(n: Array) -> Array:
    return n * 0 + 1


FIRST = Kind(lambda x: x, lambda xp, angle, n: xp.cos(n * angle), _one, _one)
SECOND = Kind(lambda x: 2 * x, lambda xp, angle, n: xp.sin((n + 1) * angle) / xp.sin(angle), lambda n: n + 1, lambda n: n + 1)
THIRD = Kind(lambda x: 2 * x - 1, lambda xp, angle, n: xp.cos((n + 0.5) * angle) / xp.cos(angle / 2), _one,
             lambda n: 2 * n + 1)
FOURTH = Kind(lambda x: 2 * x + 1, lambda xp, angle, n: xp.sin((n + 0.5) * angle) / xp.sin(angle / 2),
              lambda n: 2 * n + 1, _one)
