"""The gamma distribution."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.limits import finfo
from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.distribution import expand_parameters
from flambeau.distributions.exp_family import ExponentialFamily
from flambeau.distributions.utils import broadcast_all
from flambeau.ops.creation import as_tensor
from flambeau.ops.exponential import log, xlogy
from flambeau.ops.gamma import digamma, lgamma
from flambeau.ops.incomplete_gamma import igamma
from flambeau.ops.random import _standard_gamma

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["Gamma"]


class Gamma(ExponentialFamily):
    """The time until `concentration` events have come, `rate` of them per unit of time."""

    arg_constraints = {"concentration": constraints.positive, "rate": constraints.positive}
    support = constraints.nonnegative
    has_rsample = True
    _mean_carrier_measure = 0
    expand = expand_parameters

    def __init__(self, concentration: Tensor | float, rate: Tensor | float, validate_args: bool | None = None) -> None:
        self.concentration, self.rate = broadcast_all(concentration, rate)
        super().__init__(self.concentration.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.concentration / self.rate

    @property
    def mode(self) -> Tensor:
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self) -> Tensor:
        return self.concentration / self.rate.square()

    def rsample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        value = _standard_gamma(self.concentration.expand(shape)) / self.rate.expand(shape)
        return value.clamp(min=finfo(value.dtype).tiny)  # at 0 the density may be infinite

    def log_prob(self, value: Tensor) -> Tensor:
        value = as_tensor(value, dtype=self.rate.dtype, device=self.rate.device)
        self._validate(value)
        return (xlogy(self.concentration, self.rate) + xlogy(self.concentration - 1, value) - self.rate * value
                - lgamma(self.concentration))

    def cdf(self, value: Tensor) -> Tensor:
        self._validate(value)
        return igamma(self.concentration, self.rate * value)

    def entropy(self) -> Tensor:
        return (self.concentration - log(self.rate) + lgamma(self.concentration)
                + (1 - self.concentration) * digamma(self.concentration))

    @property
    def _natural_params(self) -> tuple[Tensor, Tensor]:
        return self.concentration - 1, -self.rate

    def _log_normalizer(self, x: Any, y: Any) -> Any:
        return lgamma(x + 1) - (x + 1) * log(-y)
