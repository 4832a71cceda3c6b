"""As much of protocol buffers' wire format as event files need: messages are lists of fields.

https://protobuf.dev/programming-guides/encoding/
"""
from __future__ import annotations

import struct
from collections.abc import Iterable

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def varint(value: int) -> bytes:
    """A whole number in groups of seven bits; a negative one as its 64-bit complement."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _key(number: int, kind: int) -> bytes:
    return varint(number << 3 | kind)


def integer(number: int, value: int) -> bytes:
    return _key(number, VARINT) + varint(int(value))


def single(number: int, value: float) -> bytes:
    return _key(number, FIXED32) + struct.pack("<f", value)


def double(number: int, value: float) -> bytes:
    return _key(number, FIXED64) + struct.pack("<d", value)


def doubles(number: int, values: Iterable[float]) -> bytes:
    """Several numbers, packed."""
    listed = list(values)
    return content(number, struct.pack(f"<{len(listed)}d", *listed))


def content(number: int, *parts: bytes) -> bytes:
    """Bytes, or a message made of its fields."""
    joined = b"".join(parts)
    return _key(number, BYTES) + varint(len(joined)) + joined


def text(number: int, value: str) -> bytes:
    return content(number, value.encode())
