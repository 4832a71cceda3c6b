"""Ranges with names of the user's choice."""
from __future__ import annotations

import functools
from typing import Any

from flambeau.profiler.recorder import current


class record_function:  # noqa: N801  PyTorch's name
    """Give a block, or each call of a decorated function, a name in the profile; nothing when no profile is taken.

        with torch.profiler.record_function("forward"):
            output = model(input)
    """

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name, self.args = name, args

    def __enter__(self) -> record_function:
        self.recorder = current()
        if self.recorder is not None:
            self.event = self.recorder.begin(self.name)
            self.event.is_user_annotation = True
        return self

    def __exit__(self, *_: object) -> None:
        if self.recorder is not None:
            self.recorder.end(self.event)

    def __call__(self, function: Any) -> Any:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            with record_function(self.name, self.args):
                return function(*args, **kwargs)

        return call
