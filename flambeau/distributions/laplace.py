"""The Laplace distribution: an exponential one to both sides."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.core.limits import finfo
from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.distribution import Distribution, expand_parameters
from flambeau.distributions.utils import broadcast_all
from flambeau.ops.exponential import expm1, log, log1p

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["Laplace"]


class Laplace(Distribution):
    """Distances from `loc` are `scale` on average, and to either side."""

    arg_constraints = {"loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True
    expand = expand_parameters

    def __init__(self, loc: Tensor | float, scale: Tensor | float, validate_args: bool | None = None) -> None:
        self.loc, self.scale = broadcast_all(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def stddev(self) -> Tensor:
        return 2**0.5 * self.scale

    @property
    def variance(self) -> Tensor:
        return 2 * self.scale.square()

    def rsample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        above_minus_one = finfo(self.loc.dtype).eps - 1
        drawn = self.loc.new_empty(self._extended_shape(sample_shape)).uniform_(above_minus_one, 1)
        return self.loc - self.scale * drawn.sign() * log1p(-drawn.abs())

    def log_prob(self, value: Tensor) -> Tensor:
        self._validate(value)
        return -log(2 * self.scale) - (value - self.loc).abs() / self.scale

    def cdf(self, value: Tensor) -> Tensor:
        self._validate(value)
        off = value - self.loc
        return 0.5 - 0.5 * off.sign() * expm1(-off.abs() / self.scale)

    def icdf(self, value: Tensor) -> Tensor:
        side = value - 0.5
        return self.loc - self.scale * side.sign() * log1p(-2 * side.abs())

    def entropy(self) -> Tensor:
        return 1 + log(2 * self.scale)
