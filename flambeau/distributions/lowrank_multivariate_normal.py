"""The normal distribution of long vectors that vary together in few ways."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.distribution import Distribution, expand_parameters
from flambeau.distributions.multivariate_normal import _batch_mahalanobis, _batch_mv, half_log_det
from flambeau.distributions.utils import _standard_normal, lazy_property
from flambeau.ops.cholesky import cholesky
from flambeau.ops.creation import eye
from flambeau.ops.shape import broadcast_tensors
from flambeau.ops.triangular import solve_triangular

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["LowRankMultivariateNormal"]


class LowRankMultivariateNormal(Distribution):
    """Normal vectors with the covariance W Wᵀ + D, for a narrow matrix W = `cov_factor` and a diagonal D = `cov_diag`.

    All is computed with the small matrix C = I + Wᵀ D⁻¹ W (Woodbury's identity, and the lemma on determinants).
    """

    arg_constraints = {"loc": constraints.real_vector, "cov_factor": constraints.independent(constraints.real, 2),
                       "cov_diag": constraints.independent(constraints.positive, 1)}
    support = constraints.real_vector
    has_rsample = True
    expand = expand_parameters

    def __init__(self, loc: Tensor, cov_factor: Tensor, cov_diag: Tensor, validate_args: bool | None = None) -> None:
        _check_shapes(loc, cov_factor, cov_diag)
        try:
            columns = broadcast_tensors(loc.unsqueeze(-1), cov_factor, cov_diag.unsqueeze(-1))
        except RuntimeError as error:
            raise ValueError(f"Incompatible batch shapes: loc {loc.shape}, cov_factor {cov_factor.shape}, "
                             f"cov_diag {cov_diag.shape}") from error
        self.loc, self.cov_factor, self.cov_diag = columns[0][..., 0], columns[1], columns[2][..., 0]
        self._unbroadcasted_cov_factor, self._unbroadcasted_cov_diag = cov_factor, cov_diag
        self._capacitance_tril = _factor_over_one(_divided_factor(cov_factor, cov_diag) @ cov_factor)
        super().__init__(self.loc.shape[:-1], self.loc.shape[-1:], validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @lazy_property
    def variance(self) -> Tensor:
        variance = self._unbroadcasted_cov_factor.square().sum(-1) + self._unbroadcasted_cov_diag
        return variance.expand(self._batch_shape + self._event_shape)

    @lazy_property
    def scale_tril(self) -> Tensor:
        """The Cholesky factor of the covariance: of D times that of I + D⁻¹ᐟ² W Wᵀ D⁻¹ᐟ²."""
        roots = self._unbroadcasted_cov_diag.sqrt().unsqueeze(-1)
        divided = self._unbroadcasted_cov_factor / roots
        return self._stretched(roots * _factor_over_one(divided @ divided.mT))

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        common = self._unbroadcasted_cov_factor @ self._unbroadcasted_cov_factor.mT
        return self._stretched(common + self._unbroadcasted_cov_diag.diag_embed())

    @lazy_property
    def precision_matrix(self) -> Tensor:
        divided = _divided_factor(self._unbroadcasted_cov_factor, self._unbroadcasted_cov_diag)
        common = solve_triangular(self._capacitance_tril, divided, upper=False)
        return self._stretched(self._unbroadcasted_cov_diag.reciprocal().diag_embed() - common.mT @ common)

    def _stretched(self, matrix: Tensor) -> Tensor:
        return matrix.expand(self._batch_shape + self._event_shape + self._event_shape)

    def rsample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        shape = self._extended_shape(sample_shape)
        common = _standard_normal(shape[:-1] + self.cov_factor.shape[-1:], self.loc.dtype, self.loc.device)
        own = _standard_normal(shape, self.loc.dtype, self.loc.device)
        return (self.loc + _batch_mv(self._unbroadcasted_cov_factor, common)
                + self._unbroadcasted_cov_diag.sqrt() * own)

    def log_prob(self, value: Tensor) -> Tensor:
        self._validate(value)
        constant = self._event_shape[0] * math.log(2 * math.pi)
        return -0.5 * (constant + self._log_det() + self._distance(value - self.loc))

    def entropy(self) -> Tensor:
        constant = self._event_shape[0] * (1 + math.log(2 * math.pi))
        return (0.5 * (constant + self._log_det())).expand(self._batch_shape)

    def _log_det(self) -> Tensor:
        """The logarithm of the covariance's determinant."""
        return 2 * half_log_det(self._capacitance_tril) + self._unbroadcasted_cov_diag.log().sum(-1)

    def _distance(self, x: Tensor) -> Tensor:
        """Mahalanobis' distance of x from 0, squared."""
        divided = _divided_factor(self._unbroadcasted_cov_factor, self._unbroadcasted_cov_diag)
        alone = (x.square() / self._unbroadcasted_cov_diag).sum(-1)
        return alone - _batch_mahalanobis(self._capacitance_tril, _batch_mv(divided, x))


def _check_shapes(loc: Tensor, cov_factor: Tensor, cov_diag: Tensor) -> None:
    if loc.ndim < 1:
        raise ValueError("loc must be at least one-dimensional.")
    event_shape = loc.shape[-1:]
    if cov_factor.ndim < 2:
        raise ValueError("cov_factor must be at least two-dimensional, with optional leading batch dimensions")
    if cov_factor.shape[-2:-1] != event_shape:
        raise ValueError(f"cov_factor must be a batch of matrices with shape {event_shape[0]} x m")
    if cov_diag.shape[-1:] != event_shape:
        raise ValueError(f"cov_diag must be a batch of vectors with shape {event_shape}")


def _divided_factor(cov_factor: Tensor, cov_diag: Tensor) -> Tensor:
    """Wᵀ D⁻¹"""
    return cov_factor.mT / cov_diag.unsqueeze(-2)


def _factor_over_one(matrix: Tensor) -> Tensor:
    """The Cholesky factor of I + `matrix`."""
    return cholesky(matrix + eye(matrix.shape[-1], dtype=matrix.dtype, device=matrix.device))
