"""`Generator`: a source of random numbers that can be seeded, saved and handed to an op."""
from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy

from flambeau.core import device as devices
from flambeau.core.random.mersenne import MersenneTwister
from flambeau.core.random.philox import Philox
from flambeau.core.tensor import TensorBase, wrap

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

T = TypeVar("T")

DEFAULT_SEED = 67280421310721


class Generator:
    """A stream of random numbers for one device: MT19937 on the CPU, Philox4x32-10 on CUDA, as in PyTorch."""

    __slots__ = ("__weakref__", "_engine", "_lock", "device")

    device: devices.device

    def __init__(self, device: devices.device | str | int = "cpu") -> None:
        self.device = devices.resolve(device)
        self._engine = engine_for(self.device)
        self._lock = threading.Lock()

    def draw(self, distribution: Callable[..., T], *args: Any) -> T:
        """Return `distribution(engine, *args)`, letting no other thread draw in between."""
        with self._lock:
            if self.device.type == "cpu":
                return distribution(self._engine, *args)
            with devices.on(self.device):
                return distribution(self._engine, *args)

    def manual_seed(self, seed: int) -> Generator:
        """Start the stream that belongs to `seed`, a whole number of up to 64 bits; negative ones count from 2**64.

        Raises RuntimeError for other types, and ValueError where 64 bits are not enough.
        """
        if not isinstance(seed, int | numpy.integer):
            raise RuntimeError(f"manual_seed expected a long, but got {type(seed).__name__}; pass a whole number")
        if not -(2**63) <= seed < 2**64:
            raise ValueError(f"Overflow when unpacking long long: the seed {seed} needs more than 64 bits")
        with self._lock:
            self._engine.reseed(int(seed) % 2**64)
        return self

    def seed(self) -> int:
        """Seed with a number from the operating system, and return it."""
        seed = int.from_bytes(os.urandom(8), "little")
        self.manual_seed(seed)
        return seed

    def initial_seed(self) -> int:
        """Return the seed that the stream was started with."""
        return int(self._engine.seed)

    def get_state(self) -> Tensor:
        """Return the state as a tensor of bytes, the same as PyTorch's: 5056 on the CPU, 16 on CUDA."""
        with self._lock:
            return wrap(self._engine.state())

    def set_state(self, new_state: Tensor) -> None:
        """Take up a state that `get_state` returned, here or in PyTorch."""
        state = state_bytes(new_state)
        with self._lock:
            self._engine.restore(state)

    def clone_state(self) -> Generator:
        """Return a generator that continues from here on its own."""
        clone = Generator(self.device)
        clone.set_state(self.get_state())
        return clone

    graphsafe_get_state = clone_state

    def graphsafe_set_state(self, new_state: Generator) -> None:
        self.set_state(new_state.get_state())

    def get_offset(self) -> int:
        """Return how far a CUDA generator has come."""
        return int(self._counted().offset)

    def set_offset(self, offset: int) -> None:
        """Move a CUDA generator to a place in its stream: a multiple of 4."""
        if offset % 4:
            raise RuntimeError(f"offset must be a multiple of 4, got {offset}")
        self._counted().offset = offset

    def _counted(self) -> Any:
        if not isinstance(self._engine, Philox):
            raise RuntimeError("CPU Generator does not use offset: its place in the stream is in get_state()")
        return self._engine

    def __reduce__(self) -> Any:
        return restored, (str(self.device), self._engine.state())


def restored(device: str, state: Any) -> Generator:
    """Make the generator that was pickled or copied."""
    generator = Generator(device)
    generator.set_state(wrap(state))
    return generator


def state_bytes(state: Any) -> Any:
    """Return the bytes in a state tensor.

    Raises TypeError for anything else.
    """
    if not isinstance(state, TensorBase):
        raise TypeError(f"expected a torch.ByteTensor, but got {type(state).__name__}; pass what get_state() returned")
    array = devices.moved(state._array, devices.CPU)
    if array.dtype != numpy.uint8:
        raise TypeError(f"RNG state must be a torch.ByteTensor, not one of {array.dtype}")
    return array


def engine_for(device: devices.device) -> Any:
    if device.type == "cpu":
        return MersenneTwister(DEFAULT_SEED)
    if device.type != "cuda":
        raise RuntimeError(f"{device.type.upper()} device type not an accelerator: there are generators for 'cpu' and "
                           "'cuda'")
    with devices.on(device) as cupy:
        return Philox(DEFAULT_SEED, cupy, threads_of(cupy.cuda.runtime.getDeviceProperties(device.index)))


def threads_of(gpu: dict[str, Any]) -> int:
    """Return how many threads PyTorch starts at most for a draw: as many as run at once, in blocks of 256."""
    return int(gpu["multiProcessorCount"] * (gpu["maxThreadsPerMultiProcessor"] // 256 * 256))
