"""Files that are there as a whole or not at all."""
from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any, BinaryIO


@contextlib.contextmanager
def replacing(path: str) -> Iterator[BinaryIO]:
    """Open a file beside `path` for writing, which takes its place when the block ends well.

    Whatever happens, `path` is the old file or the complete new one. A device or a pipe is written to directly.
    """
    target = os.path.realpath(path)  # the file that a link points to is replaced, not the link
    if os.path.exists(target) and not os.path.isfile(target):
        with open(target, "wb") as file:
            yield file
        return
    folder, name = os.path.split(target)
    draft = os.path.join(folder, f".{name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    try:
        with open(draft, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _copy_mode(target, draft)
        os.replace(draft, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise
    _sync_folder(folder)


def _copy_mode(source: str, target: str) -> None:
    """Let a replaced file keep who may read it."""
    with contextlib.suppress(OSError):
        os.chmod(target, os.stat(source).st_mode & 0o7777)


def _sync_folder(folder: Any) -> None:
    """Have the new name on disk too, where folders can be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(folder or ".", os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
