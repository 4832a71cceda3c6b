"""What holds for all checkpoints, whatever each call asks for."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any


class Settings:
    """None: each call as it asks."""

    early_stop: bool | None = None
    debug: bool | None = None


def chosen(name: str, asked: bool) -> bool:
    """Return a setting, or what a call asks for where it is left open."""
    setting = getattr(Settings, name)
    return asked if setting is None else setting


@contextlib.contextmanager
def _setting(name: str, value: bool | None) -> Iterator[None]:
    before = getattr(Settings, name)
    setattr(Settings, name, value)
    try:
        yield
    finally:
        setattr(Settings, name, before)


def set_checkpoint_early_stop(enable: bool) -> Any:
    """In a `with` block, choose for all checkpoints whether the second run ends when all that is needed is there."""
    return _setting("early_stop", enable)


def set_checkpoint_debug_enabled(enabled: bool | None) -> Any:
    """In a `with` block, choose `debug` for all checkpoints."""
    return _setting("debug", enabled)
