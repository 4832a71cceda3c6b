"""The header of a safetensors file: read with suspicion, and written."""
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from flambeau.core import dtype as dtypes

LONGEST = 100_000_000  # bytes that a header may have, as in the reference implementation

_OF_NAME = {
    "BOOL": dtypes.bool_, "U8": dtypes.uint8, "I8": dtypes.int8, "F8_E5M2": dtypes.float8_e5m2,
    "F8_E4M3": dtypes.float8_e4m3fn, "I16": dtypes.int16, "U16": dtypes.uint16, "F16": dtypes.float16,
    "BF16": dtypes.bfloat16, "I32": dtypes.int32, "U32": dtypes.uint32, "F32": dtypes.float32, "C64": dtypes.complex64,
    "F64": dtypes.float64, "I64": dtypes.int64, "U64": dtypes.uint64,
}
NAMES = {kind: name for name, kind in _OF_NAME.items()}
RANK = {kind: rank for rank, kind in enumerate(_OF_NAME.values())}  # the order of tensors in a file, backwards


class SafetensorError(Exception):
    """A file that is no safetensors file, or a tensor that cannot be in one."""


class Entry(NamedTuple):
    """One tensor: its dtype and shape, and where its bytes are, counted from the end of the header."""

    dtype: dtypes.dtype
    shape: tuple[int, ...]
    begin: int
    end: int


class Header(NamedTuple):
    """All tensors in the order of their bytes, the file's remarks, and where the bytes begin."""

    entries: dict[str, Entry]
    metadata: dict[str, str] | None
    origin: int


def parsed(buffer: Any, title: str) -> Header:
    """Read the header of a file. Raises SafetensorError, which names the fault, for anything that is not as it must be."""
    def refuse(fault: str) -> SafetensorError:
        return SafetensorError(f"{title}: {fault}; the file is damaged or no safetensors file")

    if len(buffer) < 8:
        raise refuse(f"HeaderTooSmall: {len(buffer)} bytes, where the length of the header alone takes 8")
    length = int.from_bytes(buffer[:8], "little")
    if length > LONGEST:
        raise refuse(f"HeaderTooLarge: it claims {length} bytes, more than {LONGEST}")
    if 8 + length > len(buffer):
        raise refuse(f"InvalidHeaderLength: it claims {length} bytes, the file has {len(buffer) - 8} after it")
    facts = _json(bytes(buffer[8:8 + length]), refuse)
    metadata = _checked_metadata(facts.pop("__metadata__", None), refuse)
    entries = {name: _entry(name, fact, refuse) for name, fact in facts.items()}
    entries = dict(sorted(entries.items(), key=lambda item: item[1][2:]))
    _refuse_gaps(entries, len(buffer) - 8 - length, refuse)
    return Header(entries, metadata, 8 + length)


def _json(text: bytes, refuse: Any) -> dict[str, Any]:
    import json

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise refuse("InvalidHeaderDeserialization: a name comes twice in the header")
        return found

    if not text.startswith(b"{"):
        raise refuse("InvalidHeaderStart: the header does not begin with '{'")
    try:
        facts = json.loads(text.decode("utf-8"), object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise refuse(f"InvalidHeaderDeserialization: the header is no JSON ({error})") from None
    return facts  # a dict, since it begins with a brace


def _checked_metadata(found: Any, refuse: Any) -> dict[str, str] | None:
    if found is None:
        return None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise refuse("InvalidHeaderDeserialization: __metadata__ must map names to text")
    return found


def _entry(name: str, fact: Any, refuse: Any) -> Entry:
    if not isinstance(fact, dict) or set(fact) != {"dtype", "shape", "data_offsets"}:
        raise refuse(f"InvalidHeaderDeserialization: tensor {name!r} must have dtype, shape and data_offsets")
    kind = _OF_NAME.get(fact["dtype"]) if isinstance(fact["dtype"], str) else None
    if kind is None:
        raise refuse(f"InvalidHeaderDeserialization: tensor {name!r} is of an unknown dtype {fact['dtype']!r}")
    shape, offsets = fact["shape"], fact["data_offsets"]
    if not _are_sizes(shape) or not _are_sizes(offsets) or len(offsets) != 2:
        raise refuse(f"InvalidHeaderDeserialization: tensor {name!r} has no proper shape or offsets: {shape!r}, {offsets!r}")
    if offsets[1] - offsets[0] != math.prod(shape) * kind.itemsize:
        raise refuse(f"TensorInvalidInfo: tensor {name!r} of {kind} and shape {shape} cannot be in bytes {offsets[0]} to "
                     f"{offsets[1]}")
    return Entry(kind, tuple(shape), *offsets)


def _are_sizes(value: Any) -> bool:
    return isinstance(value, list) and all(type(size) is int and 0 <= size < 1 << 63 for size in value)


def _refuse_gaps(entries: dict[str, Entry], available: int, refuse: Any) -> None:
    """Each tensor must begin where the one before ends, and the last must end with the file."""
    end = 0
    for name, entry in entries.items():
        if entry.begin != end:
            raise refuse(f"InvalidOffset: tensor {name!r} begins at byte {entry.begin}, but the one before ends at {end}")
        end = entry.end
    if end != available:
        raise refuse(f"MetadataIncompleteBuffer: the tensors need {end} bytes, the file has {available}")


def written(entries: Mapping[str, Entry], metadata: Mapping[str, str] | None) -> bytes:
    """Return the header with its length in front, filled up with spaces so that the tensors begin at a multiple of 8."""
    import json

    facts: dict[str, Any] = {} if metadata is None else {"__metadata__": dict(metadata)}
    facts |= {name: {"dtype": NAMES[entry.dtype], "shape": list(entry.shape), "data_offsets": [entry.begin, entry.end]}
              for name, entry in entries.items()}
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text
