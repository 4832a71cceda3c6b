"""Ops that draw random numbers, from the default generator of the device or from the one given."""
from __future__ import annotations

from flambeau.ops.random.creation import rand as rand
from flambeau.ops.random.creation import rand_like as rand_like
from flambeau.ops.random.creation import randint as randint
from flambeau.ops.random.creation import randint_like as randint_like
from flambeau.ops.random.creation import randn as randn
from flambeau.ops.random.creation import randn_like as randn_like
from flambeau.ops.random.creation import randperm as randperm
from flambeau.ops.random.fill import bernoulli_ as bernoulli_
from flambeau.ops.random.fill import cauchy_ as cauchy_
from flambeau.ops.random.fill import exponential_ as exponential_
from flambeau.ops.random.fill import geometric_ as geometric_
from flambeau.ops.random.fill import log_normal_ as log_normal_
from flambeau.ops.random.fill import normal_ as normal_
from flambeau.ops.random.fill import random_ as random_
from flambeau.ops.random.fill import uniform_ as uniform_
from flambeau.ops.random.gumbel import gumbel_softmax as gumbel_softmax
from flambeau.ops.random.reparameterized import _sample_dirichlet as _sample_dirichlet
from flambeau.ops.random.reparameterized import _standard_gamma as _standard_gamma
from flambeau.ops.random.sampling import bernoulli as bernoulli
from flambeau.ops.random.sampling import binomial as binomial
from flambeau.ops.random.sampling import multinomial as multinomial
from flambeau.ops.random.sampling import normal as normal
from flambeau.ops.random.sampling import poisson as poisson
