"""The inverse gamma distribution."""
from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flambeau.distributions import constraints
from flambeau.distributions.distribution import expand_parameters
from flambeau.distributions.gamma import Gamma
from flambeau.distributions.transformed_distribution import TransformedDistribution
from flambeau.distributions.transforms import PowerTransform
from flambeau.ops.exponential import log
from flambeau.ops.gamma import digamma, lgamma
from flambeau.ops.masking import where

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["InverseGamma"]


class InverseGamma(TransformedDistribution):
    """One over draws from a `Gamma`."""

    arg_constraints = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.positive
    has_rsample = True
    base_dist: Gamma
    expand = expand_parameters

    def __init__(self, concentration: Tensor | float, rate: Tensor | float, validate_args: bool | None = None) -> None:
        base = Gamma(concentration, rate, validate_args=validate_args)
        super().__init__(base, PowerTransform(-base.rate.new_ones(())), validate_args=validate_args)

    @property
    def concentration(self) -> Tensor:
        return self.base_dist.concentration

    @property
    def rate(self) -> Tensor:
        return self.base_dist.rate

    @property
    def mean(self) -> Tensor:
        return where(self.concentration > 1, self.rate / (self.concentration - 1), math.inf)

    @property
    def mode(self) -> Tensor:
        return self.rate / (self.concentration + 1)

    @property
    def variance(self) -> Tensor:
        variance = self.rate.square() / ((self.concentration - 1).square() * (self.concentration - 2))
        return where(self.concentration > 2, variance, math.inf)

    def entropy(self) -> Tensor:
        return (self.concentration + log(self.rate) + lgamma(self.concentration)
                - (1 + self.concentration) * digamma(self.concentration))
