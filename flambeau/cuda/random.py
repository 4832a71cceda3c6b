"""`torch.cuda.random`: the generators of GPUs. Seeding needs no GPU: it counts once there is one."""
from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flambeau.core import device as devices
from flambeau.core.random import Generator, generator_of
from flambeau.core.random.default import seed_cuda
from flambeau.cuda.devices import current_device, device_count, is_available, present

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

__all__ = ["get_rng_state", "get_rng_state_all", "initial_seed", "manual_seed", "manual_seed_all", "seed", "seed_all",
           "set_rng_state", "set_rng_state_all"]


def _generator(device: Any) -> Generator:
    return generator_of(devices.device("cuda", present(device).id))


def get_rng_state(device: Any = "cuda") -> Tensor:
    """Return the state of a GPU's generator as a tensor of bytes. Raises AssertionError without CuPy."""
    return _generator(device).get_state()


def get_rng_state_all() -> list[Tensor]:
    """Return the states of all GPUs' generators."""
    return [get_rng_state(index) for index in range(device_count())]


def set_rng_state(new_state: Tensor, device: Any = "cuda") -> None:
    """Take up a state that `get_rng_state` returned, here or in PyTorch; does nothing without a GPU."""
    if is_available():
        _generator(device).set_state(new_state)


def set_rng_state_all(new_states: Iterable[Tensor]) -> None:
    """Take up the states that `get_rng_state_all` returned; does nothing without a GPU."""
    for index, state in enumerate(new_states):
        set_rng_state(state, index)


def manual_seed(seed: int) -> None:
    """Seed the current GPU's generator; without a GPU that of any to come, so that scripts may always call it."""
    if is_available():
        _generator(current_device()).manual_seed(int(seed))
    else:
        seed_cuda(int(seed))


def manual_seed_all(seed: int) -> None:
    """Seed the generators of all GPUs alike; needs no GPU."""
    seed_cuda(int(seed))


def seed() -> None:
    """Seed the current GPU's generator with a number from the operating system; does nothing without a GPU."""
    if is_available():
        _generator(current_device()).seed()


def seed_all() -> None:
    """Seed the generators of all GPUs alike with a number from the operating system; does nothing without a GPU."""
    if is_available():
        seed_cuda(_generator(0).seed())


def initial_seed() -> int:
    """Return the seed of the current GPU's generator. Raises AssertionError without CuPy."""
    return _generator(current_device()).initial_seed()


def __getattr__(name: str) -> tuple[Generator, ...]:
    if name == "default_generators":  # of all GPUs: looked for when asked
        return tuple(map(_generator, range(device_count())))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
