"""`torch.nn.parallel`: the same module on several GPUs. Here all of a batch goes through the first of them."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from flambeau.core.device import cuda_device_count, device
from flambeau.core.tensor import TensorBase
from flambeau.nn.module import Module

__all__ = ["DataParallel", "data_parallel"]


class DataParallel(Module):
    """Passes its inputs on to a module, on the first of the given GPUs; without a GPU, where they are."""

    def __init__(self, module: Module, device_ids: Sequence[Any] | None = None, output_device: Any = None,
                 dim: int = 0) -> None:
        super().__init__()
        self.module, self.dim = module, dim
        self.device_ids = _numbers(device_ids)
        if self.device_ids:
            self.output_device = self.device_ids[0] if output_device is None else _number(output_device)
            module.to(device("cuda", self.device_ids[0]))

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        if not self.device_ids:
            return self.module(*inputs, **kwargs)
        output = _run(self.module, self.device_ids[0], inputs, kwargs)
        return _moved(output, device("cuda", self.output_device))


def data_parallel(module: Module, inputs: Any, device_ids: Sequence[Any] | None = None, output_device: Any = None,
                  dim: int = 0, module_kwargs: dict[str, Any] | None = None) -> Any:
    """Call a module as `DataParallel` does."""
    if not isinstance(inputs, tuple):
        inputs = () if inputs is None else (inputs,)
    numbers = _numbers(device_ids)
    if not numbers:
        raise RuntimeError("device type could not be determined: data_parallel needs a GPU, and none is found")
    output = _run(module, numbers[0], inputs, module_kwargs or {})
    return _moved(output, device("cuda", numbers[0] if output_device is None else _number(output_device)))


def _numbers(given: Sequence[Any] | None) -> list[int]:
    """The GPUs that are meant: all where none are named, none where there is none."""
    count = cuda_device_count()
    if not count:
        return []
    return list(range(count)) if given is None else [_number(one) for one in given]


def _number(given: Any) -> int:
    return given if isinstance(given, int) else int(device(given).index or 0)


def _run(module: Module, number: int, inputs: Any, kwargs: Any) -> Any:
    place = device("cuda", number)
    for tensor in chain(module.parameters(), module.buffers()):
        if tensor.device != place:
            raise RuntimeError(f"module must have its parameters and buffers on device {place} (device_ids[0]) but found one "
                               f"of them on device: {tensor.device}")
    return module(*_moved(inputs, place), **_moved(kwargs, place))


def _moved(value: Any, place: Any) -> Any:
    """Move the tensors in tuples, lists and dicts."""
    if isinstance(value, TensorBase):
        return value.to(place)
    if isinstance(value, dict):
        return type(value)((key, _moved(item, place)) for key, item in value.items())
    if hasattr(value, "_make"):
        return value._make(_moved(item, place) for item in value)
    return type(value)(_moved(item, place) for item in value) if isinstance(value, list | tuple) else value
