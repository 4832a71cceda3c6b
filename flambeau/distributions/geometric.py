"""The geometric distribution: how often one fails before a success."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.autograd.mode import no_grad
from flambeau.core.limits import finfo
from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.chances import Chance, given
from flambeau.distributions.distribution import expand_parameters
from flambeau.distributions.utils import broadcast_all
from flambeau.ops.binary_loss import binary_cross_entropy_with_logits
from flambeau.ops.creation import zeros_like
from flambeau.ops.exponential import log, log1p

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["Geometric"]


class Geometric(Chance):
    """How many trials fail before the first that succeeds, each succeeding with probability `probs`."""

    arg_constraints = {"probs": constraints.unit_interval, "logits": constraints.real}
    support = constraints.nonnegative_integer
    expand = expand_parameters

    def __init__(self, probs: Tensor | float | None = None, logits: Tensor | float | None = None,
                 validate_args: bool | None = None) -> None:
        name, value = given(probs, logits)
        setattr(self, name, *broadcast_all(value))
        super().__init__(self._param.shape, validate_args=validate_args)
        if self._validate_args and logits is None:
            self._refuse_hopeless(self.probs)

    def _refuse_hopeless(self, probs: Tensor) -> None:
        """Raise ValueError where there would never be a success."""
        possible = probs > 0
        if not possible.all():
            raise ValueError(f"Expected parameter probs ({type(probs).__name__} of shape {tuple(probs.shape)}) of "
                             f"distribution {self!r} to be positive but found invalid values:\n{probs.detach()[~possible]}")

    @property
    def mean(self) -> Tensor:
        return 1 / self.probs - 1

    @property
    def mode(self) -> Tensor:
        return zeros_like(self.probs)

    @property
    def variance(self) -> Tensor:
        return (1 / self.probs - 1) / self.probs

    def sample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        with no_grad():
            drawn = self.probs.new_empty(self._extended_shape(sample_shape)).uniform_(finfo(self.probs.dtype).tiny, 1)
            return (log(drawn) / log1p(-self.probs)).floor()

    def log_prob(self, value: Tensor) -> Tensor:
        self._validate(value)
        value, probs = broadcast_all(value, self.probs)
        failing = probs.masked_fill((probs == 1) & (value == 0), 0)  # no failure at all: 0 · log 0 is NaN
        return value * log1p(-failing) + log(self.probs)

    def entropy(self) -> Tensor:
        return binary_cross_entropy_with_logits(self.logits, self.probs, reduction="none") / self.probs
