"""One-hot draws, softened so that they have a gradient."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.categorical import Categorical
from flambeau.distributions.chances import OverCategories
from flambeau.distributions.distribution import expand_parameters
from flambeau.distributions.transformed_distribution import TransformedDistribution
from flambeau.distributions.transforms import ExpTransform
from flambeau.distributions.utils import broadcast_all, clamp_probs
from flambeau.ops.creation import full_like
from flambeau.ops.exponential import log
from flambeau.ops.gamma import lgamma
from flambeau.ops.random import rand
from flambeau.ops.softmax import log_softmax

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["ExpRelaxedCategorical", "RelaxedOneHotCategorical"]


class ExpRelaxedCategorical(OverCategories):
    """The logarithms of relaxed draws. Maddison, Mnih and Teh, "The Concrete distribution", 2017."""

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.real_vector  # all of it, so that the transformed draws may be checked
    has_rsample = True
    expand = expand_parameters

    def __init__(self, temperature: Tensor, probs: Tensor | None = None, logits: Tensor | None = None,
                 validate_args: bool | None = None) -> None:
        self._categorical = Categorical(probs, logits)
        self.temperature = temperature
        super().__init__(self._categorical.batch_shape, self.param_shape[-1:], validate_args=validate_args)

    def rsample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        drawn = clamp_probs(rand(shape, dtype=self.logits.dtype, device=self.logits.device))
        gumbels = -log(-log(drawn))
        return log_softmax((self.logits + gumbels) / self.temperature, -1)

    def log_prob(self, value: Tensor) -> Tensor:
        self._validate(value)
        count = self._event_shape[0]
        logits, value = broadcast_all(self.logits, value)
        score = log_softmax(logits - value * self.temperature, -1).sum(-1)
        return score + lgamma(full_like(self.temperature, float(count))) + (count - 1) * log(self.temperature)


class RelaxedOneHotCategorical(TransformedDistribution):
    """Shares that sum to one; the lower `temperature`, the closer to the draws of a `OneHotCategorical`."""

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support = constraints.simplex
    has_rsample = True
    base_dist: ExpRelaxedCategorical
    expand = expand_parameters

    def __init__(self, temperature: Tensor, probs: Tensor | None = None, logits: Tensor | None = None,
                 validate_args: bool | None = None) -> None:
        base = ExpRelaxedCategorical(temperature, probs, logits, validate_args=validate_args)
        super().__init__(base, ExpTransform(), validate_args=validate_args)

    @property
    def temperature(self) -> Tensor:
        return self.base_dist.temperature

    @property
    def logits(self) -> Tensor:
        return self.base_dist.logits

    @property
    def probs(self) -> Tensor:
        return self.base_dist.probs
