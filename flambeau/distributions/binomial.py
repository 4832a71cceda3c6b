"""The binomial distribution: how many of some trials succeed."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.autograd.mode import no_grad
from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.chances import Chance, given
from flambeau.distributions.distribution import expand_parameters
from flambeau.distributions.utils import _listed, broadcast_all
from flambeau.ops.creation import arange
from flambeau.ops.exponential import exp, log1p
from flambeau.ops.gamma import lgamma
from flambeau.ops.random import binomial

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["Binomial"]


class Binomial(Chance):
    """How many of `total_count` trials succeed, each with probability `probs`."""

    arg_constraints = {"total_count": constraints.nonnegative_integer, "probs": constraints.unit_interval,
                       "logits": constraints.real}
    has_enumerate_support = True
    expand = expand_parameters

    def __init__(self, total_count: Tensor | int = 1, probs: Tensor | None = None, logits: Tensor | None = None,
                 validate_args: bool | None = None) -> None:
        name, value = given(probs, logits)
        counts, value = broadcast_all(total_count, value)
        self.total_count = counts.type_as(value)
        setattr(self, name, value)
        super().__init__(value.shape, validate_args=validate_args)

    @constraints.dependent_property(is_discrete=True, event_dim=0)
    def support(self) -> constraints.Constraint:
        return constraints.integer_interval(0, self.total_count)

    @property
    def mean(self) -> Tensor:
        return self.total_count * self.probs

    @property
    def mode(self) -> Tensor:
        return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)

    @property
    def variance(self) -> Tensor:
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        with no_grad():
            return binomial(self.total_count.expand(shape), self.probs.expand(shape))

    def log_prob(self, value: Tensor) -> Tensor:
        self._validate(value)
        trials = self.total_count
        ways = lgamma(trials + 1) - lgamma(value + 1) - lgamma(trials - value + 1)
        return ways + value * self.logits - trials * _softplus(self.logits)

    def entropy(self) -> Tensor:
        self._one_count("entropy")
        log_prob = self.log_prob(self.enumerate_support(False))
        return -(exp(log_prob) * log_prob).sum(0)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        count = self._one_count("enumerate_support")
        return _listed(arange(1 + count, dtype=self._param.dtype, device=self._param.device), self._batch_shape, expand)

    def _one_count(self, wanted: str) -> int:
        """Return the number of trials.

        Raises NotImplementedError where it differs within the batch.
        """
        count = int(self.total_count.max())
        if self.total_count.min() != count:
            raise NotImplementedError(f"Inhomogeneous total count not supported by `{wanted}`; split the batch by count.")
        return count


def _softplus(x: Tensor) -> Tensor:
    """log(1 + exp(x)), exact for any x; its gradient at 0 is that of the clamp's middle."""
    positive = (x.clamp(min=0) + x - x.clamp(max=0)) / 2
    return positive + log1p(exp(-x.abs()))
