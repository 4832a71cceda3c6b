"""`empty`, `zeros`, `ones` and `tensor` for modules: the public ones, so that modes hear of a module's parameters too."""
from __future__ import annotations

import sys
from typing import Any

from flambeau.dispatch import overriding
from flambeau.ops import creation


def _heard(name: str) -> Any:
    own = getattr(creation, name)

    def make(*args: Any, **kwargs: Any) -> Any:
        return (getattr(sys.modules["flambeau"], name) if overriding.users else own)(*args, **kwargs)

    return make


empty, zeros, ones, tensor = map(_heard, ("empty", "zeros", "ones", "tensor"))
