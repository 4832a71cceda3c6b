"""Distributions that try until a draw is accepted.

How many draws a value takes depends on the draws, so the next value starts where this one ended: a loop, in PyTorch
and here. It runs over plain floats, drawn ahead in bulk; those that nobody took are given back.
"""
from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy

from flambeau.core.arrays import Array
from flambeau.core.random.distributions import DOUBLE

AHEAD = 256
THIRD, SQUEEZE = numpy.float32(1) / numpy.float32(3), float(numpy.float32(0.0331))  # PyTorch has them in float32


class Draws:
    """Numbers from an engine one by one: uniform ones, and normal ones in pairs, of which the second waits."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._before = engine.state()
        self._spare: float | None = engine.spare
        self._waiting: list[float] = []
        self._drawn = 0

    def uniform(self) -> float:
        """Draw from [0, 1)."""
        if not self._waiting:
            self._waiting = self._engine.uniform(AHEAD, DOUBLE).tolist()[::-1]
            self._drawn += AHEAD
        return self._waiting.pop()

    def normal(self) -> float:
        if self._spare is not None:
            value, self._spare = self._spare, None
            return value
        angle, height = 2 * math.pi * self.uniform(), self.uniform()
        radius = math.sqrt(-2 * math.log1p(-height))
        self._spare = radius * math.sin(angle)
        return radius * math.cos(angle)

    def finish(self) -> None:
        """Give back what nobody took."""
        self._engine.rewind(self._before, self._drawn - len(self._waiting), self._spare)


def each(engine: Any, sample: Callable[..., float], *parameters: Array) -> Array:
    """Draw one float64 value for each set of parameters."""
    flat = [parameter.astype(DOUBLE).ravel().tolist() for parameter in parameters]
    draws = Draws(engine)
    values = [sample(draws, *numbers) for numbers in zip(*flat, strict=True)]
    draws.finish()
    return engine.xp.asarray(values, DOUBLE).reshape(parameters[0].shape)


# ------------------------------------------------------------------------------------ poisson


def poisson(engine: Any, rates: Array) -> Array:
    """Draw how many events happen where `rates` are expected.

    Raises RuntimeError for a negative rate.
    """
    if not (rates >= 0).all():
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative; use rates of 0 or more")
    return each(engine, one_poisson, rates).astype(rates.dtype)


def one_poisson(draws: Draws, rate: float) -> int:
    if rate >= 10:
        return poisson_by_rejection(draws, rate)
    if rate == 0:
        return 0
    events, product, end = -1, 1.0, math.exp(-rate)
    while events < 0 or product > end:
        product *= draws.uniform()
        events += 1
    return events


def poisson_by_rejection(draws: Draws, rate: float) -> int:
    """Hörmann, "The transformed rejection method for generating Poisson random variables", 1993: algorithm PTRS."""
    log_rate = math.log(rate)
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha, certain = 1.1239 + 1.1328 / (b - 3.4), 0.9277 - 3.6224 / (b - 2)
    while True:
        u, v = draws.uniform() - 0.5, draws.uniform()
        edge = 0.5 - abs(u)
        if edge < 0.013 and v > edge:
            continue
        events = math.floor((2 * a / edge + b) * u + rate + 0.43)
        if edge >= 0.07 and v <= certain:
            return events
        if events < 0:
            continue
        hat = inverse_alpha / (a / (edge * edge) + b)
        if v == 0 or math.log(v * hat) <= events * log_rate - rate - math.lgamma(events + 1):
            return events


# -------------------------------------------------------------------------- gamma and Dirichlet


def gamma(engine: Any, shapes: Array) -> Array:
    """Draw from gamma distributions of rate 1; never 0, whose logarithm would be infinite."""
    exact = shapes.dtype.type
    values = each(engine, lambda draws, shape: one_gamma(draws, exact(shape)), shapes)
    return engine.xp.maximum(values.astype(shapes.dtype), numpy.finfo(shapes.dtype).tiny)


def one_gamma(draws: Draws, shape: Any) -> float:
    """Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; in the steps PyTorch rounds."""
    if shape == 0:
        return 0.0
    scale = 1.0
    if shape < 1:  # few draws are accepted for a small shape: draw for one more, and shrink
        scale = (1 - draws.uniform()) ** float(1 / shape)
        shape = shape + 1
    d = float(shape - THIRD)
    c = 1 / math.sqrt(9 * d)
    while True:
        x = draws.normal()
        root = 1 + c * x
        if root <= 0:
            continue
        v, u, square = root**3, 1 - draws.uniform(), x * x
        if u < 1 - SQUEEZE * square * square or math.log(u) < 0.5 * square + d * (1 - v + math.log(v)):
            return scale * d * v


def dirichlet(engine: Any, concentrations: Array) -> Array:
    """Draw points whose coordinates are positive and sum to one."""
    xp = engine.xp
    parts = gamma(engine, concentrations.astype(DOUBLE))
    limits = numpy.finfo(concentrations.dtype)
    shares = (parts / xp.sum(parts, axis=-1, keepdims=True)).astype(concentrations.dtype)
    return xp.clip(shares, limits.tiny, 1 - limits.epsneg)


# ----------------------------------------------------------------------------------- binomial


def binomial(engine: Any, counts: Array, probabilities: Array) -> Array:
    """Draw how many of `counts` trials succeed.

    Raises RuntimeError for a count below zero or a probability outside [0, 1].
    """
    return each(engine, one_binomial, counts, probabilities).astype(counts.dtype)


def one_binomial(draws: Draws, count: float, probability: float) -> float:
    if count <= 0 or probability <= 0:
        return 0.0
    if probability >= 1:
        return count
    if probability > 0.5:
        return count - one_binomial(draws, count, 1 - probability)
    if math.isnan(probability):
        return probability
    return (binomial_by_rejection if count * probability >= 10 else binomial_by_waiting)(draws, count, probability)


def binomial_by_waiting(draws: Draws, count: float, probability: float) -> float:
    """Count how many waiting times, each geometric, fit into `count` trials."""
    log_failure = math.log1p(-probability)
    trials, successes = 0.0, -1
    while trials <= count:
        trials += math.ceil(math.log(draws.uniform() or 5e-324) / log_failure)
        successes += 1
    return successes


def binomial_by_rejection(draws: Draws, count: float, probability: float) -> float:
    """Hörmann, "The generation of binomial random variates", 1993: algorithm BTRS."""
    deviation = math.sqrt(count * probability * (1 - probability))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * probability
    center, certain = count * probability + 0.5, 0.92 - 4.2 / b
    odds, alpha = probability / (1 - probability), (2.83 + 5.1 / b) * deviation
    mode = math.floor((count + 1) * probability)
    while True:
        u, v = draws.uniform() - 0.5, draws.uniform()
        edge = 0.5 - abs(u)
        if edge == 0:
            continue
        successes = math.floor((2 * a / edge + b) * u + center)
        if edge >= 0.07 and v <= certain:
            return successes
        if not 0 <= successes <= count:
            continue
        failures = count - successes
        bound = ((mode + 0.5) * math.log((mode + 1) / (odds * (count - mode + 1)))
                 + (count + 1) * math.log((count - mode + 1) / (failures + 1))
                 + (successes + 0.5) * math.log(odds * (failures + 1) / (successes + 1))
                 + stirling_tail(mode) + stirling_tail(count - mode)
                 - stirling_tail(successes) - stirling_tail(failures))
        if v == 0 or math.log(v * alpha / (a / (edge * edge) + b)) <= bound:
            return successes


def stirling_tail(n: float) -> float:
    """What Stirling's formula leaves out of log n!."""
    return math.lgamma(n + 1) - (n + 0.5) * math.log(n + 1) + (n + 1) - 0.5 * math.log(2 * math.pi)
