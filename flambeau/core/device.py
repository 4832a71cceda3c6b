"""Where a tensor's memory is: the CPU (NumPy) or a GPU (CuPy)."""
from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Iterator
from typing import Any

import numpy

from flambeau.core import synchronizing
from flambeau.core.arrays import Array, namespace_of
from flambeau.core.gpu_memory import allocator_of

INSTALL = "pip install 'flambeau[cuda]'"
_TYPES = ("cpu", "cuda", "meta", "mps", "xpu")


class device:  # noqa: N801  PyTorch's name
    """A place for tensors, such as `device("cpu")`, `device("cuda:1")` or `device("cuda", 1)`.

    Raises RuntimeError for a name that is not a device.
    """

    __slots__ = ("_entered", "index", "type")

    type: str
    index: int | None

    def __init__(self, type: str | int | device, index: int | None = None) -> None:
        if isinstance(type, device):
            self.type, self.index = type.type, type.index
            return
        if isinstance(type, int):
            self.type, self.index = "cuda", type
            return
        name, colon, number = type.partition(":")
        if name not in _TYPES or (colon and not number.isdecimal()) or (colon and index is not None):
            raise RuntimeError(f"Invalid device string: {type!r}; write 'cpu', 'cuda' or 'cuda:0'")
        self.type = name
        self.index = int(number) if colon else index

    def __repr__(self) -> str:
        return f"device(type={self.type!r}" + (f", index={self.index})" if self.index is not None else ")")

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __reduce__(self) -> Any:
        return device, (str(self),)

    def __enter__(self) -> device:
        _default.stack.append(self)
        return self

    def __exit__(self, *error: object) -> None:
        _default.stack.pop()


class _Default(threading.local):
    """The device of tensors that this thread makes without naming one; `with device(...)` pushes another."""

    def __init__(self) -> None:
        self.stack: list[device] = []

    def set(self, wanted: device | str | int | None) -> None:
        self.stack[:] = [] if wanted is None else [device(wanted)]


_default = _Default()

CPU = device("cpu")


def default_device() -> device:
    return _default.stack[-1] if _default.stack else CPU


def get_default_device() -> device:
    """Return where this thread makes tensors when no device is named."""
    return default_device()


def set_default_device(device: device | str | int | None) -> None:
    """Choose where this thread makes tensors when no device is named; None means the CPU again."""
    _default.set(device)


def cupy() -> Any:
    """Return CuPy.

    Raises AssertionError where it is not installed, and RuntimeError where it sees no GPU.
    """
    try:
        module = importlib.import_module("cupy")
    except ImportError as error:
        raise AssertionError(f"Torch not compiled with CUDA enabled: flambeau uses CuPy for CUDA and cannot import it "
                             f"({error}); install it with: {INSTALL}") from error
    try:
        count = module.cuda.runtime.getDeviceCount()
    except Exception as error:  # CuPy raises its own class, which exists only when it is installed
        raise RuntimeError(f"Found no NVIDIA GPU: CuPy {module.__version__} is installed but says {error}") from error
    if count == 0:
        raise RuntimeError(f"No CUDA GPUs are available: CuPy {module.__version__} is installed but finds no GPU")
    allocator_of(module)
    return module


def cuda_device_count() -> int:
    """Count the GPUs; 0 where CuPy is missing or finds none."""
    try:
        return int(cupy().cuda.runtime.getDeviceCount())
    except (AssertionError, RuntimeError):
        return 0


def device_of(array: Array) -> device:
    if namespace_of(array) is numpy or array.device == "cpu":  # a batch of NumPy's arrays
        return CPU
    return device("cuda", array.device.id)


def resolve(wanted: device | str | int | None) -> device:
    """Turn what a user names into a device with an index; None means the default device."""
    if wanted is None:
        return default_device()
    found = wanted if isinstance(wanted, device) else device(wanted)
    if found.type == "cuda" and found.index is None:
        return device("cuda", int(cupy().cuda.runtime.getDevice()))
    return device("cpu") if found.type == "cpu" else found


@contextlib.contextmanager
def on(place: device) -> Iterator[Any]:
    """Make `place` current and hand out its array library."""
    if place.type == "cpu":
        yield numpy
    elif place.type == "cuda":
        library = cupy()
        if place.index is not None and place.index >= library.cuda.runtime.getDeviceCount():
            raise RuntimeError(f"CUDA error: invalid device ordinal: there is no {place}, only "
                               f"{library.cuda.runtime.getDeviceCount()} GPU(s), counted from 0")
        with library.cuda.Device(place.index):
            yield library
    else:
        raise NotImplementedError(f"device {place}: flambeau computes on 'cpu' and 'cuda'")


def moved(array: Array, place: device) -> Array:
    """Return `array` at `place`, itself when it is there already."""
    source = device_of(array)
    if place == source or (place.type, source.type) == ("cpu", "cpu"):
        return array
    if place.type == "cpu":
        if synchronizing.mode:
            synchronizing.noticed("a copy to the CPU")
        return cupy().asnumpy(array)
    with on(place) as library:
        return library.asarray(array)
