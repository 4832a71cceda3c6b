"""Running a function a second time as it ran the first: with the same random numbers and the same precision."""
from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from flambeau.core.device import device
from flambeau.core.random import generator_of
from flambeau.dispatch import casting


class Circumstances:
    """What a function's result depends on besides its arguments: random generators, if wanted, and autocast."""

    def __init__(self, tensors: Iterable[Any], with_random: bool) -> None:
        devices = {str(place): place for place in (device("cpu"), *(tensor.device for tensor in tensors))}
        self.generators = [generator_of(place) for place in devices.values()] if with_random else []
        self.states = [generator.get_state() for generator in self.generators]
        self.casts = casting.keeper.snapshot()

    @contextlib.contextmanager
    def again(self) -> Iterator[None]:
        """Bring them back in a `with` block."""
        now = [generator.get_state() for generator in self.generators]
        self._set(self.states)
        try:
            with casting.keeper.restored(self.casts):
                yield
        finally:
            self._set(now)

    def _set(self, states: list[Any]) -> None:
        for generator, state in zip(self.generators, states, strict=True):
            generator.set_state(state)
