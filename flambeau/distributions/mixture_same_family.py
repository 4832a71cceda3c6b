"""A mixture of distributions of one kind."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.autograd.mode import no_grad
from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.categorical import Categorical
from flambeau.distributions.distribution import Distribution, expand_parameters
from flambeau.ops.softmax import log_softmax

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["MixtureSameFamily"]


class MixtureSameFamily(Distribution):
    """A `Categorical` chooses, for each draw, one along the last batch dim of `component_distribution`."""

    arg_constraints: dict[str, constraints.Constraint] = {}
    has_rsample = False
    expand = expand_parameters

    def __init__(self, mixture_distribution: Categorical, component_distribution: Distribution,
                 validate_args: bool | None = None) -> None:
        _check_fit(mixture_distribution, component_distribution)
        self._mixture_distribution, self._component_distribution = mixture_distribution, component_distribution
        self._event_ndims = len(component_distribution.event_shape)
        super().__init__(component_distribution.batch_shape[:-1], component_distribution.event_shape,
                         validate_args=validate_args)

    @property
    def mixture_distribution(self) -> Categorical:
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Distribution:
        return self._component_distribution

    @constraints.dependent_property
    def support(self) -> constraints.Constraint:
        return constraints.MixtureSameFamilyConstraint(self._component_distribution.support)

    @property
    def mean(self) -> Tensor:
        return self._mixed(self.component_distribution.mean)

    @property
    def variance(self) -> Tensor:
        """The mean of the components' variances, and the variance of their means."""
        means = self.component_distribution.mean
        between = self._mixed((means - self._beside_components(self.mean)).square())
        return self._mixed(self.component_distribution.variance) + between

    def _mixed(self, values: Tensor) -> Tensor:
        """The mean over the components."""
        weights = self.mixture_distribution.probs
        weights = weights.reshape(weights.shape + (1,) * self._event_ndims)
        return (weights * values).sum(-1 - self._event_ndims)

    def _beside_components(self, value: Tensor) -> Tensor:
        return value.unsqueeze(-1 - self._event_ndims)

    def cdf(self, x: Tensor) -> Tensor:
        return (self.component_distribution.cdf(self._beside_components(x)) * self.mixture_distribution.probs).sum(-1)

    def log_prob(self, x: Tensor) -> Tensor:
        self._validate(x)
        each = self.component_distribution.log_prob(self._beside_components(x))
        return (each + log_softmax(self.mixture_distribution.logits, -1)).logsumexp(-1)

    def sample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        with no_grad():
            chosen = self.mixture_distribution.expand(self._batch_shape).sample(sample_shape)
            drawn = self.component_distribution.sample(sample_shape)
            dim = chosen.ndim
            places = chosen.reshape(chosen.shape + (1,) * (1 + self._event_ndims))
            return drawn.gather(dim, places.expand(chosen.shape + (1,) + self._event_shape)).squeeze(dim)

    def __repr__(self) -> str:
        return f"MixtureSameFamily(\n  {self.mixture_distribution},\n  {self.component_distribution})"


def _check_fit(mixture: Categorical, component: Distribution) -> None:
    """Raise ValueError unless the mixture chooses among as many as there are components."""
    if not isinstance(mixture, Categorical):
        raise ValueError(" The Mixture distribution needs to be an  instance of torch.distributions.Categorical")
    if not isinstance(component, Distribution):
        raise ValueError("The Component distribution needs to be an instance of torch.distributions.Distribution")
    batch, expected = mixture.batch_shape, component.batch_shape[:-1]
    if any(1 not in (one, other) and one != other for one, other in zip(reversed(batch), reversed(expected), strict=False)):
        raise ValueError(f"`mixture_distribution.batch_shape` ({batch}) is not compatible with "
                         f"`component_distribution.batch_shape`({expected})")
    chosen, there = mixture.logits.shape[-1], component.batch_shape[-1]
    if chosen != there:
        raise ValueError(f"`mixture_distribution component` ({chosen}) does not equal "
                         f"`component_distribution.batch_shape[-1]` ({there})")
