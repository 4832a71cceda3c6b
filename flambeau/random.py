"""`torch.random`: seeds and states of the default generators."""
from __future__ import annotations

from flambeau.core.random import default_generator as default_generator
from flambeau.core.random import fork_rng as fork_rng
from flambeau.core.random import get_rng_state as get_rng_state
from flambeau.core.random import initial_seed as initial_seed
from flambeau.core.random import manual_seed as manual_seed
from flambeau.core.random import seed as seed
from flambeau.core.random import set_rng_state as set_rng_state
from flambeau.core.random import thread_safe_generator as thread_safe_generator
