"""The incomplete gamma functions: which share of a gamma distribution lies below a point, and which above."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.dispatch.op import TO_FLOAT, op
from flambeau.ops.exponential import exp, log
from flambeau.ops.gamma import lgamma, lgamma_of
from flambeau.ops.refusals import COMPLEX, no_derivative, refuse

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

MOST_TERMS = 10_000  # both expansions need a few times the square root of the larger argument


def _density(input: Tensor, other: Tensor) -> Tensor:
    """The gamma distribution's density at `other`: the derivative there of what lies below."""
    return exp((input - 1) * log(other) - other - lgamma(input * 1.0))  # also of whole numbers


@op(promote=TO_FLOAT, grad={"input": no_derivative("igamma: input"),
                            "other": lambda g, input, other: g * _density(input, other)})
def igamma(input: Tensor, other: Tensor) -> Tensor:
    """Return the share of the gamma distribution of shape `input` that lies below `other`.

    >>> igamma(tensor([1, 2, 30]), rand(2, 3))
    >>> igamma(tensor([0, 1, 2, 4]), tensor([1.0, 0.5, 30.0, 4.0]))
    """
    refuse(COMPLEX, "igamma", input, other)
    return _shares(input, other)[0]


@op(promote=TO_FLOAT, grad={"input": no_derivative("igammac: input"),
                            "other": lambda g, input, other: -(g * _density(input, other))})
def igammac(input: Tensor, other: Tensor) -> Tensor:
    """Return the share of the gamma distribution of shape `input` that lies above `other`.

    >>> igammac(tensor([1, 2, 30]), rand(2, 3))
    >>> igammac(tensor([0, 1, 2, 4]), tensor([1.0, 0.5, 30.0, 4.0]))
    """
    refuse(COMPLEX, "igammac", input, other)
    return _shares(input, other)[1]


gammainc, gammaincc = igamma, igammac


def _shares(shape: Array, point: Array) -> tuple[Array, Array]:
    """Return both shares, in float64: whichever is the smaller is computed, the other is what it leaves of 1."""
    xp = namespace_of(shape)
    a, x = (array.ravel() for array in xp.broadcast_arrays(shape.astype("f8"), point.astype("f8")))
    below, above = xp.full(a.shape, xp.nan), xp.full(a.shape, xp.nan)
    inside = (a > 0) & (x > 0) & (x < xp.inf) & (a < xp.inf)
    low, high = inside & (x < a + 1), inside & (x >= a + 1)
    below[low] = _series(xp, a[low], x[low])
    above[low] = 1 - below[low]
    above[high] = _continued_fraction(xp, a[high], x[high])
    below[high] = 1 - above[high]
    nothing_above = ((a == 0) & (x > 0)) | ((a > 0) & (a < xp.inf) & (x == xp.inf))
    nothing_below = ((a > 0) & (x == 0)) | ((a == xp.inf) & (x >= 0) & (x < xp.inf))
    below[nothing_above], above[nothing_above] = 1, 0
    below[nothing_below], above[nothing_below] = 0, 1
    stretched = xp.broadcast_shapes(shape.shape, point.shape)
    return tuple(share.reshape(stretched).astype(shape.dtype) for share in (below, above))


def _front(xp: Any, a: Array, x: Array) -> Array:
    """xᵃ e⁻ˣ / Γ(a)"""
    return xp.exp(a * xp.log(x) - x - lgamma_of(a))


def _series(xp: Any, a: Array, x: Array) -> Array:
    """DLMF 8.11.4: the share below, a sum of positive terms."""
    term = total = 1 / a
    for n in range(1, MOST_TERMS):
        term = term * x / (a + n)
        total = total + term
        if (term <= 1e-17 * total).all():
            break
    return _front(xp, a, x) * total


def _continued_fraction(xp: Any, a: Array, x: Array) -> Array:
    """DLMF 8.9.2: the share above, by the modified method of Lentz (Thompson and Barnett, 1986)."""
    base = x + 1 - a
    c, d = xp.full(a.shape, 1e300), 1 / base
    fraction = d
    for n in range(1, MOST_TERMS):
        factor, base = n * (a - n), base + 2
        d = 1 / (base + factor * d)
        c = base + factor / c
        fraction = fraction * c * d
        if (xp.abs(c * d - 1) <= 1e-16).all():
            break
    return _front(xp, a, x) * fraction
