"""The Weibull distribution: how long until something fails."""
from __future__ import annotations

from typing import TYPE_CHECKING

from flambeau.distributions import constraints
from flambeau.distributions.distribution import expand_parameters
from flambeau.distributions.exponential import Exponential
from flambeau.distributions.transformed_distribution import TransformedDistribution
from flambeau.distributions.transforms import AffineTransform, PowerTransform
from flambeau.distributions.utils import broadcast_all, euler_constant
from flambeau.ops.creation import ones_like
from flambeau.ops.exponential import exp, log
from flambeau.ops.gamma import lgamma

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["Weibull"]


class Weibull(TransformedDistribution):
    """Times that exp(-(x / scale) ** concentration) exceed: failures grow rarer for a concentration below 1."""

    arg_constraints = {"scale": constraints.positive, "concentration": constraints.positive}
    support = constraints.positive
    expand = expand_parameters

    def __init__(self, scale: Tensor | float, concentration: Tensor | float, validate_args: bool | None = None) -> None:
        self.scale, self.concentration = broadcast_all(scale, concentration)
        base = Exponential(ones_like(self.scale), validate_args=validate_args)
        transforms = [PowerTransform(self.concentration_reciprocal), AffineTransform(0, self.scale)]
        super().__init__(base, transforms, validate_args=validate_args)

    @property
    def concentration_reciprocal(self) -> Tensor:
        return self.concentration.reciprocal()

    @property
    def mean(self) -> Tensor:
        return self.scale * exp(lgamma(1 + self.concentration_reciprocal))

    @property
    def mode(self) -> Tensor:
        return self.scale * ((self.concentration - 1) / self.concentration) ** self.concentration_reciprocal

    @property
    def variance(self) -> Tensor:
        first, second = (lgamma(1 + order * self.concentration_reciprocal) for order in (1, 2))
        return self.scale.square() * (exp(second) - exp(2 * first))

    def entropy(self) -> Tensor:
        inverse = self.concentration_reciprocal
        return euler_constant * (1 - inverse) + log(self.scale * inverse) + 1
