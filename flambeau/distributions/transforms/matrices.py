"""Transforms into Cholesky factors and the matrices that these are of."""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flambeau.core.limits import finfo
from flambeau.core.size import Size
from flambeau.distributions import constraints
from flambeau.distributions.transforms.events import check_dims
from flambeau.distributions.transforms.transform import Fixed, Transform
from flambeau.distributions.utils import tril_matrix_to_vec, vec_to_tril_matrix
from flambeau.ops.activation import softplus
from flambeau.ops.cholesky import cholesky
from flambeau.ops.creation import eye
from flambeau.ops.padding import pad
from flambeau.ops.trigonometry import atanh, tanh

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


class LowerCholeskyTransform(Fixed):
    """Any matrix to a lower triangular one with a positive diagonal."""

    domain, codomain = constraints.independent(constraints.real, 2), constraints.lower_cholesky

    def _call(self, x: Tensor) -> Tensor:
        return x.tril(-1) + x.diagonal(dim1=-2, dim2=-1).exp().diag_embed()

    def _inverse(self, y: Tensor) -> Tensor:
        return y.tril(-1) + y.diagonal(dim1=-2, dim2=-1).log().diag_embed()


class PositiveDefiniteTransform(Fixed):
    """Any matrix to a positive-definite one, by way of its Cholesky factor."""

    domain, codomain = constraints.independent(constraints.real, 2), constraints.positive_definite

    def _call(self, x: Tensor) -> Tensor:
        factor = LowerCholeskyTransform()(x)
        return factor @ factor.mT

    def _inverse(self, y: Tensor) -> Tensor:
        return LowerCholeskyTransform().inv(cholesky(y))


class CorrCholeskyTransform(Transform):
    """A vector to the Cholesky factor of a correlation matrix, each row of which has length 1.

    tanh makes partial correlations of the numbers; each takes its share of what its row has left of length 1.
    Lewandowski, Kurowicka and Joe, "Generating random correlation matrices based on vines and extended onion method", 2009.
    """

    domain, codomain = constraints.real_vector, constraints.corr_cholesky
    bijective = True

    def _call(self, x: Tensor) -> Tensor:
        below_one = 1 - finfo(x.dtype).eps
        partial = vec_to_tril_matrix(tanh(x).clamp(min=-below_one, max=below_one), diag=-1)
        left = (1 - partial.square()).sqrt().cumprod(-1)
        partial = partial + eye(partial.shape[-1], dtype=x.dtype, device=x.device)
        return partial * pad(left[..., :-1], [1, 0], value=1)

    def _inverse(self, y: Tensor) -> Tensor:
        left = 1 - y.square().cumsum(-1)
        left_before = tril_matrix_to_vec(pad(left[..., :-1], [1, 0], value=1), diag=-1)
        return atanh(tril_matrix_to_vec(y, diag=-1) / left_before.sqrt())

    def log_abs_det_jacobian(self, x: Tensor, y: Tensor) -> Tensor:
        left = tril_matrix_to_vec(1 - y.square().cumsum(-1), diag=-2)
        of_tanh = -2 * (x + softplus(-2 * x) - math.log(2)).sum(-1)
        return 0.5 * left.log().sum(-1) + of_tanh

    def forward_shape(self, shape: Sequence[int]) -> Size:
        check_dims(shape, 1)
        rows = round((0.25 + 2 * shape[-1]) ** 0.5 + 0.5)
        if rows * (rows - 1) // 2 != shape[-1]:
            raise ValueError(f"Input is not a flattened lower-diagonal number: no triangle has {shape[-1]} elements")
        return Size((*shape[:-1], rows, rows))

    def inverse_shape(self, shape: Sequence[int]) -> Size:
        check_dims(shape, 2)
        rows = shape[-1]
        if shape[-2] != rows:
            raise ValueError(f"Input is not square: {shape[-2]} x {rows}")
        return Size((*shape[:-2], rows * (rows - 1) // 2))
