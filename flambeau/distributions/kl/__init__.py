"""How far one distribution is from another, in nats: the Kullback-Leibler divergence, where there is a formula for it."""
from __future__ import annotations

from flambeau.distributions.kl import discrete as discrete  # each registers its formulas
from flambeau.distributions.kl import infinite as infinite
from flambeau.distributions.kl import nested as nested
from flambeau.distributions.kl import positive as positive
from flambeau.distributions.kl import real as real
from flambeau.distributions.kl import shares as shares
from flambeau.distributions.kl import uniform as uniform
from flambeau.distributions.kl import vectors as vectors
from flambeau.distributions.kl.registry import kl_divergence as kl_divergence
from flambeau.distributions.kl.registry import register_kl as register_kl

__all__ = ["kl_divergence", "register_kl"]
