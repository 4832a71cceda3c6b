"""Methods of `Tensor` that are functions too: `torch.sin_(x)` is `x.sin_()`."""
from __future__ import annotations

import functools
from typing import Any

from flambeau.core.tensor import TensorBase


def __getattr__(name: str) -> Any:
    found = getattr(TensorBase.public, name, None)
    if found is None or name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _function(found)


@functools.cache
def _function(method: Any) -> Any:
    """Return a method as a function, whose first parameter can be given by name, as `input`."""
    @functools.wraps(method)
    def call(input: Any, *args: Any, **kwargs: Any) -> Any:
        return method(input, *args, **kwargs)

    return call
