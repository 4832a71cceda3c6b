"""The arguments by which modules choose the device and dtype of what they make."""
from __future__ import annotations

from typing import Any

_NAMES = {"device", "dtype", "memory_format"}


def factory_kwargs(kwargs: dict[str, Any] | None) -> dict[str, Any]:
    """Return what a module's `**kwargs` say to functions such as `empty`, by themselves or in a dict `factory_kwargs`.

    Raises TypeError for any other name, and for one that is given twice.
    """
    if kwargs is None:
        return {}
    unknown = kwargs.keys() - _NAMES - {"factory_kwargs"}
    if unknown:
        raise TypeError(f"unexpected kwargs {unknown}")
    chosen = dict(kwargs.get("factory_kwargs", {}))
    for name in sorted(_NAMES & kwargs.keys()):
        if name in chosen:
            raise TypeError(f"{name} specified twice, in **kwargs and in factory_kwargs")
        chosen[name] = kwargs[name]
    return chosen
