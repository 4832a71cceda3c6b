"""Event files: records with their length and checksums, one event each."""
from __future__ import annotations

import itertools
import os
import socket
import struct
import threading
import time
from functools import cache
from typing import Any

from flambeau.utils.tensorboard import protobuf

_count = itertools.count()


@cache
def _table() -> list[int]:
    """CRC-32C (Castagnoli), byte by byte."""
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


def checksum(data: bytes) -> int:
    """The CRC-32C of `data`, rotated and shifted as in TFRecord files."""
    table, crc = _table(), 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def record(data: bytes) -> bytes:
    """A record of a TFRecord file."""
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", checksum(length)) + data + struct.pack("<I", checksum(data))


def event(*fields: bytes, step: int | None = None, walltime: float | None = None) -> bytes:
    """An `Event` message."""
    when = protobuf.double(1, time.time() if walltime is None else walltime)
    return when + (b"" if step is None else protobuf.integer(2, int(step))) + b"".join(fields)


class FileWriter:
    """Appends events to a new file in `log_dir`; they reach it when `max_queue` are waiting, after `flush_secs`, or by
    `flush`."""

    def __init__(self, log_dir: str, max_queue: int = 10, flush_secs: float = 120, filename_suffix: str = "") -> None:
        os.makedirs(log_dir, exist_ok=True)
        self.log_dir, self._max_queue, self._flush_secs = str(log_dir), max_queue, flush_secs
        name = f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{next(_count)}"
        self.path = os.path.join(self.log_dir, name + filename_suffix)
        self._waiting: list[bytes] = []
        self._lock = threading.Lock()
        self._flushed = time.monotonic()
        self._file: Any = open(self.path, "xb")  # noqa: SIM115  closed by `close`
        self.add(event(protobuf.text(3, "brain.Event:2")))
        self.flush()

    def get_logdir(self) -> str:
        return self.log_dir

    def add(self, data: bytes) -> None:
        """Add an event. Raises ValueError after `close`."""
        with self._lock:
            if self._file.closed:
                raise ValueError(f"{self.path} is closed")
            self._waiting.append(record(data))
            due = len(self._waiting) > self._max_queue or time.monotonic() - self._flushed > self._flush_secs
        if due:
            self.flush()

    def flush(self) -> None:
        with self._lock:
            if not self._file.closed:
                self._file.write(b"".join(self._waiting))
                self._file.flush()
            self._waiting.clear()
            self._flushed = time.monotonic()

    def close(self) -> None:
        self.flush()
        self._file.close()
