"""Where autocast reaches ops and the functions written with them: their arguments pass through here first."""
from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from flambeau.autograd import listeners

Recast = Callable[[str, tuple[Any, ...]], tuple[Any, ...]]


class _Here(threading.local):
    recast: Recast | None = None


_here = _Here()


def set_recast(function: Recast | None) -> None:
    """Have `function(name, arguments)` return the arguments of each op that this thread calls; None: no longer."""
    listeners.counted((function is not None) - (_here.recast is not None))
    _here.recast = function


def is_on() -> bool:
    """Say whether this thread's ops are being cast: dtypes that differ are then no mistake."""
    return _here.recast is not None


class Keeper:
    """Knows which casts are switched on in this thread. Autocast puts its own in the place of this one, which knows of none."""

    def snapshot(self) -> Any:
        return None

    def restored(self, snapshot: Any) -> Any:
        """Return a `with` block in which casts are as they were at the snapshot; None: at no time switched on."""
        return contextlib.nullcontext()


keeper = Keeper()


def recast(name: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return what an op is to be called with. Only asked while `listeners.count` is not 0."""
    function = _here.recast
    return args if function is None else function(name, args)


def recast_call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return what a composite is to be called with."""
    changed = recast(name, (*args, *kwargs.values()))
    return changed[:len(args)], dict(zip(kwargs, changed[len(args):], strict=True))
