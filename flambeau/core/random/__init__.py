"""Random numbers: the generators of CPU and CUDA, and the distributions over them, with PyTorch's numbers.

`bernoulli_` with a number and `exponential_` follow PyTorch on AMD and ARM processors; on Intel's, PyTorch's builds
with MKL draw those two from a generator of MKL.
"""
from __future__ import annotations

from flambeau.core.random.default import chosen as chosen
from flambeau.core.random.default import default_generator as default_generator
from flambeau.core.random.default import fork_rng as fork_rng
from flambeau.core.random.default import generator_of as generator_of
from flambeau.core.random.default import get_rng_state as get_rng_state
from flambeau.core.random.default import initial_seed as initial_seed
from flambeau.core.random.default import manual_seed as manual_seed
from flambeau.core.random.default import seed as seed
from flambeau.core.random.default import set_rng_state as set_rng_state
from flambeau.core.random.default import thread_safe_generator as thread_safe_generator
from flambeau.core.random.default import use_in_this_thread as use_in_this_thread
from flambeau.core.random.generator import Generator as Generator
