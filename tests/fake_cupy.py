"""A stand-in for CuPy on machines without a GPU: NumPy arrays that claim to be on one, and refuse to mix with the host's.

It checks the plumbing (who moves what where, and that no op's body reaches for NumPy's memory), not the numbers of a GPU.
What CuPy has of streams, memory and graphs is in fake_cuda.py.
"""
from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import fake_cuda
import numpy
from fake_cuda import Device, done, refuse_in_capture
from fake_cuda import Pools as Pool

__all__ = ["Pool", "installed"]


class ndarray(numpy.ndarray):  # noqa: N801  CuPy's name
    """An array on the pretended GPU."""

    device = types.SimpleNamespace(id=0)

    def __array_finalize__(self, source: Any) -> None:
        if source is not None:
            device = getattr(source, "device", None)
            self.device = self.device if device is None or isinstance(device, str) else device  # NumPy's own is "cpu"

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, out: Any = (), **kwargs: Any) -> Any:
        refuse_mixing((*inputs, *out))
        plain = [numpy.asarray(x) if isinstance(x, numpy.ndarray) else x for x in inputs]
        if out:
            kwargs["out"] = tuple(numpy.asarray(x) for x in out)
        result = done(lambda: getattr(ufunc, method)(*plain, **kwargs))
        return out[0] if out else on_gpu(result)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        refuse_mixing([*flat(args), *flat(list(kwargs.values()))])
        plain, named = host(args), {key: host(value) for key, value in kwargs.items()}
        return on_gpu(done(lambda: function(*plain, **named)))

    @property
    def base(self) -> Any:
        """Not the plain array underneath: of that CuPy knows nothing."""
        beneath = numpy.ndarray.base.__get__(self)
        return beneath if isinstance(beneath, ndarray) else None

    @property
    def data(self) -> Any:
        return types.SimpleNamespace(ptr=self.__array_interface__["data"][0], mem=fake_cuda.block_of(self).mem)

    def __getitem__(self, index: Any) -> Any:
        return on_gpu(done(lambda: host(self)[host(index)]))

    def __setitem__(self, index: Any, value: Any) -> None:
        done(lambda: host(self).__setitem__(host(index), host(value)))

    def dot(self, other: Any) -> Any:
        refuse_mixing([other])
        return on_gpu(done(lambda: host(self).dot(host(other))))

    def astype(self, *args: Any, **kwargs: Any) -> Any:
        return on_gpu(done(lambda: host(self).astype(*args, **kwargs)))

    def copy(self, order: Any = "C") -> Any:
        return on_gpu(done(lambda: host(self).copy(order)))

    def fill(self, value: Any) -> None:
        done(lambda: host(self).fill(value))

    def get(self) -> Any:
        refuse_in_capture()
        return numpy.array(self)

    def item(self, *args: Any) -> Any:
        refuse_in_capture()
        return super().item(*args)


def flat(value: Any) -> list[Any]:
    return [leaf for item in value for leaf in flat(item)] if isinstance(value, list | tuple) else [value]


def host(value: Any) -> Any:
    """The same memory as a plain array: views stay views."""
    if isinstance(value, list | tuple):
        return type(value)(host(item) for item in value)
    return value.view(numpy.ndarray) if isinstance(value, ndarray) else value


def refuse_mixing(values: Any) -> None:
    if any(type(value) is numpy.ndarray for value in values):
        raise TypeError("Unsupported type <class 'numpy.ndarray'>")


def on_gpu(value: Any) -> Any:
    """CuPy never returns scalars: a reduction to one number is a 0-d array."""
    if isinstance(value, list | tuple):
        return type(value)(on_gpu(item) for item in value) if not hasattr(value, "_fields") else tuple(map(on_gpu, value))
    if isinstance(value, ndarray):
        return value
    if isinstance(value, numpy.ndarray | numpy.generic):
        plain = numpy.asarray(value)
        fake_cuda.block_of(plain)
        return plain.view(ndarray)
    return value


class Module(types.ModuleType):
    """Every NumPy function, with results on the GPU."""

    def __getattr__(self, name: str) -> Any:
        found = getattr(numpy, name)
        if not callable(found) or isinstance(found, type):
            return submodule(found) if isinstance(found, types.ModuleType) else found

        def call(*args: Any, **kwargs: Any) -> Any:
            refuse_mixing([*flat(args), *flat(list(kwargs.values()))] if name not in ("asarray", "array") else [])
            plain, named = host(args), {key: host(value) for key, value in kwargs.items()}
            result = done(lambda: found(*plain, **named))
            return kwargs["out"] if "out" in kwargs else placed(on_gpu(result))

        return call


def submodule(found: Any) -> Any:
    module = Module(found.__name__)
    module.__class__ = type("Sub", (types.ModuleType,), {"__getattr__": lambda self, name: wrapped(getattr(found, name))})
    return module


def wrapped(function: Any) -> Any:
    if isinstance(function, types.ModuleType):
        return submodule(function)
    if not callable(function):
        return function

    def call(*args: Any, **kwargs: Any) -> Any:
        plain, named = host(args), {key: host(value) for key, value in kwargs.items()}
        return on_gpu(done(lambda: function(*plain, **named)))

    return call


def placed(value: Any) -> Any:
    if isinstance(value, ndarray):
        value.device = types.SimpleNamespace(id=Device.current)
    return value


def as_numpy(array: Any) -> Any:
    refuse_in_capture()
    return numpy.array(array.view(numpy.ndarray))


def make() -> Any:
    module = Module("cupy")
    module.ndarray, module.__version__ = ndarray, "14.2.0 (pretended)"
    module.cuda = fake_cuda.make()
    module.asnumpy = as_numpy
    module.get_default_memory_pool = lambda: fake_cuda.Pools.default
    module.get_default_pinned_memory_pool = lambda: fake_cuda.Pools.pinned
    return module


@contextmanager
def installed() -> Iterator[Any]:
    """Have `import cupy` find the stand-in."""
    from flambeau.core import arrays

    before, known = sys.modules.get("cupy"), dict(arrays._namespace_of_type)
    module = sys.modules["cupy"] = make()
    arrays._namespace_of_type.clear()
    arrays._namespace_of_type[numpy.ndarray] = numpy
    try:
        yield module
    finally:
        arrays._namespace_of_type.clear()
        arrays._namespace_of_type.update(known)
        if before is None:
            del sys.modules["cupy"]
        else:
            sys.modules["cupy"] = before
