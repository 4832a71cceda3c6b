"""Divergences from distributions over all numbers: normal, Laplace, Gumbel, Cauchy."""
from __future__ import annotations

import math
from typing import Any

from flambeau.distributions.cauchy import Cauchy
from flambeau.distributions.gumbel import Gumbel
from flambeau.distributions.kl.registry import register_kl
from flambeau.distributions.laplace import Laplace
from flambeau.distributions.normal import Normal
from flambeau.distributions.utils import euler_constant
from flambeau.ops.error_function import erf
from flambeau.ops.exponential import exp, log
from flambeau.ops.gamma import lgamma


@register_kl(Normal, Normal)
def _normal(p: Any, q: Any) -> Any:
    ratio, off = (p.scale / q.scale).square(), ((p.loc - q.loc) / q.scale).square()
    return 0.5 * (ratio + off - 1 - log(ratio))


@register_kl(Normal, Laplace)
def _normal_laplace(p: Any, q: Any) -> Any:
    off = p.loc - q.loc
    steps = off / p.scale
    distance = math.sqrt(2 / math.pi) * p.scale * exp(-0.5 * steps.square()) + off * erf(math.sqrt(0.5) * steps)
    return distance / q.scale - log(p.scale / q.scale) - 0.5 * (1 + math.log(0.5 * math.pi))


@register_kl(Normal, Gumbel)
def _normal_gumbel(p: Any, q: Any) -> Any:
    off, ratio = (p.loc - q.loc) / q.scale, (p.scale / q.scale).square()
    return off + exp(0.5 * ratio - off) - 0.5 * log(ratio) - 0.5 * (1 + math.log(2 * math.pi))


@register_kl(Laplace, Laplace)
def _laplace(p: Any, q: Any) -> Any:
    ratio, off = p.scale / q.scale, (p.loc - q.loc).abs()
    return off / q.scale + ratio * exp(-off / p.scale) - log(ratio) - 1


@register_kl(Laplace, Normal)
def _laplace_normal(p: Any, q: Any) -> Any:
    ratio = p.scale.square() / q.variance
    return ratio - 0.5 * log(2 * ratio / math.pi) + 0.5 * (p.loc - q.loc).square() / q.variance - 1


@register_kl(Gumbel, Gumbel)
def _gumbel(p: Any, q: Any) -> Any:
    ratio, off = p.scale / q.scale, (p.loc - q.loc) / q.scale
    return off - log(ratio) + ratio * euler_constant + exp(lgamma(1 + ratio) - off) - (1 + euler_constant)


@register_kl(Gumbel, Normal)
def _gumbel_normal(p: Any, q: Any) -> Any:
    ratio = p.scale / q.scale
    off = ((p.loc + p.scale * euler_constant - q.loc) / q.scale).square() * 0.5
    return (math.pi * ratio * 0.5).square() / 3 + off - log(ratio / math.sqrt(2 * math.pi)) - (euler_constant + 1)


@register_kl(Cauchy, Cauchy)
def _cauchy(p: Any, q: Any) -> Any:
    return log((p.scale + q.scale).square() + (p.loc - q.loc).square()) - log(4 * p.scale * q.scale)
