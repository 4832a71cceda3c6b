"""Tools around tensors: data loading and friends, under PyTorch's names."""
from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from flambeau.dispatch.kernel import explain as explain

if TYPE_CHECKING:
    from flambeau.utils import data as data
    from flambeau.utils import hooks as hooks

_LAZY = frozenset({"data", "hooks"})


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return importlib.import_module(f"flambeau.utils.{name}")
    raise AttributeError(f"module 'flambeau.utils' has no attribute {name!r}")
