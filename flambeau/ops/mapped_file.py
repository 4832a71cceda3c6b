"""A tensor whose memory is a file."""
from __future__ import annotations

import mmap
import os
from typing import TYPE_CHECKING, Any

import numpy

from flambeau.core.dtype import as_numpy, default_float
from flambeau.core.tensor import wrap

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def from_file(filename: str | os.PathLike[str], shared: bool | None = None, size: int | None = 0, *, dtype: Any = None,
              layout: Any = None, device: Any = None, pin_memory: bool = False, requires_grad: bool = False) -> Tensor:
    """Return a tensor of `size` elements over the bytes of a file, read as they are asked for.

    With `shared`, what is written to the tensor is written to the file, which is made or lengthened if it is too short;
    without, writes stay in this process. Raises RuntimeError for a file that is not there or too short.
    """
    kind = default_float() if dtype is None else as_numpy(dtype)
    length = (size or 0) * kind.itemsize
    try:
        values = numpy.frombuffer(_mapped(filename, bool(shared), length), kind, size or 0) if length else numpy.empty(0, kind)
    except OSError as error:
        raise RuntimeError(f"unable to open file <{filename}>: {error.strerror}") from error
    made: Any = wrap(values)
    return made.requires_grad_() if requires_grad else made


def _mapped(filename: str | os.PathLike[str], shared: bool, length: int) -> mmap.mmap:
    flags = os.O_RDWR | os.O_CREAT if shared else os.O_RDONLY
    file = os.open(filename, flags | getattr(os, "O_BINARY", 0), 0o600)
    try:
        found = os.fstat(file).st_size
        if found < length and not shared:
            raise RuntimeError(f"file <{filename}> size <{found}> is smaller than the required mapping size <{length}>")
        if found < length:
            os.truncate(file, length)
        return mmap.mmap(file, length, access=mmap.ACCESS_WRITE if shared else mmap.ACCESS_COPY)
    finally:
        os.close(file)
