"""Transforms of each number by itself."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.limits import finfo
from flambeau.core.size import Size
from flambeau.core.tensor import TensorBase
from flambeau.distributions import constraints
from flambeau.distributions.transforms.transform import Fixed, Transform
from flambeau.distributions.utils import _sum_rightmost, broadcast_all
from flambeau.ops.activation import sigmoid, softplus
from flambeau.ops.creation import full_like
from flambeau.ops.exponential import log, log1p
from flambeau.ops.shape import broadcast_shapes
from flambeau.ops.trigonometry import atanh, tanh

if TYPE_CHECKING:
    from flambeau.distributions.distribution import Distribution
    from flambeau.tensor import Tensor


class ExpTransform(Fixed):
    """y = exp(x)"""

    domain, codomain = constraints.real, constraints.positive
    bijective, sign = True, 1

    def _call(self, x: Tensor) -> Tensor:
        return x.exp()

    def _inverse(self, y: Tensor) -> Tensor:
        return y.log()

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return x


class PowerTransform(Transform):
    """y = x ** exponent"""

    domain, codomain = constraints.positive, constraints.positive
    bijective = True
    _arguments = ("exponent",)

    def __init__(self, exponent: Tensor | float, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        (self.exponent,) = broadcast_all(exponent)

    @property
    def sign(self) -> Tensor:
        return self.exponent.sign()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PowerTransform) and _same(self.exponent, other.exponent)

    __hash__ = None

    def _call(self, x: Tensor) -> Tensor:
        return x.pow(self.exponent)

    def _inverse(self, y: Tensor) -> Tensor:
        return y.pow(1 / self.exponent)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return (self.exponent * y / x).abs().log()

    def forward_shape(self, shape: Sequence[int]) -> Size:
        return _stretched(shape, self.exponent)

    inverse_shape = forward_shape


class SigmoidTransform(Fixed):
    """y = 1 / (1 + exp(-x)), kept from 0 and 1"""

    domain, codomain = constraints.real, constraints.unit_interval
    bijective, sign = True, 1

    def _call(self, x: Tensor) -> Tensor:
        return inside_unit_interval(sigmoid(x))

    def _inverse(self, y: Tensor) -> Tensor:
        y = inside_unit_interval(y)
        return log(y) - log1p(-y)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return -softplus(-x) - softplus(x)


def inside_unit_interval(share: Tensor) -> Tensor:
    """Keep a share from 0 and 1, by what its dtype can tell from them."""
    limits = finfo(share.dtype)
    return share.clamp(min=limits.tiny, max=1 - limits.eps)


class SoftplusTransform(Fixed):
    """y = log(1 + exp(x))"""

    domain, codomain = constraints.real, constraints.positive
    bijective, sign = True, 1

    def _call(self, x: Tensor) -> Tensor:
        return softplus(x)

    def _inverse(self, y: Tensor) -> Tensor:
        return log(-(-y).expm1()) + y

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return -softplus(-x)


class TanhTransform(Fixed):
    """y = tanh(x)"""

    domain, codomain = constraints.real, constraints.interval(-1.0, 1.0)
    bijective, sign = True, 1

    def _call(self, x: Tensor) -> Tensor:
        return tanh(x)

    def _inverse(self, y: Tensor) -> Tensor:
        return atanh(y)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return 2 * (math.log(2) - x - softplus(-2 * x))  # log(1 - y²) would lose all near ±1


class AbsTransform(Fixed):
    """y = |x|, whose inverse is the positive one of the two."""

    domain, codomain = constraints.real, constraints.positive

    def _call(self, x: Tensor) -> Tensor:
        return x.abs()

    def _inverse(self, y: Tensor) -> Tensor:
        return y


class AffineTransform(Transform):
    """y = loc + scale · x, of events of `event_dim` dims."""

    bijective = True
    _arguments = ("loc", "scale", "event_dim")

    def __init__(self, loc: Tensor | float, scale: Tensor | float, event_dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.loc, self.scale, self._event_dim = loc, scale, event_dim

    @property
    def event_dim(self) -> int:
        return self._event_dim

    @constraints.dependent_property(is_discrete=False)
    def domain(self) -> constraints.Constraint:
        return constraints.independent(constraints.real, self.event_dim) if self.event_dim else constraints.real

    codomain = domain

    @property
    def sign(self) -> Any:
        return self.scale.sign() if isinstance(self.scale, TensorBase) else (self.scale > 0) - (self.scale < 0)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AffineTransform) and _same(self.loc, other.loc) and _same(self.scale, other.scale)

    __hash__ = None

    def _call(self, x: Tensor) -> Tensor:
        return self.loc + self.scale * x

    def _inverse(self, y: Tensor) -> Tensor:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        stretch = _stretch(self.scale, x).expand(x.shape)
        return _sum_rightmost(stretch, self.event_dim)

    def forward_shape(self, shape: Sequence[int]) -> Size:
        return _stretched(shape, self.loc, self.scale)

    inverse_shape = forward_shape


class CumulativeDistributionTransform(Transform):
    """y = the probability that `distribution` draws at most x."""

    codomain = constraints.unit_interval
    bijective, sign = True, 1
    _arguments = ("distribution",)

    def __init__(self, distribution: Distribution, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.distribution = distribution

    @property
    def domain(self) -> Any:
        return self.distribution.support

    def _call(self, x: Tensor) -> Tensor:
        return self.distribution.cdf(x)

    def _inverse(self, y: Tensor) -> Tensor:
        return self.distribution.icdf(y)

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        return self.distribution.log_prob(x)


def _stretch(scale: Any, x: Tensor) -> Tensor:
    return scale.abs().log() if isinstance(scale, TensorBase) else full_like(x, math.log(abs(scale)))


def _same(one: Any, other: Any) -> bool:
    """Whether numbers or tensors are equal, stretched to one shape."""
    equal = one == other
    return equal if isinstance(equal, bool) else bool(equal.all())


def _stretched(shape: Sequence[int], *parameters: Any) -> Size:
    return Size(broadcast_shapes(shape, *(getattr(parameter, "shape", ()) for parameter in parameters)))
