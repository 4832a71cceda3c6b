"""The Wishart distribution of covariance matrices."""
from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.limits import finfo
from flambeau.core.size import Size
from flambeau.core.tensor import TensorBase
from flambeau.distributions import constraints
from flambeau.distributions.chi2 import Chi2
from flambeau.distributions.distribution import expand_parameters
from flambeau.distributions.exp_family import ExponentialFamily
from flambeau.distributions.multivariate_normal import FACTOR, half_log_det, the_matrix
from flambeau.distributions.utils import lazy_property
from flambeau.ops.cholesky import cholesky, cholesky_inverse, cholesky_solve
from flambeau.ops.creation import arange, tensor, tril_indices
from flambeau.ops.gamma import digamma, mvlgamma
from flambeau.ops.masking import where
from flambeau.ops.random import randn
from flambeau.ops.shape import broadcast_shapes

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["Wishart"]

LOG_2 = math.log(2)


class Wishart(ExponentialFamily):
    """The sum of the outer products of `df` normal vectors of such a covariance with themselves."""

    support = constraints.positive_definite
    has_rsample = True
    _mean_carrier_measure = 0
    expand = expand_parameters

    def __init__(self, df: Tensor | float, covariance_matrix: Tensor | None = None,
                 precision_matrix: Tensor | None = None, scale_tril: Tensor | None = None,
                 validate_args: bool | None = None) -> None:
        name, matrix = the_matrix(covariance_matrix, precision_matrix, scale_tril, AssertionError)
        df = df if isinstance(df, TensorBase) else tensor(df, dtype=matrix.dtype, device=matrix.device)
        batch_shape = Size(broadcast_shapes(matrix.shape[:-2], df.shape))
        self.df = df.expand(batch_shape)
        _check_degrees(self.df, matrix.shape[-1])
        setattr(self, name, matrix.expand((*batch_shape, -1, -1)))
        super().__init__(batch_shape, matrix.shape[-2:], validate_args=validate_args)
        self._unbroadcasted_scale_tril = FACTOR[name](matrix)
        rows = arange(matrix.shape[-1], dtype=matrix.dtype, device=matrix.device)
        self._dist_chi2 = Chi2(self.df.unsqueeze(-1) - rows)

    @property
    def arg_constraints(self) -> dict[str, constraints.Constraint]:
        return {"covariance_matrix": constraints.positive_definite, "precision_matrix": constraints.positive_definite,
                "scale_tril": constraints.lower_cholesky, "df": constraints.greater_than(self._event_shape[-1] - 1)}

    @lazy_property
    def scale_tril(self) -> Tensor:
        return self._stretched(self._unbroadcasted_scale_tril)

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        return self._stretched(self._unbroadcasted_scale_tril @ self._unbroadcasted_scale_tril.mT)

    @lazy_property
    def precision_matrix(self) -> Tensor:
        return self._stretched(cholesky_inverse(self._unbroadcasted_scale_tril))

    def _stretched(self, matrix: Tensor) -> Tensor:
        return matrix.expand(self._batch_shape + self._event_shape)

    @property
    def mean(self) -> Tensor:
        return self.df[..., None, None] * self.covariance_matrix

    @property
    def mode(self) -> Tensor:
        factor = self.df - self._event_shape[-1] - 1
        return where(factor > 0, factor, math.nan)[..., None, None] * self.covariance_matrix

    @property
    def variance(self) -> Tensor:
        diagonal = self.covariance_matrix.diagonal(dim1=-2, dim2=-1)
        own = diagonal.unsqueeze(-1) * diagonal.unsqueeze(-2)
        return self.df[..., None, None] * (self.covariance_matrix.square() + own)

    def rsample(self, sample_shape: Sequence[int] = Size(), max_try_correction: int | None = None) -> Tensor:
        """Draw, and draw again in place of what rounding made singular, up to `max_try_correction` times (10)."""
        self._bartlett_sampling(sample_shape)  # PyTorch 2.13 draws anew in place of sound first draws; its seeds hold here
        sample = self._bartlett_sampling(sample_shape)
        for _ in range(10 if max_try_correction is None else max_try_correction):
            sound = self.support.check(sample)
            if sound.all():
                return sample
            sample = where(sound[..., None, None], sample, self._bartlett_sampling(sample_shape))
        if not self.support.check(sample).all():
            warnings.warn("Singular sample detected; raise df, or the precision.", stacklevel=2)
        return sample

    def _bartlett_sampling(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        """Draw a Cholesky factor. M. S. Bartlett, "On the theory of statistical regression", 1933."""
        p = self._event_shape[-1]
        diagonal = self._dist_chi2.rsample(sample_shape).sqrt()
        noise = diagonal.clamp(min=finfo(diagonal.dtype).eps).diag_embed()
        rows, columns = tril_indices(p, p, offset=-1, device=noise.device)
        below = randn((*sample_shape, *self._batch_shape, p * (p - 1) // 2), dtype=noise.dtype, device=noise.device)
        noise[..., rows, columns] = below
        factor = self._unbroadcasted_scale_tril @ noise
        return factor @ factor.mT

    def log_prob(self, value: Tensor) -> Tensor:
        self._validate(value)
        p = self._event_shape[-1]
        trace = cholesky_solve(value, self._unbroadcasted_scale_tril).diagonal(dim1=-2, dim2=-1).sum(-1)
        return (-self.df * (p * LOG_2 / 2 + half_log_det(self._unbroadcasted_scale_tril)) - mvlgamma(self.df / 2, p)
                + (self.df - p - 1) * half_log_det(cholesky(value)) - trace / 2)

    def entropy(self) -> Tensor:
        p, half = self._event_shape[-1], self.df / 2
        return ((p + 1) * (p * LOG_2 / 2 + half_log_det(self._unbroadcasted_scale_tril)) + mvlgamma(half, p)
                - (self.df - p - 1) / 2 * _mvdigamma(half, p) + self.df * p / 2)

    @property
    def _natural_params(self) -> tuple[Tensor, Tensor]:
        return -self.precision_matrix / 2, (self.df - self._event_shape[-1] - 1) / 2

    def _log_normalizer(self, x: Any, y: Any) -> Any:
        p = self._event_shape[-1]
        half = y + (p + 1) / 2
        return half * (p * LOG_2 - 2 * half_log_det(cholesky(-2 * x))) + mvlgamma(half, p)


def _check_degrees(df: Tensor, p: int) -> None:
    """Raise ValueError where no matrix would have full rank, warn where many will not."""
    if (df <= p - 1).any():
        raise ValueError(f"Value of df={df} expected to be greater than ndim - 1 = {p - 1}.")
    if (df < p).any():
        warnings.warn("Low df values detected. Singular samples are highly likely to occur for ndim - 1 < df < ndim.",
                      stacklevel=3)


def _mvdigamma(x: Tensor, p: int) -> Tensor:
    """The derivative of `mvlgamma`."""
    return digamma(x.unsqueeze(-1) - arange(p, dtype=x.dtype, device=x.device) / 2).sum(-1)
