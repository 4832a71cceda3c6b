"""The uniform distribution."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.distribution import Distribution, expand_parameters
from flambeau.distributions.utils import broadcast_all
from flambeau.ops.exponential import log
from flambeau.ops.random import rand

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["Uniform"]


class Uniform(Distribution):
    """Anything from `low` to, but not including, `high`, as likely as anything else."""

    has_rsample = True
    expand = expand_parameters

    def __init__(self, low: Tensor | float, high: Tensor | float, validate_args: bool | None = None) -> None:
        self.low, self.high = broadcast_all(low, high)
        super().__init__(self.low.shape, validate_args=validate_args)

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:
        return {"low": constraints.less_than(self.high), "high": constraints.greater_than(self.low)}

    @constraints.dependent_property(is_discrete=False, event_dim=0)
    def support(self) -> constraints.Constraint:
        return constraints.interval(self.low, self.high)

    @property
    def _width(self) -> Tensor:
        return self.high - self.low

    @property
    def mean(self) -> Tensor:
        return (self.high + self.low) / 2

    @property
    def mode(self) -> Tensor:
        return float("nan") * self.high

    @property
    def stddev(self) -> Tensor:
        return self._width / 12**0.5

    @property
    def variance(self) -> Tensor:
        return self._width.square() / 12

    def rsample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        drawn = rand(self._extended_shape(sample_shape), dtype=self.low.dtype, device=self.low.device)
        return self.low + drawn * self._width

    def log_prob(self, value: Tensor) -> Tensor:
        self._validate(value)
        inside = (self.low <= value) & (value < self.high)
        return log(inside.type_as(self.low)) - log(self._width)

    def cdf(self, value: Tensor) -> Tensor:
        self._validate(value)
        return ((value - self.low) / self._width).clamp(min=0, max=1)

    def icdf(self, value: Tensor) -> Tensor:
        return value * self._width + self.low

    def entropy(self) -> Tensor:
        return log(self._width)
