"""The von Mises distribution: angles around one."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.autograd.mode import no_grad
from flambeau.core.dtype import float64
from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.distribution import Distribution, expand_parameters
from flambeau.distributions.utils import broadcast_all, lazy_property
from flambeau.ops.creation import zeros
from flambeau.ops.exponential import exp, log, sqrt
from flambeau.ops.masking import where
from flambeau.ops.random import rand
from flambeau.ops.trigonometry import acos, cos

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["VonMises"]

# Abramowitz and Stegun, 9.8.1 to 9.8.4: polynomials for I₀ and I₁, in (x / 3.75)² below 3.75 and in 3.75 / x above.
BELOW = ((1.0, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813),
         (0.5, 0.87890594, 0.51498869, 0.15084934, 0.02658733, 0.00301532, 0.00032411))
ABOVE = ((0.39894228, 0.01328592, 0.00225319, -0.00157565, 0.00916281, -0.02057706, 0.02635537, -0.01647633, 0.00392377),
         (0.39894228, -0.03988024, -0.00362018, 0.00163801, -0.01031555, 0.02282967, -0.02895312, 0.01787654, -0.00420059))


class VonMises(Distribution):
    """Angles in [-π, π) around `loc`, closer to it the larger `concentration` is."""

    arg_constraints = {"loc": constraints.real, "concentration": constraints.positive}
    support = constraints.real
    has_rsample = False
    expand = expand_parameters

    def __init__(self, loc: Tensor, concentration: Tensor, validate_args: bool | None = None) -> None:
        self.loc, self.concentration = broadcast_all(loc, concentration)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @lazy_property
    def variance(self) -> Tensor:
        """How far the mean direction is from length 1."""
        return 1 - exp(_log_bessel(self.concentration, 1) - _log_bessel(self.concentration, 0))

    def log_prob(self, value: Tensor) -> Tensor:
        self._validate(value)
        return self.concentration * cos(value - self.loc) - math.log(2 * math.pi) - _log_bessel(self.concentration, 0)

    def sample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        """Best and Fisher, "Efficient simulation of the von Mises distribution", 1979."""
        with no_grad():
            concentration = self.concentration.to(float64)
            off = _drawn(concentration, _proposal(concentration), self._extended_shape(sample_shape))
            return ((off + math.pi + self.loc.to(float64)) % (2 * math.pi) - math.pi).to(self.loc.dtype)


def _proposal(concentration: Tensor) -> Tensor:
    """How wide the wrapped Cauchy distribution is that proposals are drawn from."""
    tau = 1 + sqrt(1 + 4 * concentration**2)
    rho = (tau - sqrt(2 * tau)) / (2 * concentration)
    return where(concentration < 1e-5, 1 / concentration + concentration, (1 + rho**2) / (2 * rho))


def _drawn(concentration: Tensor, width: Tensor, shape: Size) -> Tensor:
    """Draw proposals for all places, until each place has accepted one; it keeps the last."""
    angles = zeros(shape, dtype=concentration.dtype, device=concentration.device)
    done = angles.bool()
    while not done.all():
        turn, height, side = rand((3, *shape), dtype=concentration.dtype, device=concentration.device).unbind()
        cosine = cos(math.pi * turn)
        cosine = (1 + width * cosine) / (width + cosine)
        room = concentration * (width - cosine)
        accepted = (room * (2 - room) - height > 0) | (log(room / height) + 1 - room >= 0)
        angles = where(accepted, (side - 0.5).sign() * acos(cosine), angles)
        done = done | accepted
    return angles


def _log_bessel(x: Tensor, order: int) -> Tensor:
    """The logarithm of the modified Bessel function of the first kind, for x >= 0."""
    below = _polynomial((x / 3.75) ** 2, BELOW[order])
    below = log(x.abs() * below if order else below)
    above = x - 0.5 * log(x) + log(_polynomial(3.75 / x, ABOVE[order]))
    return where(x < 3.75, below, above)


def _polynomial(x: Tensor, coefficients: Sequence[float]) -> Tensor:
    """Evaluate a polynomial, its lowest coefficient first."""
    result = x * coefficients[-1] + coefficients[-2]
    for coefficient in coefficients[-3::-1]:
        result = result * x + coefficient
    return result
