"""Methods of `Tensor` that are functions too: `torch.sin_(x)` is `x.sin_()`."""
from __future__ import annotations

import functools
from typing import Any

from flambeau.core.tensor import TensorBase


def __getattr__(name: str) -> Any:
    found = getattr(TensorBase._public, name, None)
    if found is None or name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _function(name, found)


@functools.cache
def _function(name: str, method: Any) -> Any:
    """Return a method as a function, whose first parameter can be given by name, as `input`.

    Unless the method asks for takers itself, it is the one that the tensor's own class has.
    """
    asks = getattr(method, "guards", False)

    @functools.wraps(method)
    def call(input: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(input, TensorBase):
            raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
        return method(input, *args, **kwargs) if asks else getattr(input, name)(*args, **kwargs)

    return call
