"""PyTorch's container: a zip file, nothing compressed, with `data.pkl` and one entry for each storage."""
from __future__ import annotations

import contextlib
import os
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy

from flambeau.core.arrays import Array
from flambeau.serialization.options import default_byte_order, get_crc32_options

ALIGNMENT = 64  # of storages within the file, so that they can be mapped into memory
_ZIP64_FIELD = 20  # bytes that `zipfile` adds to the header of an entry over 2 GB
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_BLOCK = 1 << 24


class ArchiveWriter:
    """Writes the entries, in order."""

    def __init__(self, file: BinaryIO, root: str) -> None:
        self.root = root
        self.zip = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True)

    def add(self, name: str, content: Any) -> None:
        """Write one entry; `content` is a buffer of bytes."""
        view = memoryview(content)
        entry = zipfile.ZipInfo(f"{self.root}/{name}", _NO_DATE)
        entry.file_size = view.nbytes
        entry.extra = self._padding(entry)
        with self.zip.open(entry, "w") as target:
            for start in range(0, view.nbytes, _BLOCK):
                target.write(view[start:start + _BLOCK])

    def _padding(self, entry: zipfile.ZipInfo) -> bytes:
        """Return a header field that moves the content to a multiple of ALIGNMENT, as PyTorch's writer does."""
        size = _LOCAL_HEADER.size + len(entry.filename.encode("utf-8")) + 4
        if entry.file_size * 1.05 > zipfile.ZIP64_LIMIT:
            size += _ZIP64_FIELD
        padding = -(self.zip.start_dir + size) % ALIGNMENT
        return struct.pack("<2sH", b"FB", padding) + b"Z" * padding

    def close(self) -> None:
        self.zip.close()


class ArchiveReader:
    """Finds the entries of a file, and checks what it hands out.

    Raises RuntimeError for a file that is cut off, damaged or no such archive.
    """

    def __init__(self, file: BinaryIO, name: str, mapped: Any = None) -> None:
        self.file, self.name, self.mapped = file, name, mapped
        with self._explained():
            self.zip = zipfile.ZipFile(file)
        roots = [entry.removesuffix("data.pkl") for entry in self.zip.namelist() if entry.endswith("/data.pkl")]
        if len(roots) != 1:
            raise RuntimeError(f"{name}: not a PyTorch file: the archive has no entry 'data.pkl' in its folder")
        self.root = roots[0]

    def read(self, entry: str) -> bytes:
        """Return a small entry."""
        with self._explained():
            return bytes(self._content(self._find(entry)))

    def has(self, entry: str) -> bool:
        return self.root + entry in self.zip.NameToInfo

    def is_swapped(self) -> bool:
        """Say whether the storages were written on a machine with the other byte order."""
        order = self.read("byteorder").decode("ascii", "replace") if self.has("byteorder") else default_byte_order()
        if order not in ("little", "big"):
            raise RuntimeError(f"{self.name}: the byte order is {order!r:.40}, not 'little' or 'big'")
        return order != sys.byteorder

    def storage(self, key: str, size: int) -> Array:
        """Return a storage as bytes that can be written to, `size` of them."""
        with self._explained():
            entry = self._find(f"data/{key}")
            if entry.file_size != size:
                raise RuntimeError(f"{self.name}: storage {key} has {entry.file_size} bytes, but its tensors want {size}")
            return self._content(entry) if self.mapped is None else self._mapped(entry)

    def _find(self, entry: str) -> zipfile.ZipInfo:
        info = self.zip.NameToInfo.get(self.root + entry)
        if info is None:
            raise RuntimeError(f"{self.name}: the entry {entry!r} is missing")
        if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size:
            raise RuntimeError(f"{self.name}: the entry {entry!r} is compressed, which PyTorch's never are")
        return info

    def _content(self, entry: zipfile.ZipInfo) -> Array:
        start = self._start(entry)
        content: Array = numpy.empty(entry.file_size, "u1")
        self.file.seek(start)
        filled, view = 0, memoryview(content)
        while filled < entry.file_size and (count := _read_into(self.file, view[filled:])):
            filled += count
        if filled < entry.file_size or get_crc32_options() and zlib.crc32(content) != entry.CRC:
            raise RuntimeError(f"{self.name}: the entry {entry.filename!r} is damaged (its checksum is wrong). If the file was "
                               "written without checksums, torch.serialization.set_crc32_options(False) leaves them unchecked")
        return content

    def _mapped(self, entry: zipfile.ZipInfo) -> Array:
        return numpy.frombuffer(self.mapped, "u1", entry.file_size, self._start(entry))

    def _start(self, entry: zipfile.ZipInfo) -> int:
        """Return where in the file the content of an entry begins, and check that it ends there too."""
        self.file.seek(entry.header_offset)
        signature, name, extra = _LOCAL_HEADER.unpack(self.file.read(_LOCAL_HEADER.size))
        start = int(entry.header_offset + _LOCAL_HEADER.size + name + extra)
        if signature != b"PK\x03\x04" or start + entry.file_size > self.zip.start_dir:
            raise RuntimeError(f"{self.name}: the entry {entry.filename!r} is not where the archive's directory says")
        return start

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (zipfile.BadZipFile, struct.error, EOFError, OverflowError, ValueError, NotImplementedError) as error:
            raise RuntimeError(f"{self.name}: the archive is cut off or damaged ({error}); PytorchStreamReader failed "
                               "reading zip archive") from error


def _read_into(file: Any, view: memoryview) -> int:
    if hasattr(file, "readinto"):
        return int(file.readinto(view) or 0)
    part = file.read(len(view))
    view[:len(part)] = part
    return len(part)


def root_of(path: str) -> str:
    """Return the folder that all entries are in: the file's name without its ending, as PyTorch has it."""
    name = os.path.splitext(os.path.basename(path))[0]
    return name if name and name.isascii() else "archive"
