"""The states of GPUs' random generators: read where a checkpoint's arguments are, and set again."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flambeau.core.device import cuda_device_count, device
from flambeau.core.random import generator_of
from flambeau.core.tensor import TensorBase


class DefaultDeviceType:
    """Which kind of device counts where no argument is on one: the GPU, if there is one."""

    _default_device_type: str | None = None

    @staticmethod
    def set_device_type(device: str = "cuda") -> None:
        """Have another kind of device count."""
        DefaultDeviceType._default_device_type = device

    @staticmethod
    def get_device_type() -> str:
        if DefaultDeviceType._default_device_type is None:
            DefaultDeviceType._default_device_type = "cuda" if cuda_device_count() else "cpu"
        return DefaultDeviceType._default_device_type


def get_device_states(*args: Any) -> tuple[list[int], list[Any]]:
    """Return the numbers of the GPUs that tensors among `args` are on, and the states of their generators.

    Lists, tuples and dicts are looked into.
    """
    numbers = [tensor.get_device() for tensor in _tensors_in(args) if tensor.device.type not in ("cpu", "meta")]
    return numbers, [generator_of(device("cuda", number)).get_state() for number in numbers]


def _tensors_in(value: Any) -> Iterable[Any]:
    if isinstance(value, TensorBase):
        yield value
    elif isinstance(value, list | tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _tensors_in(part)


def set_device_states(devices: Sequence[int], states: Sequence[Any], *, device_type: str | None = None) -> None:
    """Set the generators of devices, by number, to what `get_device_states` returned."""
    kind = DefaultDeviceType.get_device_type() if device_type is None else device_type
    if kind == "meta":
        return
    for number, state in zip(devices, states):
        generator_of(device(kind, number)).set_state(state)
