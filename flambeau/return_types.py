"""`torch.return_types`: the named tuples that ops such as `max` and `sort` return, each by its op's name."""
from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    import flambeau
    from flambeau.dispatch.op import result_types

    if not name.startswith("__") and name not in result_types:
        # a family of ops is imported when one of its names is first used
        of_linalg = name.startswith("linalg_")
        getattr(flambeau.linalg if of_linalg else flambeau, name.removeprefix("linalg_"), None)
    try:
        return result_types[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
