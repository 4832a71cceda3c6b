"""Finding out where a program waits for a GPU without need."""
from __future__ import annotations

from flambeau.core import synchronizing
from flambeau.cuda.devices import init


def set_sync_debug_mode(debug_mode: int | str) -> None:
    """Have copies of values to the host pass (0, "default"), warn (1, "warn") or raise RuntimeError (2, "error").

    Raises AssertionError without CuPy, RuntimeError for another mode.
    """
    init()
    mode = synchronizing.MODES.get(debug_mode, -1) if isinstance(debug_mode, str) else debug_mode
    if mode not in synchronizing.MODES.values():
        raise RuntimeError("invalid value of debug_mode, expected one of `default`, `warn`, `error` or 0, 1, 2, but got "
                           f"{debug_mode!r}")
    synchronizing.mode = mode


def get_sync_debug_mode() -> int:
    """Return 0, 1 or 2. Raises AssertionError without CuPy, RuntimeError without a GPU."""
    init()
    return synchronizing.mode
