"""Divergences from distributions of shares of one: beta, Dirichlet, continuous Bernoulli."""
from __future__ import annotations

import math
from typing import Any

from flambeau.distributions.beta import Beta
from flambeau.distributions.continuous_bernoulli import ContinuousBernoulli
from flambeau.distributions.dirichlet import Dirichlet
from flambeau.distributions.exponential import Exponential
from flambeau.distributions.gamma import Gamma
from flambeau.distributions.kl.registry import kl_divergence, register_kl
from flambeau.distributions.normal import Normal
from flambeau.distributions.uniform import Uniform
from flambeau.ops.exponential import log, log1p
from flambeau.ops.gamma import digamma, lgamma


@register_kl(Beta, Beta)
def _beta(p: Any, q: Any) -> Any:
    return kl_divergence(p._dirichlet, q._dirichlet)


@register_kl(Dirichlet, Dirichlet)
def _dirichlet(p: Any, q: Any) -> Any:
    total = p.concentration.sum(-1, True)
    shift = (p.concentration - q.concentration) * (digamma(p.concentration) - digamma(total))
    return q._log_normalizer(q.concentration) - p._log_normalizer(p.concentration) + shift.sum(-1)


@register_kl(ContinuousBernoulli, ContinuousBernoulli)
def _continuous_bernoulli(p: Any, q: Any) -> Any:
    own = p._cont_bern_log_norm() + log1p(-p.probs)
    return p.mean * (p.logits - q.logits) + own - q._cont_bern_log_norm() - log1p(-q.probs)


@register_kl(Beta, ContinuousBernoulli)
def _beta_continuous_bernoulli(p: Any, q: Any) -> Any:
    return -p.entropy() - p.mean * q.logits - log1p(-q.probs) - q._cont_bern_log_norm()


@register_kl(Beta, Exponential)
@register_kl(ContinuousBernoulli, Exponential)
@register_kl(Gamma, Exponential)
def _exponential(p: Any, q: Any) -> Any:
    return -p.entropy() - log(q.rate) + q.rate * p.mean


@register_kl(Beta, Gamma)
def _beta_gamma(p: Any, q: Any) -> Any:
    mean_log = digamma(p.concentration1) - digamma(p.concentration1 + p.concentration0)
    normalizer = lgamma(q.concentration) - q.concentration * log(q.rate)
    return -p.entropy() + normalizer - (q.concentration - 1) * mean_log + q.rate * p.mean


@register_kl(Beta, Normal)
@register_kl(ContinuousBernoulli, Normal)
def _normal(p: Any, q: Any) -> Any:
    off = p.variance + (p.mean - q.loc).square()
    return -p.entropy() + 0.5 * math.log(2 * math.pi) + log(q.scale) + off / (2 * q.variance)


@register_kl(Beta, Uniform)
def _beta_uniform(p: Any, q: Any) -> Any:
    return (-p.entropy() + log(q.high - q.low)).masked_fill((q.low > 0) | (q.high < 1), math.inf)


@register_kl(ContinuousBernoulli, Uniform)
def _continuous_bernoulli_uniform(p: Any, q: Any) -> Any:
    return (-p.entropy() + log(q.high - q.low)).masked_fill((q.low >= 0) | (q.high <= 1), math.inf)
