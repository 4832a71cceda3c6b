"""The negative binomial distribution: how often one succeeds before some failures."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.autograd.mode import no_grad
from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.chances import Chance, given
from flambeau.distributions.distribution import expand_parameters
from flambeau.distributions.gamma import Gamma
from flambeau.distributions.utils import broadcast_all, lazy_property
from flambeau.ops.activation import logsigmoid, sigmoid
from flambeau.ops.exponential import exp
from flambeau.ops.gamma import lgamma
from flambeau.ops.random import poisson

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["NegativeBinomial"]


class NegativeBinomial(Chance):
    """How many trials succeed, each with probability `probs`, before `total_count` fail."""

    arg_constraints = {"total_count": constraints.greater_than_eq(0),
                       "probs": constraints.half_open_interval(0.0, 1.0), "logits": constraints.real}
    support = constraints.nonnegative_integer
    expand = expand_parameters

    def __init__(self, total_count: Tensor | float, probs: Tensor | None = None, logits: Tensor | None = None,
                 validate_args: bool | None = None) -> None:
        name, value = given(probs, logits)
        counts, value = broadcast_all(total_count, value)
        self.total_count = counts.type_as(value)
        setattr(self, name, value)
        super().__init__(value.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.total_count * exp(self.logits)

    @property
    def mode(self) -> Tensor:
        return ((self.total_count - 1) * exp(self.logits)).floor().clamp(min=0)

    @property
    def variance(self) -> Tensor:
        return self.mean / sigmoid(-self.logits)

    @lazy_property
    def _gamma(self) -> Gamma:
        return Gamma(self.total_count, exp(-self.logits), validate_args=False)

    def sample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        with no_grad():
            return poisson(self._gamma.sample(sample_shape))

    def log_prob(self, value: Tensor) -> Tensor:
        self._validate(value)
        ways = lgamma(self.total_count + value) - lgamma(1 + value) - lgamma(self.total_count)
        ways = ways.masked_fill(self.total_count + value == 0, 0)  # nothing happens in one way
        return self.total_count * logsigmoid(-self.logits) + value * logsigmoid(self.logits) + ways
