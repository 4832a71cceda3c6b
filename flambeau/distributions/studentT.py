"""Student's t distribution."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.chi2 import Chi2
from flambeau.distributions.distribution import Distribution, expand_parameters
from flambeau.distributions.utils import _standard_normal, broadcast_all
from flambeau.ops.exponential import log, log1p, rsqrt
from flambeau.ops.gamma import digamma, lgamma
from flambeau.ops.masking import where

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["StudentT"]


class StudentT(Distribution):
    """A mean of `df` + 1 normal draws, over its own estimate of its spread; then stretched by `scale` and moved to `loc`."""

    arg_constraints = {"df": constraints.positive, "loc": constraints.real, "scale": constraints.positive}
    support = constraints.real
    has_rsample = True
    expand = expand_parameters

    def __init__(self, df: Tensor | float, loc: Tensor | float = 0.0, scale: Tensor | float = 1.0,
                 validate_args: bool | None = None) -> None:
        self.df, self.loc, self.scale = broadcast_all(df, loc, scale)
        self._chi2 = Chi2(self.df)
        super().__init__(self.df.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.loc.masked_fill(self.df <= 1, math.nan)

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        finite = self.df > 2
        df = where(finite, self.df, 3.0)  # the gradient of what is not used must be finite, too
        infinite = where(self.df > 1, math.inf, math.nan).to(self.df)
        return where(finite, self.scale.square() * df / (df - 2), infinite)

    def rsample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        noise = _standard_normal(self._extended_shape(sample_shape), self.df.dtype, self.df.device)
        spread = self._chi2.rsample(sample_shape) / self.df
        return self.loc + self.scale * (noise * rsqrt(spread))

    def log_prob(self, value: Tensor) -> Tensor:
        self._validate(value)
        off = (value - self.loc) / self.scale
        return -0.5 * (self.df + 1) * log1p(off.square() / self.df) - log(self.scale) - self._log_beta() - 0.5 * log(self.df)

    def entropy(self) -> Tensor:
        half, more = 0.5 * self.df, 0.5 * (self.df + 1)
        return log(self.scale) + more * (digamma(more) - digamma(half)) + 0.5 * log(self.df) + self._log_beta()

    def _log_beta(self) -> Tensor:
        """The logarithm of the beta function of 1/2 and df/2."""
        return 0.5 * math.log(math.pi) + lgamma(0.5 * self.df) - lgamma(0.5 * (self.df + 1))
