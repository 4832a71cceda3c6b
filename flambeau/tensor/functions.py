"""Methods of `Tensor` that are functions too: `torch.sin_(x)` is `x.sin_()`."""
from __future__ import annotations

from typing import Any

from flambeau.core.tensor import TensorBase


def __getattr__(name: str) -> Any:
    found = getattr(TensorBase.public, name, None)
    if found is None or name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return found
