"""The multinomial distribution: how often each category comes."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.binomial import Binomial
from flambeau.distributions.categorical import Categorical
from flambeau.distributions.chances import OverCategories
from flambeau.distributions.distribution import expand_parameters
from flambeau.distributions.utils import broadcast_all
from flambeau.ops.creation import ones_like, tensor
from flambeau.ops.exponential import exp
from flambeau.ops.gamma import lgamma

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["Multinomial"]


class Multinomial(OverCategories):
    """How many of `total_count` draws from a `Categorical` fall on each category."""

    arg_constraints = {"probs": constraints.simplex, "logits": constraints.real_vector}
    total_count: int
    expand = expand_parameters

    def __init__(self, total_count: int = 1, probs: Tensor | None = None, logits: Tensor | None = None,
                 validate_args: bool | None = None) -> None:
        if not isinstance(total_count, int):
            raise NotImplementedError("inhomogeneous total_count is not supported; give one int")
        self.total_count = total_count
        self._categorical = Categorical(probs=probs, logits=logits)
        self._binomial = Binomial(total_count=total_count, probs=self.probs)
        super().__init__(self._categorical.batch_shape, self.param_shape[-1:], validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=1)
    def support(self) -> constraints.Constraint:
        return constraints.multinomial(self.total_count)

    @property
    def mean(self) -> Tensor:
        return self.probs * self.total_count

    @property
    def variance(self) -> Tensor:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        drawn = self._categorical.sample((self.total_count, *sample_shape)).movedim(0, -1)
        counts = drawn.new_zeros(self._extended_shape(sample_shape))
        return counts.scatter_add_(-1, drawn, ones_like(drawn)).type_as(self.probs)

    def log_prob(self, value: Tensor) -> Tensor:
        self._validate(value)
        logits, value = broadcast_all(self.logits, value)
        ways = lgamma(value.sum(-1) + 1) - lgamma(value + 1).sum(-1)
        logits = logits.masked_fill((value == 0) & (logits == -float("inf")), 0)  # 0 · -inf is NaN
        return ways + (logits * value).sum(-1)

    def entropy(self) -> Tensor:
        """The categories' entropy for each draw, less what the order of draws would tell."""
        trials = tensor(self.total_count)
        counts = self._binomial.enumerate_support(expand=False)[1:]
        forgotten = (exp(self._binomial.log_prob(counts)) * lgamma(counts + 1)).sum([0, -1])
        return trials * self._categorical.entropy() - lgamma(trials + 1) + forgotten
