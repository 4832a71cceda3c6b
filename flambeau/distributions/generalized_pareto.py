"""The generalized Pareto distribution: what lies above a high threshold."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.distribution import Distribution, expand_parameters
from flambeau.distributions.utils import broadcast_all
from flambeau.ops.comparison import isclose
from flambeau.ops.creation import zeros_like
from flambeau.ops.exponential import exp, expm1, log, log1p
from flambeau.ops.masking import where
from flambeau.ops.random import rand

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["GeneralizedPareto"]


class GeneralizedPareto(Distribution):
    """Numbers from `loc` on: an exponential tail where `concentration` is 0, a heavier one above, an end below."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive, "concentration": constraints.real}
    has_rsample = True
    expand = expand_parameters

    def __init__(self, loc: Tensor | float, scale: Tensor | float, concentration: Tensor | float,
                 validate_args: bool | None = None) -> None:
        self.loc, self.scale, self.concentration = broadcast_all(loc, scale, concentration)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> constraints.Constraint:
        end = where(self.concentration < 0, self.loc - self.scale / self.concentration, math.inf)
        return constraints.interval(self.loc, end)

    @property
    def mean(self) -> Tensor:
        finite = self.concentration < 1
        return where(finite, self.loc + self.scale / (1 - where(finite, self.concentration, 0.5)), math.nan)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        finite = self.concentration < 0.5
        concentration = where(finite, self.concentration, 0.25)
        return where(finite, self.scale.square() / ((1 - concentration).square() * (1 - 2 * concentration)), math.nan)

    def rsample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self.loc.dtype, device=self.loc.device))

    def _cases(self) -> tuple[Tensor, Tensor]:
        """Where the concentration is 0, and what to divide by in all places."""
        is_zero = isclose(self.concentration, zeros_like(self.concentration))
        return is_zero, self.concentration.masked_fill(is_zero, 1.0)

    def log_prob(self, value: Tensor) -> Tensor:
        self._validate(value)
        z = (value - self.loc) / self.scale
        is_zero, concentration = self._cases()
        power = 1 / concentration + 1
        return -log(self.scale) - where(is_zero, z, where(power == 0, power, power * log1p(concentration * z)))

    def log_survival_function(self, value: Tensor) -> Tensor:
        """Return the logarithm of the probability of a draw above `value`."""
        self._validate(value)
        z = (value - self.loc) / self.scale
        is_zero, concentration = self._cases()
        return where(is_zero, -z, -log1p(concentration * z) / concentration)

    def log_cdf(self, value: Tensor) -> Tensor:
        """Return the logarithm of the probability of a draw up to `value`."""
        return log1p(-exp(self.log_survival_function(value)))

    def cdf(self, value: Tensor) -> Tensor:
        return exp(self.log_cdf(value))

    def icdf(self, value: Tensor) -> Tensor:
        is_zero, concentration = self._cases()
        log_above = log1p(-value)
        powers = self.loc + self.scale / concentration * expm1(-concentration * log_above)
        return where(is_zero, self.loc - self.scale * log_above, powers)

    def entropy(self) -> Tensor:
        return log(self.scale) + self.concentration + 1
