"""Divergences of the normal distributions of vectors."""
from __future__ import annotations

from typing import Any

from flambeau.distributions.kl.registry import register_kl
from flambeau.distributions.lowrank_multivariate_normal import LowRankMultivariateNormal, _divided_factor
from flambeau.distributions.multivariate_normal import MultivariateNormal, _batch_mahalanobis, half_log_det
from flambeau.ops.triangular import solve_triangular


@register_kl(MultivariateNormal, MultivariateNormal)
@register_kl(MultivariateNormal, LowRankMultivariateNormal)
@register_kl(LowRankMultivariateNormal, MultivariateNormal)
@register_kl(LowRankMultivariateNormal, LowRankMultivariateNormal)
def _normals(p: Any, q: Any) -> Any:
    if p.event_shape != q.event_shape:
        raise ValueError("KL-divergence between two (Low Rank) Multivariate Normals with different event shapes cannot be "
                         f"computed: {p.event_shape}, {q.event_shape}")
    return 0.5 * (_log_det(q) - _log_det(p) + _trace_of_ratio(p, q) + _distance(q, q.loc - p.loc) - p.event_shape[0])


def _log_det(d: Any) -> Any:
    return d._log_det() if isinstance(d, LowRankMultivariateNormal) else 2 * half_log_det(d._unbroadcasted_scale_tril)


def _distance(d: Any, x: Any) -> Any:
    if isinstance(d, LowRankMultivariateNormal):
        return d._distance(x)
    return _batch_mahalanobis(d._unbroadcasted_scale_tril, x)


def _trace_of_ratio(p: Any, q: Any) -> Any:
    """The trace of q's inverse covariance times p's, summed over the matrices R that p's covariance is the R Rᵀ of."""
    return sum(_trace_divided(q, root) for root in _roots(p))


def _roots(p: Any) -> list[Any]:
    if isinstance(p, LowRankMultivariateNormal):
        return [p._unbroadcasted_cov_factor, p._unbroadcasted_cov_diag.sqrt().diag_embed()]
    return [p._unbroadcasted_scale_tril]


def _trace_divided(q: Any, root: Any) -> Any:
    """The trace of Rᵀ Q⁻¹ R."""
    if not isinstance(q, LowRankMultivariateNormal):
        return _sum_of_squares(solve_triangular(q._unbroadcasted_scale_tril, root, upper=False))
    divided = _divided_factor(q._unbroadcasted_cov_factor, q._unbroadcasted_cov_diag)
    common = solve_triangular(q._capacitance_tril, divided @ root, upper=False)
    return _sum_of_squares(root / q._unbroadcasted_cov_diag.sqrt().unsqueeze(-1)) - _sum_of_squares(common)


def _sum_of_squares(matrices: Any) -> Any:
    return matrices.square().sum((-2, -1))
