"""Divergences of distributions made of others, and of any exponential family."""
from __future__ import annotations

from typing import Any

from flambeau.distributions.exp_family import ExponentialFamily, normalizer_and_means
from flambeau.distributions.half_normal import HalfNormal
from flambeau.distributions.independent import Independent
from flambeau.distributions.kl.registry import kl_divergence, register_kl
from flambeau.distributions.one_hot_categorical import OneHotCategorical
from flambeau.distributions.transformed_distribution import TransformedDistribution
from flambeau.distributions.utils import _sum_rightmost


@register_kl(Independent, Independent)
def _independent(p: Any, q: Any) -> Any:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError("the divergence of Independents needs the same reinterpreted_batch_ndims, not "
                                  f"{p.reinterpreted_batch_ndims} and {q.reinterpreted_batch_ndims}")
    return _sum_rightmost(kl_divergence(p.base_dist, q.base_dist), p.reinterpreted_batch_ndims)


@register_kl(TransformedDistribution, TransformedDistribution)
def _transformed(p: Any, q: Any) -> Any:
    """What a transform does to both, it does not tell them apart by."""
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError("the divergence of TransformedDistributions needs equal transforms and event shapes")
    return kl_divergence(p.base_dist, q.base_dist)


@register_kl(HalfNormal, HalfNormal)
def _half_normal(p: Any, q: Any) -> Any:
    return kl_divergence(p.base_dist, q.base_dist)


@register_kl(OneHotCategorical, OneHotCategorical)
def _one_hot(p: Any, q: Any) -> Any:
    return kl_divergence(p._categorical, q._categorical)


@register_kl(ExponentialFamily, ExponentialFamily)
def _exponential_family(p: Any, q: Any) -> Any:
    """Bregman's divergence of the log normalizer. Nielsen and Nock, 2010."""
    if type(p) is not type(q):
        raise NotImplementedError("The cross KL-divergence between different exponential families cannot be computed "
                                  f"using Bregman divergences: {type(p).__name__}, {type(q).__name__}")
    parameters = [parameter.detach().requires_grad_() for parameter in p._natural_params]
    log_normalizer, means = normalizer_and_means(p, parameters)
    result = q._log_normalizer(*q._natural_params) - log_normalizer
    for own, other, mean in zip(parameters, q._natural_params, means, strict=True):
        result = result - _sum_rightmost((other - own) * mean, len(q.event_shape))
    return result
