"""The continuous Bernoulli distribution: shares, as likely as a Bernoulli loss says."""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.chances import Chance, given
from flambeau.distributions.distribution import expand_parameters
from flambeau.distributions.exp_family import ExponentialFamily
from flambeau.distributions.utils import broadcast_all, clamp_probs, lazy_property, logits_to_probs
from flambeau.ops.binary_loss import binary_cross_entropy_with_logits
from flambeau.ops.exponential import expm1, log, log1p
from flambeau.ops.masking import where
from flambeau.ops.random import rand

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["ContinuousBernoulli"]


class ContinuousBernoulli(Chance, ExponentialFamily):
    """Shares x with a density in proportion to probs ** x · (1 - probs) ** (1 - x).

    Its formulas are 0 / 0 at `probs` = 1/2; between the two `lims` Taylor series stand for them.
    Loaiza-Ganem and Cunningham, "The continuous Bernoulli: fixing a pervasive error in variational autoencoders", 2019.
    """

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.unit_interval
    has_rsample = True
    _mean_carrier_measure = 0
    expand = expand_parameters

    def __init__(self, probs: Tensor | float | None = None, logits: Tensor | float | None = None,
                 lims: tuple[float, float] = (0.499, 0.501), validate_args: bool | None = None) -> None:
        name, value = given(probs, logits)
        (value,) = broadcast_all(value)
        if name == "probs":
            if validate_args is not None and not constraints.unit_interval.check(value).all():
                raise ValueError("The parameter probs has invalid values: they must be in [0, 1]")
            value = clamp_probs(value)
        setattr(self, name, value)
        self._lims = lims
        super().__init__(value.shape, validate_args=validate_args)

    @lazy_property
    def probs(self) -> Tensor:
        return clamp_probs(logits_to_probs(self.logits, is_binary=True))

    def _is_regular(self) -> Tensor:
        return (self.probs <= self._lims[0]) | (self.probs > self._lims[1])

    def _regular_probs(self) -> Tensor:
        """The probabilities where the formulas hold, elsewhere any: gradients of what is not used must be finite."""
        return where(self._is_regular(), self.probs, self._lims[0])

    def _known(self, formula: Callable[[Tensor], Tensor], near_half: Callable[[Tensor], Tensor]) -> Tensor:
        """Compute with the formula where it holds, elsewhere with the series in probs - 1/2."""
        return where(self._is_regular(), formula(self._regular_probs()), near_half(self.probs - 0.5))

    def _cont_bern_log_norm(self) -> Tensor:
        """The logarithm of what the density's integral must be multiplied by."""
        return self._known(lambda p: log((log1p(-p) - log(p)).abs()) - log((1 - 2 * p).abs()),
                           lambda d: math.log(2) + (4 / 3 + 104 / 45 * d**2) * d**2)

    @property
    def mean(self) -> Tensor:
        return self._known(lambda p: p / (2 * p - 1) + 1 / (log1p(-p) - log(p)),
                           lambda d: 0.5 + (1 / 3 + 16 / 45 * d**2) * d)

    @property
    def variance(self) -> Tensor:
        return self._known(lambda p: p * (p - 1) / (1 - 2 * p) ** 2 + 1 / (log1p(-p) - log(p)) ** 2,
                           lambda d: 1 / 12 - (1 / 15 - 128 / 945 * d**2) * d**2)

    def rsample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self.probs.dtype, device=self.probs.device))

    def log_prob(self, value: Tensor) -> Tensor:
        self._validate(value)
        logits, value = broadcast_all(self.logits, value)
        return -binary_cross_entropy_with_logits(logits, value, reduction="none") + self._cont_bern_log_norm()

    def cdf(self, value: Tensor) -> Tensor:
        self._validate(value)
        p = self._regular_probs()
        share = (p**value * (1 - p) ** (1 - value) + p - 1) / (2 * p - 1)
        return where(self._is_regular(), share, value).masked_fill(value <= 0, 0).masked_fill(value >= 1, 1)

    def icdf(self, value: Tensor) -> Tensor:
        p = self._regular_probs()
        point = (log1p(-p + value * (2 * p - 1)) - log1p(-p)) / (log(p) - log1p(-p))
        return where(self._is_regular(), point, value)

    def entropy(self) -> Tensor:
        nothing, everything = log1p(-self.probs), log(self.probs)
        return self.mean * (nothing - everything) - self._cont_bern_log_norm() - nothing

    @property
    def _natural_params(self) -> tuple[Tensor]:
        return (self.logits,)

    def _log_normalizer(self, x: Any) -> Any:
        regular = (x <= self._lims[0] - 0.5) | (x > self._lims[1] - 0.5)
        cut = where(regular, x, self._lims[0] - 0.5)
        return where(regular, log((expm1(cut) / cut).abs()), 0.5 * x + x**2 / 24 - x**4 / 2880)
