"""The LKJ distribution of correlation matrices, by their Cholesky factors."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.autograd.mode import no_grad
from flambeau.core.limits import finfo
from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.beta import Beta
from flambeau.distributions.distribution import Distribution, expand_parameters
from flambeau.distributions.utils import broadcast_all
from flambeau.ops.creation import arange
from flambeau.ops.exponential import log
from flambeau.ops.gamma import lgamma, mvlgamma
from flambeau.ops.random import randn

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["LKJCholesky"]


class LKJCholesky(Distribution):
    """Cholesky factors of correlation matrices M of `dim` rows, with a density det(M) ** (concentration - 1).

    Drawn row by row, by the onion method. Lewandowski, Kurowicka and Joe, "Generating random correlation matrices based
    on vines and extended onion method", 2009.
    """

    arg_constraints = {"concentration": constraints.positive}
    support = constraints.corr_cholesky
    expand = expand_parameters

    def __init__(self, dim: int, concentration: Tensor | float = 1.0, validate_args: bool | None = None) -> None:
        if dim < 2:
            raise ValueError(f"Expected dim to be an integer greater than or equal to 2. Found dim={dim}.")
        self.dim = dim
        (self.concentration,) = broadcast_all(concentration)
        row = (arange(dim, dtype=self.concentration.dtype, device=self.concentration.device) - 1).clamp(min=0)
        marginal = self.concentration + 0.5 * (dim - 2)
        self._beta = Beta(row + 0.5, marginal.unsqueeze(-1) - 0.5 * row)  # how much of each row's length is off its diagonal
        super().__init__(self.concentration.shape, Size((dim, dim)), validate_args=validate_args)

    def sample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        with no_grad():
            share = self._beta.sample(sample_shape).unsqueeze(-1)
            direction = randn(self._extended_shape(sample_shape), dtype=share.dtype, device=share.device).tril(-1)
            direction = direction / direction.norm(dim=-1, keepdim=True)
            direction[..., 0, :] = 0.0  # the first row has nothing off its diagonal
            off = share.sqrt() * direction
            rest = (1 - off.square().sum(-1)).clamp(min=finfo(off.dtype).tiny)
            return off + rest.sqrt().diag_embed()

    def log_prob(self, value: Tensor) -> Tensor:
        self._validate(value)
        diagonal = value.diagonal(dim1=-1, dim2=-2)[..., 1:]
        rows = arange(2, self.dim + 1, device=self.concentration.device)
        order = 2 * (self.concentration - 1).unsqueeze(-1) + self.dim - rows
        return (order * log(diagonal)).sum(-1) - self._log_normalizer()

    def _log_normalizer(self) -> Tensor:
        below = self.dim - 1
        alpha = self.concentration + 0.5 * below
        return 0.5 * below * math.log(math.pi) + mvlgamma(alpha - 0.5, below) - lgamma(alpha) * below
