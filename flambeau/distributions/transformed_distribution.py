"""A distribution of what transforms make of the draws of another."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.autograd.mode import no_grad
from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.distribution import Distribution, expand_parameters
from flambeau.distributions.independent import Independent
from flambeau.distributions.transforms import ComposeTransform, Transform
from flambeau.distributions.utils import _sum_rightmost

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["TransformedDistribution"]


class TransformedDistribution(Distribution):
    """Draws of `base_distribution`, sent through `transforms` from the first to the last."""

    arg_constraints: dict[str, constraints.Constraint] = {}
    expand = expand_parameters

    def __init__(self, base_distribution: Distribution, transforms: Transform | list[Transform],
                 validate_args: bool | None = None) -> None:
        self.transforms = _as_list(transforms)
        transform = ComposeTransform(self.transforms)
        base, shape = _shaped(base_distribution, transform)
        dims = max(len(base.event_shape), transform.domain.event_dim)
        self.base_dist = Independent(base, dims - len(base.event_shape)) if dims > len(base.event_shape) else base
        start = len(shape) - (dims + transform.codomain.event_dim - transform.domain.event_dim)
        super().__init__(shape[:start], shape[start:], validate_args=validate_args)

    @constraints.dependent_property(is_discrete=False)
    def support(self) -> Any:
        if not self.transforms:
            return self.base_dist.support
        support = self.transforms[-1].codomain
        more = len(self._event_shape) - support.event_dim
        return constraints.independent(support, more) if more > 0 else support

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]  # what the base has
        return self.base_dist.has_rsample

    def sample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        with no_grad():
            return self._transformed(self.base_dist.sample(sample_shape))

    def rsample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        return self._transformed(self.base_dist.rsample(sample_shape))

    def _transformed(self, value: Tensor) -> Tensor:
        for transform in self.transforms:
            value = transform(value)
        return value

    def log_prob(self, value: Tensor) -> Tensor:
        """The density of what was drawn, thinned out by how far the transforms stretch space."""
        self._validate(value)
        dims = len(self._event_shape)
        stretch: Any = 0
        for transform in reversed(self.transforms):
            before = transform.inv(value)
            dims += transform.domain.event_dim - transform.codomain.event_dim
            own = transform.log_abs_det_jacobian(before, value)
            stretch = stretch + _sum_rightmost(own, dims - transform.domain.event_dim)
            value = before
        return _sum_rightmost(self.base_dist.log_prob(value), dims - len(self.base_dist.event_shape)) - stretch

    def cdf(self, value: Tensor) -> Tensor:
        for transform in reversed(self.transforms):
            value = transform.inv(value)
        if self._validate_args:
            self.base_dist._validate_sample(value)
        return self._turned(self.base_dist.cdf(value))

    def icdf(self, value: Tensor) -> Tensor:
        return self._transformed(self.base_dist.icdf(self._turned(value)))

    def _turned(self, share: Tensor) -> Tensor:
        """Exchange what is below with what is above, where the transforms fall."""
        sign = ComposeTransform(self.transforms).sign
        return share if isinstance(sign, int) and sign == 1 else sign * (share - 0.5) + 0.5


def _as_list(transforms: Any) -> list[Transform]:
    if isinstance(transforms, Transform):
        return [transforms]
    if not isinstance(transforms, list):
        raise ValueError(f"transforms must be a Transform or list, but was {transforms}")
    if not all(isinstance(transform, Transform) for transform in transforms):
        raise ValueError("transforms must be a Transform or a list of Transforms")
    return transforms


def _shaped(base: Distribution, transform: Transform) -> tuple[Distribution, Size]:
    """Stretch the base to what the transforms' parameters need, and return it with the shape that comes out."""
    shape = base.batch_shape + base.event_shape
    if len(shape) < transform.domain.event_dim:
        raise ValueError("base_distribution needs to have shape with size at least "
                         f"{transform.domain.event_dim}, but got {shape}.")
    outcome = transform.forward_shape(shape)
    needed = Size(transform.inverse_shape(outcome))
    return base if shape == needed else base.expand(needed[:len(needed) - len(base.event_shape)]), Size(outcome)
