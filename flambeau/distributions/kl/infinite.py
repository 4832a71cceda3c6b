"""Pairs of which the first may draw what the second never does: the divergence is infinite."""
from __future__ import annotations

import math
from typing import Any

from flambeau.distributions.bernoulli import Bernoulli
from flambeau.distributions.beta import Beta
from flambeau.distributions.binomial import Binomial
from flambeau.distributions.continuous_bernoulli import ContinuousBernoulli
from flambeau.distributions.exponential import Exponential
from flambeau.distributions.gamma import Gamma
from flambeau.distributions.gumbel import Gumbel
from flambeau.distributions.kl.registry import register_kl
from flambeau.distributions.laplace import Laplace
from flambeau.distributions.normal import Normal
from flambeau.distributions.pareto import Pareto
from flambeau.distributions.poisson import Poisson
from flambeau.distributions.uniform import Uniform
from flambeau.ops.creation import full_like

BOUNDED = (Beta, ContinuousBernoulli, Pareto, Uniform)
NEVER_DRAWS_ALL: dict[type, tuple[type, ...]] = {
    Beta: (Pareto,),
    ContinuousBernoulli: (Pareto,),
    Exponential: BOUNDED,
    Gamma: BOUNDED,
    Gumbel: (*BOUNDED, Exponential, Gamma),
    Laplace: (*BOUNDED, Exponential, Gamma),
    Normal: (*BOUNDED, Exponential, Gamma),
    Pareto: (Beta, ContinuousBernoulli, Uniform),
    Poisson: (Bernoulli, Binomial),
}


def _infinite(p: Any, q: Any) -> Any:
    return full_like(p.mean, math.inf)


for _p, _others in NEVER_DRAWS_ALL.items():
    for _q in _others:
        register_kl(_p, _q)(_infinite)
