"""The generators that ops draw from when none is given, and the functions that seed, save and restore them."""
from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from flambeau.core import device as devices
from flambeau.core.random.generator import DEFAULT_SEED, Generator

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

default_generator = Generator()
default_generator.seed()


class _Here(threading.local):
    generator: Generator | None = None  # a worker thread's own


_here = _Here()
_of_cuda: dict[int, Generator] = {}  # made when first asked for, so that seeding needs no GPU
_cuda_seed = DEFAULT_SEED


def generator_of(device: devices.device) -> Generator:
    """Return the default generator of a device."""
    if device.type != "cuda":
        return _here.generator or default_generator
    index = devices.resolve(device).index or 0
    if index not in _of_cuda:
        _of_cuda[index] = Generator(devices.device("cuda", index)).manual_seed(_cuda_seed)
    return _of_cuda[index]


def chosen(generator: Generator | None, device: devices.device) -> Generator:
    """Return the generator to draw from on a device: the one given, else the default one.

    Raises RuntimeError when the given one is for another device.
    """
    if generator is None:
        return generator_of(device)
    if generator.device.type != device.type:
        raise RuntimeError(f"Expected a '{device.type}' device type for generator but found '{generator.device.type}'; "
                           f"make it with Generator(device={device.type!r})")
    return generator


def manual_seed(seed: int) -> Generator:
    """Seed the generators of all devices alike; the same seed gives the numbers PyTorch gives."""
    seed = int(seed)
    default_generator.manual_seed(seed)
    seed_cuda(seed)
    return default_generator


def seed_cuda(seed: int) -> None:
    """Seed the generators of all GPUs, those that are still to be made too."""
    global _cuda_seed
    _cuda_seed = seed % 2**64
    for generator in _of_cuda.values():
        generator.manual_seed(seed)


def seed() -> int:
    """Seed the generators of all devices with a number from the operating system, and return it."""
    number = default_generator.seed()
    seed_cuda(number)
    return number


def initial_seed() -> int:
    """Return the seed of the CPU's generator."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """Return the state of the CPU's generator as a tensor of bytes."""
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Take up a state that `get_rng_state` returned, here or in PyTorch."""
    default_generator.set_state(new_state)


@contextlib.contextmanager
def fork_rng(devices: Iterable[Any] | None = None, enabled: bool = True, _caller: str = "fork_rng",
             _devices_kw: str = "devices", device_type: str | None = None) -> Iterator[None]:
    """Restore the random states when the block ends: of the CPU, and of `devices` or all GPUs in use.

    >>> with fork_rng(): rand(3)
    """
    if not enabled:
        yield
        return
    generators = [default_generator, *(_of_cuda.values() if devices is None else map(_of_device, devices))]
    states = [generator.get_state() for generator in generators]
    try:
        yield
    finally:
        for generator, state in zip(generators, states, strict=True):
            generator.set_state(state)


def _of_device(device: Any) -> Generator:
    return generator_of(devices.device(device))


def thread_safe_generator() -> Generator | None:
    """Return the generator that a worker thread of a DataLoader draws from; None elsewhere.

    Augmentations may hand it on (`generator=torch.thread_safe_generator()`): in threads they draw apart from each other,
    in the main program and in worker processes from the default generator.
    """
    return _here.generator


def use_in_this_thread(generator: Generator) -> None:
    """Have ops of this thread draw from `generator` on the CPU when none is given."""
    _here.generator = generator
