"""IDX files, the format of MNIST: a magic number, the sizes, then the values."""
from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy

_TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def read_idx(path: str | Path) -> Any:
    """Return the array in an IDX file, packed with gzip or not.

    Raises ValueError, naming the file, when it is cut short or no IDX file.
    """
    raw = Path(path).read_bytes()
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (EOFError, OSError, zlib.error) as error:
            raise ValueError(f"{path} is a damaged gzip file ({error}); fetch it again") from error
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] not in _TYPES or len(raw) < 4 + 4 * raw[3]:
        raise ValueError(f"{path} is no IDX file: it starts with {raw[:4].hex(' ') or 'nothing'}")
    dims = raw[3]
    shape = struct.unpack(f">{dims}I", raw[4:4 + 4 * dims])
    kind = numpy.dtype(_TYPES[raw[2]])
    wanted = 4 + 4 * dims + math.prod(shape) * kind.itemsize
    if len(raw) != wanted:
        raise ValueError(f"{path} should have {wanted:,} bytes for the shape {shape}, but has {len(raw):,}; fetch it again")
    return numpy.frombuffer(raw, kind, offset=4 + 4 * dims).reshape(shape).astype(kind.newbyteorder("="))
