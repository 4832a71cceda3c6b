"""Write flambeau/ops/series_tables.py: Chebyshev series of special functions, to the last bit of float64.

Each function is sampled at Chebyshev's nodes with 50 digits by mpmath (`pip install mpmath`), which takes some minutes.
Only what is smooth is tabulated: poles, logarithms, waves and decay are divided out, and put back by who uses the series.
"""
from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath as mp

mp.mp.dps = 50
NODES = 80
SMALLEST = mp.mpf(10) ** -17.5  # a term's share of the largest one, below which float64 has no room for it
PLACE = Path(__file__).resolve().parent.parent / "flambeau" / "ops" / "series_tables.py"
HEAD = '"""Chebyshev series of special functions, by tools/make_series.py: the last term first, the first one halved."""\n'

Function = Callable[[Any], Any]


def series(function: Function) -> list[float]:
    """Return the Chebyshev series of a function on [-1, 1], without the terms that do not count."""
    places = [(k + mp.mpf(1) / 2) / NODES for k in range(NODES)]
    values = [function(mp.cospi(place)) for place in places]
    terms = [2 * mp.fsum(v * mp.cospi(j * place) for v, place in zip(values, places, strict=True)) / NODES
             for j in range(NODES)]
    terms[0] /= 2
    largest = max(map(abs, terms))
    last = max(j for j, term in enumerate(terms) if abs(term) > SMALLEST * largest)
    return [float(term) for term in reversed(terms[:last + 1])]


def between(low: float, high: float, function: Function) -> Function:
    """A function of x in [low, high], as one of t in [-1, 1]."""
    return lambda t: function(low + (high - low) * (t + 1) / 2)


def by_square(end: float, function: Function) -> Function:
    """A function of x in [0, end], as one of t = 2 (x / end)² - 1."""
    return lambda t: function(end * mp.sqrt((t + 1) / 2))


def by_inverse(start: float, function: Function) -> Function:
    """A function of x from `start` to infinity, as one of t = 2 start / x - 1."""
    return lambda t: function(2 * start / (t + 1))


def by_inverse_square(start: float, function: Function) -> Function:
    return lambda t: function(start * mp.sqrt(2 / (t + 1)))


def wave(order: int, quarter: bool) -> Function:
    """P and Q x of J = (P cos θ - Q sin θ) √(2 / πx) and Y = (P sin θ + Q cos θ) √(2 / πx), θ = x - (2 order + 1) π / 4."""
    def part(x: Any) -> Any:
        angle = x - (2 * order + 1) * mp.pi / 4
        j, y, size = mp.besselj(order, x), mp.bessely(order, x), mp.sqrt(mp.pi * x / 2)
        c, s = mp.cos(angle), mp.sin(angle)
        return size * (y * c - j * s) * x if quarter else size * (j * c + y * s)

    return part


def airy_from(exponent: Any) -> Any:
    """The x > 0 at which (2 / 3) x^(3 / 2) is `exponent`."""
    return (3 * exponent / 2) ** (mp.mpf(2) / 3)


def airy_tail(exponent: Any) -> Any:
    x = airy_from(exponent)
    return mp.airyai(x) * 2 * mp.sqrt(mp.pi) * mp.root(x, 4) * mp.exp(exponent)


def airy_wave(quarter: bool) -> Function:
    """P and Q ζ of Ai(-x) = (P cos θ + Q sin θ) / (√π x^¼), ζ = (2 / 3) x^(3 / 2), θ = ζ - π / 4."""
    def part(exponent: Any) -> Any:
        x, angle = airy_from(exponent), exponent - mp.pi / 4
        a, b, size = mp.airyai(-x), mp.airybi(-x), mp.sqrt(mp.pi) * mp.root(airy_from(exponent), 4)
        c, s = mp.cos(angle), mp.sin(angle)
        return size * (a * s + b * c) * exponent if quarter else size * (a * c - b * s)

    return part


def log_gamma_over_roots(x: Any) -> Any:
    return mp.loggamma(x) / ((x - 1) * (x - 2))


def exponent_at(x: float) -> Any:
    return mp.mpf(2) / 3 * mp.mpf(x) ** 1.5


TABLES: dict[str, Function] = {
    "LOG_GAMMA": between(1, 3, log_gamma_over_roots),
    "I0_NEAR": between(0, 8, lambda x: mp.exp(-x) * mp.besseli(0, x)),
    "I0_FAR": by_inverse(8, lambda x: mp.exp(-x) * mp.sqrt(x) * mp.besseli(0, x)),
    "I1_NEAR": between(0, 8, lambda x: mp.exp(-x) * mp.besseli(1, x) / x),
    "I1_FAR": by_inverse(8, lambda x: mp.exp(-x) * mp.sqrt(x) * mp.besseli(1, x)),
    "K0_NEAR": by_square(2, lambda x: mp.besselk(0, x) + mp.log(x / 2) * mp.besseli(0, x)),
    "K0_FAR": by_inverse(2, lambda x: mp.exp(x) * mp.sqrt(x) * mp.besselk(0, x)),
    "K1_NEAR": by_square(2, lambda x: x * (mp.besselk(1, x) - mp.log(x / 2) * mp.besseli(1, x))),
    "K1_FAR": by_inverse(2, lambda x: mp.exp(x) * mp.sqrt(x) * mp.besselk(1, x)),
    "J0_NEAR": by_square(8, lambda x: mp.besselj(0, x)),
    "J1_NEAR": by_square(8, lambda x: mp.besselj(1, x) / x),
    "Y0_NEAR": by_square(8, lambda x: mp.bessely(0, x) - 2 / mp.pi * mp.log(x) * mp.besselj(0, x)),
    "Y1_NEAR": by_square(8, lambda x: x * (mp.bessely(1, x) - 2 / mp.pi * mp.log(x) * mp.besselj(1, x))),
    "P0_FAR": by_inverse_square(8, wave(0, quarter=False)),
    "Q0_FAR": by_inverse_square(8, wave(0, quarter=True)),
    "P1_FAR": by_inverse_square(8, wave(1, quarter=False)),
    "Q1_FAR": by_inverse_square(8, wave(1, quarter=True)),
    "AIRY_NEAR": between(-5, 2, mp.airyai),
    "AIRY_TAIL": by_inverse(exponent_at(2), airy_tail),
    "AIRY_P": by_inverse_square(exponent_at(5), airy_wave(quarter=False)),
    "AIRY_Q": by_inverse_square(exponent_at(5), airy_wave(quarter=True)),
}


def written(name: str, terms: list[float]) -> str:
    return f"{name} = (\n" + textwrap.fill(", ".join(map(repr, terms)), 118, initial_indent="    ",
                                           subsequent_indent="    ") + ",\n)\n"


if __name__ == "__main__":
    PLACE.write_text(HEAD + "from __future__ import annotations\n\n"
                     + "".join(written(name, series(function)) for name, function in TABLES.items()))
