"""Divergences from distributions of positive numbers: exponential, gamma, Pareto."""
from __future__ import annotations

import math
from typing import Any

from flambeau.distributions.exponential import Exponential
from flambeau.distributions.gamma import Gamma
from flambeau.distributions.gumbel import Gumbel
from flambeau.distributions.kl.registry import register_kl
from flambeau.distributions.normal import Normal
from flambeau.distributions.pareto import Pareto
from flambeau.distributions.utils import euler_constant
from flambeau.ops.exponential import exp, log
from flambeau.ops.gamma import digamma, lgamma


@register_kl(Exponential, Exponential)
def _exponential(p: Any, q: Any) -> Any:
    ratio = q.rate / p.rate
    return ratio - 1 - log(ratio)


@register_kl(Gamma, Gamma)
def _gamma(p: Any, q: Any) -> Any:
    return (q.concentration * log(p.rate / q.rate) + lgamma(q.concentration) - lgamma(p.concentration)
            + (p.concentration - q.concentration) * digamma(p.concentration) + (q.rate - p.rate) * p.mean)


@register_kl(Exponential, Gamma)
def _exponential_gamma(p: Any, q: Any) -> Any:
    ratio = q.rate / p.rate
    return (ratio - q.concentration * log(ratio) + lgamma(q.concentration) + q.concentration * euler_constant
            - (1 + euler_constant))


@register_kl(Exponential, Gumbel)
def _exponential_gumbel(p: Any, q: Any) -> Any:
    product, place = p.rate * q.scale, q.loc / q.scale
    return log(product) - 1 - place + exp(place) * product / (product + 1) + 1 / product


@register_kl(Gamma, Gumbel)
def _gamma_gumbel(p: Any, q: Any) -> Any:
    product, place = p.rate * q.scale, q.loc / q.scale
    return (_shape_term(p) - p.concentration + log(product) + p.concentration / product
            + exp(place) * (1 + 1 / product) ** -p.concentration - place)


def _shape_term(p: Gamma) -> Any:
    return (p.concentration - 1) * digamma(p.concentration) - lgamma(p.concentration)


@register_kl(Exponential, Normal)
@register_kl(Gamma, Normal)
def _normal(p: Any, q: Any) -> Any:
    off = p.variance + (p.mean - q.loc).square()
    return -p.entropy() + 0.5 * math.log(2 * math.pi) + log(q.scale) + off / (2 * q.variance)


@register_kl(Pareto, Pareto)
def _pareto(p: Any, q: Any) -> Any:
    ratio = q.alpha / p.alpha
    result = q.alpha * log(p.scale / q.scale) - log(ratio) + ratio - 1
    return result.masked_fill(p.scale < q.scale, math.inf)


@register_kl(Pareto, Exponential)
def _pareto_exponential(p: Any, q: Any) -> Any:
    product = p.scale * q.rate
    result = log(p.alpha / product) - 1 / p.alpha + p.alpha * product / (p.alpha - 1) - 1
    return result.masked_fill(p.alpha <= 1, math.inf)


@register_kl(Pareto, Gamma)
def _pareto_gamma(p: Any, q: Any) -> Any:
    mean_log = log(p.scale) + 1 / p.alpha
    result = (log(p.alpha) - q.concentration * (mean_log + log(q.rate)) + lgamma(q.concentration)
              + q.rate * p.alpha * p.scale / (p.alpha - 1) - 1)
    return result.masked_fill(p.alpha <= 1, math.inf)


@register_kl(Pareto, Normal)
def _pareto_normal(p: Any, q: Any) -> Any:
    step = p.scale / (p.alpha - 1)
    off = p.alpha * step.square() / (p.alpha - 2) + (p.alpha * step - q.loc).square()
    result = log(math.sqrt(2 * math.pi) * q.scale * p.alpha / p.scale) - 1 / p.alpha + off / (2 * q.variance) - 1
    return result.masked_fill(p.alpha <= 2, math.inf)
