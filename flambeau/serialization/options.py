"""Defaults that programs set for all files: the byte order of files that name none, and how files are mapped."""
from __future__ import annotations

import mmap
import sys
from enum import Enum
from typing import Any

MAP_PRIVATE, MAP_SHARED = getattr(mmap, "MAP_PRIVATE", 2), getattr(mmap, "MAP_SHARED", 1)


class LoadEndianness(Enum):
    """The byte order in which a file without a record of it was written."""

    NATIVE = 1
    LITTLE = 2
    BIG = 3


_endianness: LoadEndianness | None = None
_mapping: int = MAP_PRIVATE
_checks = True


def get_default_load_endianness() -> LoadEndianness | None:
    """Return the byte order that files without a record of it are taken to have; None is little-endian."""
    return _endianness


def set_default_load_endianness(endianness: LoadEndianness | None) -> None:
    """Set the byte order that files without a record of it are taken to have."""
    global _endianness
    if not isinstance(endianness, LoadEndianness) and endianness is not None:
        raise TypeError("Invalid argument type in function set_default_load_endianness: expected a LoadEndianness or None, "
                        f"but got a {type(endianness).__name__}")
    _endianness = endianness


def default_byte_order() -> str:
    return {LoadEndianness.BIG: "big", LoadEndianness.NATIVE: sys.byteorder}.get(_endianness, "little")  # type: ignore[arg-type]


def get_crc32_options() -> bool:
    """Say whether `load` checks the checksums of storages."""
    return _checks


def set_crc32_options(compute_crc32: bool) -> None:
    """Choose whether `load` checks the checksums of storages.

    PyTorch's switch of this name leaves them out of the files it writes; such files, and files that were written to through
    a shared mapping, are read with it off. `save` always writes them.
    """
    global _checks
    _checks = bool(compute_crc32)


def get_default_mmap_options() -> int:
    """Return how `load(mmap=True)` maps a file: MAP_PRIVATE or MAP_SHARED."""
    return _mapping


class set_default_mmap_options:  # noqa: N801  PyTorch's name; a call, or a block: `with set_default_mmap_options(...):`
    """Set how `load(mmap=True)` maps a file: MAP_PRIVATE keeps writes to oneself, MAP_SHARED lets them reach the file."""

    def __init__(self, flags: int) -> None:
        global _mapping
        if flags not in (MAP_PRIVATE, MAP_SHARED):
            raise ValueError("Invalid argument in function set_default_mmap_options, expected mmap.MAP_PRIVATE or "
                             f"mmap.MAP_SHARED, but got {flags}")
        self.before, _mapping = _mapping, flags

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        global _mapping
        _mapping = self.before


def memory_map(file: Any) -> Any:
    """Return the bytes of a file, to be read when they are used."""
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_WRITE if _mapping == MAP_SHARED else mmap.ACCESS_COPY)
