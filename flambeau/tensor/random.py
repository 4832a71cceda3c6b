"""Random fills and draws as methods."""
from __future__ import annotations

from flambeau.core.tensor import TensorBase
from flambeau.tensor.late import Family

random = Family("random")


class RandomMethods(TensorBase):
    __slots__ = ()

    bernoulli, multinomial = random.bernoulli, random.multinomial

    bernoulli_, cauchy_, exponential_ = random.bernoulli_, random.cauchy_, random.exponential_
    geometric_, log_normal_, normal_ = random.geometric_, random.log_normal_, random.normal_
    random_, uniform_ = random.random_, random.uniform_
