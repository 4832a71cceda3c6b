"""Faster ways to compute an op. A kernel may decline; then the next one is asked, at last the op's body.

The kernels of a family of ops, `flambeau.kernels.<device>.<family>`, are imported when an op of the family is first computed.
"""
from __future__ import annotations

import functools
import importlib
import importlib.util
import os
import pkgutil
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

import numpy

from flambeau.core.arrays import namespace_of
from flambeau.core.device import device_of

F = TypeVar("F", bound=Callable[..., Any])


def kernel(of: Callable[..., Any], device: str) -> Callable[[F], F]:
    """Register a faster way to compute the op `of` on "cpu" or "cuda".

    It takes what the body takes and gives what the body gives, to rounding. It returns NotImplemented to decline.
    """
    def register(function: F) -> F:
        op = of.op  # type: ignore[attr-defined]
        op.kernels.setdefault(device, []).append(function)
        reconsider(op)
        return function

    return register


def reconsider(op: Any) -> None:
    """Have the next call of an op find out how it is computed."""
    op.compute = functools.partial(_first_call, op)


def _first_call(op: Any, *values: Any) -> Any:
    load(op.family)
    op.compute = chosen(op)
    return op.compute(*values)


def chosen(op: Any) -> Callable[..., Any]:
    """Return what computes an op on arrays: its body, or what asks its kernels first."""
    body, kernels = op.body, op.kernels
    if not kernels:
        return body
    on_host = tuple(kernels.get("cpu", ()))
    first, only = (*on_host, None)[0], len(on_host) == 1

    def compute(*values: Any) -> Any:
        if values[0].__class__ is not numpy.ndarray:
            return run(op, values)
        if only:
            result = first(*values)
            return body(*values) if result is NotImplemented else result
        for candidate in on_host:
            result = candidate(*values)
            if result is not NotImplemented:
                return result
        return body(*values)

    return compute


def run(op: Any, values: Any) -> Any:
    """Ask the kernels for the arrays' device in turn, then the body."""
    for candidate in op.kernels.get(_device_type(values), ()):
        result = candidate(*values)
        if result is not NotImplemented:
            return result
    return op.body(*values)


def _device_type(values: Any) -> str:
    for value in values:
        if value.__class__ is list:
            return _device_type(value)
        if hasattr(value, "strides"):
            return device_of(value).type
    return "cpu"


def explain(op: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """Name the kernel that would compute `op(*args)`, or "body"."""
    info = op.op  # type: ignore[attr-defined]
    values = [getattr(arg, "_array", arg) for arg in info.bind(args, kwargs)]
    load(info.family)
    for candidate in info.kernels.get(_device_type(values), ()):
        if candidate(*values) is not NotImplemented:
            return f"{candidate.__module__}.{candidate.__name__}"
    return f"body, on {namespace_of(values[0]).__name__}"


@functools.cache
def mode() -> str:
    """What FLAMBEAU_KERNELS asks for: "" or "on" for our kernels, "off" for none of them, or those for an instruction set."""
    return os.environ.get("FLAMBEAU_KERNELS", "").lower()


@functools.cache
def extension() -> Any:
    """Return the extension module of the CPU kernels; None where there is none, or none is wanted."""
    name = "flambeau.kernels.cpu.native"
    if mode() == "off" or importlib.util.find_spec("flambeau.kernels") is None:
        return None
    return importlib.import_module(name).native


@functools.cache
def load(family: str) -> None:
    """Import the kernels for a family of ops; the framework is whole without them."""
    for device in _devices():
        if family in device.families:
            _import(f"{device.__name__}.{family}")


def _import(module: str) -> None:
    try:
        importlib.import_module(module)
    except AttributeError as error:  # a kernel that the extension does not have
        warnings.warn(f"{module} goes without some kernels: the extension was built from other sources ({error}); run "
                      "`make kernels` in a checkout, or install again", RuntimeWarning, stacklevel=2)


@functools.cache
def _devices() -> tuple[Any, ...]:
    """The packages of kernels, one a device; each says which families it has something for on this machine."""
    if mode() == "off" or importlib.util.find_spec("flambeau.kernels") is None:
        return ()
    kernels = importlib.import_module("flambeau.kernels")
    return tuple(importlib.import_module(found.name)
                 for found in pkgutil.iter_modules(kernels.__path__, "flambeau.kernels.") if found.ispkg)
