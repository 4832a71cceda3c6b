"""The normal distribution of vectors."""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.distribution import Distribution, expand_parameters
from flambeau.distributions.utils import _standard_normal, lazy_property
from flambeau.ops.cholesky import cholesky, cholesky_inverse
from flambeau.ops.creation import eye
from flambeau.ops.flipping import flip
from flambeau.ops.shape import broadcast_shapes
from flambeau.ops.triangular import solve_triangular

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["MultivariateNormal"]


class MultivariateNormal(Distribution):
    """Normal vectors around `loc`, told how their elements vary together by one of three matrices."""

    arg_constraints = {"loc": constraints.real_vector, "covariance_matrix": constraints.positive_definite,
                       "precision_matrix": constraints.positive_definite, "scale_tril": constraints.lower_cholesky}
    support = constraints.real_vector
    has_rsample = True
    expand = expand_parameters

    def __init__(self, loc: Tensor, covariance_matrix: Tensor | None = None, precision_matrix: Tensor | None = None,
                 scale_tril: Tensor | None = None, validate_args: bool | None = None) -> None:
        if loc.ndim < 1:
            raise ValueError("loc must be at least one-dimensional.")
        name, matrix = the_matrix(covariance_matrix, precision_matrix, scale_tril, ValueError)
        batch_shape = Size(broadcast_shapes(matrix.shape[:-2], loc.shape[:-1]))
        setattr(self, name, matrix.expand((*batch_shape, -1, -1)))
        self.loc = loc.expand((*batch_shape, -1))
        super().__init__(batch_shape, self.loc.shape[-1:], validate_args=validate_args)
        self._unbroadcasted_scale_tril = FACTOR[name](matrix)

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
        return matrix.expand(self._batch_shape + self._event_shape + self._event_shape)

    @property
    def mean(self) -> Tensor:
        return self.loc

    @property
    def mode(self) -> Tensor:
        return self.loc

    @property
    def variance(self) -> Tensor:
        return self._unbroadcasted_scale_tril.square().sum(-1).expand(self._batch_shape + self._event_shape)

    def rsample(self, sample_shape: Sequence[int] = Size()) -> Tensor:
        noise = _standard_normal(self._extended_shape(sample_shape), self.loc.dtype, self.loc.device)
        return self.loc + _batch_mv(self._unbroadcasted_scale_tril, noise)

    def log_prob(self, value: Tensor) -> Tensor:
        self._validate(value)
        distance = _batch_mahalanobis(self._unbroadcasted_scale_tril, value - self.loc)
        constant = self._event_shape[0] * math.log(2 * math.pi)
        return -0.5 * (constant + distance) - half_log_det(self._unbroadcasted_scale_tril)

    def entropy(self) -> Tensor:
        constant = 0.5 * self._event_shape[0] * (1 + math.log(2 * math.pi))
        return (constant + half_log_det(self._unbroadcasted_scale_tril)).expand(self._batch_shape)


def the_matrix(covariance_matrix: Any, precision_matrix: Any, scale_tril: Any,
               error: type[Exception]) -> tuple[str, Any]:
    """Return the name and the value of the one matrix that was given.

    Raises `error` for none and for several, ValueError for what is no matrix.
    """
    every = {"covariance_matrix": covariance_matrix, "precision_matrix": precision_matrix, "scale_tril": scale_tril}
    found = [(name, matrix) for name, matrix in every.items() if matrix is not None]
    if len(found) != 1:
        raise error("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
    name, matrix = found[0]
    if matrix.ndim < 2:
        raise ValueError(f"{name} must be at least two-dimensional, with optional leading batch dimensions")
    return name, matrix


def _precision_to_scale_tril(precision: Tensor) -> Tensor:
    """Return the Cholesky factor of the inverse: read backwards, the factor of `precision` is its inverse, transposed."""
    factor = flip(cholesky(flip(precision, (-2, -1))), (-2, -1)).mT
    ones = eye(precision.shape[-1], dtype=precision.dtype, device=precision.device)
    return solve_triangular(factor, ones, upper=False)


FACTOR: dict[str, Callable[[Any], Any]] = {
    "covariance_matrix": cholesky,
    "precision_matrix": _precision_to_scale_tril,
    "scale_tril": lambda matrix: matrix,
}


def half_log_det(factor: Tensor) -> Tensor:
    """Half the logarithm of the determinant of the matrix whose Cholesky factor this is."""
    return factor.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def _batch_mv(bmat: Tensor, bvec: Tensor) -> Tensor:
    return (bmat @ bvec.unsqueeze(-1)).squeeze(-1)


def _batch_mahalanobis(bL: Tensor, bx: Tensor) -> Tensor:
    """Return xᵀ (L Lᵀ)⁻¹ x for each vector x; many vectors for one matrix are its columns."""
    if bL.ndim > 2:
        return solve_triangular(bL, bx.unsqueeze(-1), upper=False).square().sum((-2, -1))
    columns = bx.reshape(-1, bx.shape[-1]).T
    return solve_triangular(bL, columns, upper=False).square().sum(0).reshape(bx.shape[:-1])
