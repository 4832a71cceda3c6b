"""`torch.return_types`: the named tuples that ops such as `max` and `sort` return, each by its op's name."""
from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    import flambeau
    from flambeau.dispatch.op import result_types

    if not name.startswith("__") and name not in result_types:
        getattr(flambeau, name, None)  # a family of ops is imported when one of its names is first used
    try:
        return result_types[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
