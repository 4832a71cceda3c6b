"""Switches for recording: on by default, per thread."""
from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from flambeau.core.tensor import InferenceStorage, Storage, making

F = TypeVar("F", bound=Callable[..., Any])


class _GradMode(threading.local):
    enabled = True
    inference = False


grad_mode = _GradMode()


def is_grad_enabled() -> bool:
    """Say whether ops are being recorded in this thread."""
    return grad_mode.enabled


def is_inference_mode_enabled() -> bool:
    return grad_mode.inference


class _Switch:
    """A setting for a `with` block or a whole function; generators get it back at each resume."""

    def __enter__(self) -> None:
        raise NotImplementedError

    def __exit__(self, *error: object) -> None:
        raise NotImplementedError

    def clone(self) -> _Switch:
        return type(self)()

    def __call__(self, function: F) -> F:
        import inspect  # a tenth of the package's whole import time

        if inspect.isgeneratorfunction(function):
            return self._around_generator(function)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with self.clone():
                return function(*args, **kwargs)

        return call  # type: ignore[return-value]  # same signature, by wraps

    def _around_generator(self, function: Any) -> Any:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Iterator[Any]:
            generator = function(*args, **kwargs)
            goes_on = functools.partial(generator.send, None)
            while True:
                try:
                    with self.clone():
                        value = goes_on()
                except StopIteration as stop:
                    return stop.value
                try:
                    goes_on = functools.partial(generator.send, (yield value))
                except GeneratorExit:
                    with self.clone():
                        generator.close()
                    raise
                except BaseException as error:
                    goes_on = functools.partial(generator.throw, error)

        return call


class set_grad_enabled(_Switch):  # noqa: N801  PyTorch's name
    """Turn recording on or off: at once, and back again where it is used in a `with` block."""

    def __init__(self, mode: bool) -> None:
        self.mode = bool(mode)
        self.before = grad_mode.enabled
        grad_mode.enabled = self.mode

    def __enter__(self) -> None:
        grad_mode.enabled = self.mode

    def __exit__(self, *error: object) -> None:
        grad_mode.enabled = self.before

    def clone(self) -> set_grad_enabled:
        return set_grad_enabled(self.mode)

    def __call__(self, function: F) -> F:
        grad_mode.enabled = self.before  # as a decorator it acts inside the function only
        return super().__call__(function)


class _GradSwitch(_Switch):
    mode = False

    def __init__(self) -> None:
        self.before = True

    def __new__(cls, orig_func: Any = None) -> Any:
        switch = super().__new__(cls)
        if orig_func is None:
            return switch
        switch.__init__()  # type: ignore[misc]  # `@no_grad` without parentheses
        return switch(orig_func)

    def __enter__(self) -> None:
        self.before = grad_mode.enabled
        grad_mode.enabled = self.mode

    def __exit__(self, *error: object) -> None:
        grad_mode.enabled = self.before


class no_grad(_GradSwitch):  # noqa: N801  PyTorch's name
    """Record nothing."""


class enable_grad(_GradSwitch):  # noqa: N801  PyTorch's name
    """Record again, inside `no_grad`."""

    mode = True


class inference_mode(_Switch):  # noqa: N801  PyTorch's name
    """Record nothing, in tensors that no gradient can ever go through; `mode=False` switches recording back on."""

    def __new__(cls, mode: Any = True) -> Any:
        if callable(mode):
            switch = super().__new__(cls)
            switch.__init__()  # type: ignore[misc]  # `@inference_mode` without parentheses
            return switch(mode)
        return super().__new__(cls)

    def __init__(self, mode: bool = True) -> None:
        self.mode = mode
        self.before = (True, False)

    def __enter__(self) -> None:
        self.before = grad_mode.enabled, grad_mode.inference
        self._switch(not self.mode, self.mode)

    def __exit__(self, *error: object) -> None:
        self._switch(*self.before)

    @staticmethod
    def _switch(enabled: bool, inference: bool) -> None:
        grad_mode.enabled, grad_mode.inference = enabled, inference
        making.storage = InferenceStorage if inference else Storage

    def clone(self) -> inference_mode:
        return inference_mode(self.mode)
