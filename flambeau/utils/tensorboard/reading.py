"""Scalars out of event files, for plots without TensorBoard."""
from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flambeau.utils.tensorboard.protobuf import BYTES, FIXED32, FIXED64, VARINT
from flambeau.utils.tensorboard.records import checksum

Fields = dict[int, list[Any]]


def scalars(folder: str) -> dict[str, list[tuple[float, float]]]:
    """Return, for each tag, its (step, value) pairs in the order of steps; of runs in subfolders as 'tag/subfolder'.

    A file that a running or killed program left unfinished is read as far as it is whole. Raises FileNotFoundError where
    there are no event files.
    """
    found: dict[str, list[tuple[float, float]]] = {}
    files = sorted(Path(folder).rglob("events.out.tfevents.*"))
    if not files:
        raise FileNotFoundError(f"{folder}: there are no event files of a SummaryWriter")
    for file in files:
        run = os.path.relpath(file.parent, folder)
        for step, tag, value in _scalars_in(file.read_bytes()):
            found.setdefault(tag if run == "." else f"{tag}/{run}", []).append((float(step), value))
    return {tag: sorted(points) for tag, points in found.items()}


def _scalars_in(data: bytes) -> Iterator[tuple[int, str, float]]:
    for content in _records(data):
        event = _fields(content)
        for summary in event.get(5, ()):
            for value in _fields(summary).get(1, ()):
                facts = _fields(value)
                if 2 in facts:
                    yield event.get(2, [0])[0], facts[1][0].decode(), struct.unpack("<f", facts[2][0])[0]


def _records(data: bytes) -> Iterator[bytes]:
    """Yield the whole records at the start of `data`."""
    at = 0
    while at + 12 <= len(data):
        size = struct.unpack_from("<Q", data, at)[0]
        content, end = data[at + 12:at + 12 + size], at + 16 + size
        if end > len(data) or struct.unpack_from("<I", data, end - 4)[0] != checksum(content):
            return
        yield content
        at = end


def _fields(message: bytes) -> Fields:
    """Return the fields of a message: whole numbers as such, everything else as bytes."""
    found: Fields = {}
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == VARINT:
            value, at = _varint(message, at)
        else:
            size, at = _varint(message, at) if kind == BYTES else ({FIXED64: 8, FIXED32: 4}[kind], at)
            value, at = message[at:at + size], at + size  # type: ignore[assignment]
        found.setdefault(key >> 3, []).append(value)
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
