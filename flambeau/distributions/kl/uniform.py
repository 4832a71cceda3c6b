"""Divergences from uniform distributions."""
from __future__ import annotations

import math
from typing import Any

from flambeau.distributions.beta import Beta
from flambeau.distributions.continuous_bernoulli import ContinuousBernoulli
from flambeau.distributions.exponential import Exponential
from flambeau.distributions.gamma import Gamma
from flambeau.distributions.gumbel import Gumbel
from flambeau.distributions.kl.registry import register_kl
from flambeau.distributions.normal import Normal
from flambeau.distributions.pareto import Pareto
from flambeau.distributions.uniform import Uniform
from flambeau.ops.exponential import exp, log, log1p, xlogy
from flambeau.ops.gamma import lgamma


@register_kl(Uniform, Uniform)
def _uniform(p: Any, q: Any) -> Any:
    result = log((q.high - q.low) / (p.high - p.low))
    return result.masked_fill((q.low > p.low) | (q.high < p.high), math.inf)


@register_kl(Uniform, Beta)
def _beta(p: Any, q: Any) -> Any:
    normalizer = lgamma(q.concentration1) + lgamma(q.concentration0) - lgamma(q.concentration1 + q.concentration0)
    result = (normalizer - p.entropy() - (q.concentration1 - 1) * _mean_log(p.low, p.high)
              - (q.concentration0 - 1) * _mean_log(1 - p.high, 1 - p.low))
    return result.masked_fill((p.high > 1) | (p.low < 0), math.inf)


def _mean_log(low: Any, high: Any) -> Any:
    """The mean of the logarithm between two numbers."""
    return (xlogy(high, high) - xlogy(low, low)) / (high - low) - 1


@register_kl(Uniform, ContinuousBernoulli)
def _continuous_bernoulli(p: Any, q: Any) -> Any:
    result = -p.entropy() - p.mean * q.logits - log1p(-q.probs) - q._cont_bern_log_norm()
    return result.masked_fill((p.high >= 1) | (p.low <= 0), math.inf)


@register_kl(Uniform, Exponential)
def _exponential(p: Any, q: Any) -> Any:
    return (q.rate * p.mean - log((p.high - p.low) * q.rate)).masked_fill(p.low < 0, math.inf)


@register_kl(Uniform, Gamma)
def _gamma(p: Any, q: Any) -> Any:
    normalizer = lgamma(q.concentration) - q.concentration * log(q.rate)
    result = normalizer - p.entropy() + (1 - q.concentration) * _mean_log(p.low, p.high) + q.rate * p.mean
    return result.masked_fill(p.low < 0, math.inf)


@register_kl(Uniform, Gumbel)
def _gumbel(p: Any, q: Any) -> Any:
    steps, high, low = q.scale / (p.high - p.low), (p.high - q.loc) / q.scale, (p.low - q.loc) / q.scale
    return log(steps) + 0.5 * (high + low) - steps * (exp(-high) - exp(-low))


@register_kl(Uniform, Normal)
def _normal(p: Any, q: Any) -> Any:
    off = p.variance + (p.mean - q.loc).square()
    return 0.5 * math.log(2 * math.pi) + log(q.scale) - p.entropy() + off / (2 * q.variance)


@register_kl(Uniform, Pareto)
def _pareto(p: Any, q: Any) -> Any:
    result = _mean_log(p.low, p.high) * (q.alpha + 1) - log(q.alpha * q.scale**q.alpha * (p.high - p.low))
    return result.masked_fill(p.low < q.scale, math.inf)
