"""What is said of a class of pipes: its name as a method, whether its order is certain, what its types are."""
from __future__ import annotations

import functools
import typing
from collections.abc import Callable, Iterator
from typing import Any

from flambeau.utils.data.datapipes.datapipe import IterDataPipe, MapDataPipe


class functional_datapipe:  # noqa: N801  PyTorch's name
    """Make a class of pipes a method of all pipes of its kind, under `name`."""

    def __init__(self, name: str, enable_df_api_tracing: bool = False) -> None:
        self.name = name

    def __call__(self, cls: Any) -> Any:
        if not isinstance(cls, type) or not issubclass(cls, IterDataPipe | MapDataPipe):
            raise TypeError("`functional_datapipe` can only decorate IterDataPipe or MapDataPipe")
        kind = IterDataPipe if issubclass(cls, IterDataPipe) else MapDataPipe
        kind.register_datapipe_as_function(self.name, cls)
        return cls


class _Flag:
    """A switch that a block turns, and a call turns at once, as PyTorch's do."""

    on: bool
    value: bool

    def __init__(self) -> None:
        self.before = type(self).on
        type(self).on = self.value

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        type(self).on = self.before


class guaranteed_datapipes_determinism(_Flag):  # noqa: N801
    """Refuse, within the block, pipes whose order is not certain."""

    on, value = False, True


class runtime_validation_disabled(_Flag):  # noqa: N801
    """Let samples of any type through, within the block."""

    on, value = False, True


class non_deterministic:  # noqa: N801
    """Say that a class of pipes has no certain order; or give a function of its arguments that says whether."""

    def __init__(self, arg: Any) -> None:
        is_pipe = isinstance(arg, type) and issubclass(arg, IterDataPipe)
        if not is_pipe and (isinstance(arg, type) or not callable(arg)):
            raise TypeError("Only `IterDataPipe` can be decorated by `non_deterministic`, or a function given to it")
        self.cls = arg if is_pipe else None
        self.is_uncertain: Callable[..., Any] = (lambda *args, **kwargs: True) if is_pipe else arg

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.cls is None:
            self.cls = args[0]
            return self
        if guaranteed_datapipes_determinism.on and self.is_uncertain(*args, **kwargs):
            raise TypeError(f"{self.cls.__name__} is non-deterministic, but you set 'guaranteed_datapipes_determinism'. You "
                            "can turn off determinism for this DataPipe if that is acceptable for your application")
        return self.cls(*args, **kwargs)


def argument_validation(f: Callable[..., Any]) -> Callable[..., Any]:
    """Check that what a pipe is made of are pipes, where `f`'s annotations say so. Raises TypeError otherwise."""
    from inspect import signature

    bind, hints = signature(f).bind, typing.get_type_hints(f)
    kinds = {name: hint for name, hint in hints.items()
             if isinstance(hint, type) and issubclass(hint, IterDataPipe | MapDataPipe)}

    @functools.wraps(f)
    def call(*args: Any, **kwargs: Any) -> Any:
        for name, value in bind(*args, **kwargs).arguments.items():
            if name in kinds and not isinstance(value, kinds[name]):
                raise TypeError(f"Expected argument '{name}' as a {kinds[name].__name__}, but found {type(value).__name__}")
        return f(*args, **kwargs)

    return call


def runtime_validation(f: Callable[..., Any]) -> Callable[..., Any]:
    """Check each sample that `__iter__` yields against its annotation `Iterator[Kind]`. Raises RuntimeError otherwise."""
    wanted = typing.get_args(typing.get_type_hints(f).get("return")) or (object,)
    kind = wanted[0] if isinstance(wanted[0], type) else object

    @functools.wraps(f)
    def samples(self: Any) -> Iterator[Any]:
        for sample in f(self):
            if not runtime_validation_disabled.on and not isinstance(sample, kind):
                raise RuntimeError(f"Expected an instance as subtype of {kind} from {type(self).__name__}, but found "
                                   f"{sample!r:.80} of {type(sample)}")
            yield sample

    return samples
