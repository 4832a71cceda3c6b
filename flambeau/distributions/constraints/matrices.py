"""Constraints on matrices."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import namespace_of
from flambeau.core.limits import finfo
from flambeau.dispatch.op import op
from flambeau.distributions.constraints.constraint import Constraint
from flambeau.ops.cholesky import cholesky_ex
from flambeau.ops.comparison import isclose

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


class _Matrix(Constraint):
    event_dim = 2


class _LowerTriangular(_Matrix):
    def check(self, value: Any) -> Any:
        return (value.tril() == value).all(-1).all(-1)


class _LowerCholesky(_LowerTriangular):
    """Lower triangular with a positive diagonal."""

    def check(self, value: Any) -> Any:
        return super().check(value) & (value.diagonal(dim1=-2, dim2=-1) > 0).all(-1)


class _CorrCholesky(_LowerCholesky):
    """The factors of correlation matrices: of rows of length 1."""

    def check(self, value: Any) -> Any:
        tolerance = finfo(value.dtype).eps * value.shape[-1] * 10
        lengths = value.detach().square().sum(-1).sqrt()
        return super().check(value) & ((lengths - 1.0).abs() <= tolerance).all(-1)


class _Square(_Matrix):
    def check(self, value: Any) -> Any:
        return value.new_full(value.shape[:-2], value.shape[-2] == value.shape[-1]).bool()


class _Symmetric(_Square):
    def check(self, value: Any) -> Any:
        is_square = super().check(value)
        return isclose(value, value.mT, atol=1e-6).all(-1).all(-1) if is_square.all() else is_square


class _PositiveSemidefinite(_Symmetric):
    def check(self, value: Any) -> Any:
        is_symmetric = super().check(value)
        return (_eigenvalues(value) >= 0).all(-1) if is_symmetric.all() else is_symmetric


class _PositiveDefinite(_Symmetric):
    def check(self, value: Any) -> Any:
        is_symmetric = super().check(value)
        return cholesky_ex(value.detach()).info == 0 if is_symmetric.all() else is_symmetric


@op()
def _eigenvalues(matrices: Tensor) -> Tensor:
    return namespace_of(matrices).linalg.eigvalsh(matrices)
