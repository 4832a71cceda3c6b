"""Kumaraswamy's distribution: much like the beta distribution, with a simpler formula."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flambeau.distributions import constraints
from flambeau.distributions.distribution import expand_parameters
from flambeau.distributions.transformed_distribution import TransformedDistribution
from flambeau.distributions.transforms import AffineTransform, PowerTransform
from flambeau.distributions.uniform import Uniform
from flambeau.distributions.utils import broadcast_all, euler_constant
from flambeau.ops.creation import full_like
from flambeau.ops.exponential import exp, log, log1p
from flambeau.ops.gamma import digamma, lgamma

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["Kumaraswamy"]


class Kumaraswamy(TransformedDistribution):
    """Shares of which 1 - (1 - x ** concentration1) ** concentration0 lie below x."""

    arg_constraints = {"concentration1": constraints.positive, "concentration0": constraints.positive}
    support = constraints.unit_interval
    has_rsample = True
    expand = expand_parameters

    def __init__(self, concentration1: Tensor | float, concentration0: Tensor | float,
                 validate_args: bool | None = None) -> None:
        self.concentration1, self.concentration0 = broadcast_all(concentration1, concentration0)
        base = Uniform(full_like(self.concentration0, 0), full_like(self.concentration0, 1), validate_args=validate_args)
        transforms = [PowerTransform(self.concentration0.reciprocal()), AffineTransform(1.0, -1.0),
                      PowerTransform(self.concentration1.reciprocal())]
        super().__init__(base, transforms, validate_args=validate_args)

    def _moment(self, order: int) -> Tensor:
        above, b = 1 + order / self.concentration1, self.concentration0
        return b * exp(lgamma(above) + lgamma(b) - lgamma(above + b))

    @property
    def mean(self) -> Tensor:
        return self._moment(1)

    @property
    def mode(self) -> Tensor:
        a, b = self.concentration1, self.concentration0
        log_mode = log1p(-b) / b - log1p(-a * b)
        return exp(log_mode.masked_fill((a < 1) | (b < 1), math.nan))

    @property
    def variance(self) -> Tensor:
        return self._moment(2) - self.mean.square()

    def entropy(self) -> Tensor:
        a, b = self.concentration1, self.concentration0
        harmonic = digamma(b + 1) + euler_constant
        return (1 - 1 / b) + (1 - 1 / a) * harmonic - log(a) - log(b)
