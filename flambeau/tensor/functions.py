"""Methods of `Tensor` that are functions too: `torch.sin_(x)` is `x.sin_()`."""
from __future__ import annotations

import functools
from typing import Any

from flambeau.core.tensor import TensorBase


def __getattr__(name: str) -> Any:
    found = getattr(TensorBase.public, name, None)
    if found is None or name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return found if getattr(found, "guards", False) else _by_name(name, found)


def _by_name(name: str, method: Any) -> Any:
    """Return a function that calls the method which the tensor's own class has."""
    @functools.wraps(method)
    def call(input: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(input, name)(*args, **kwargs)

    return call
