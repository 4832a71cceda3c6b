"""Reading safetensors files: all at once, or a tensor or a part of one when it is asked for."""
from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy

from flambeau.core.arrays import Array
from flambeau.core.tensor import wrap
from flambeau.safetensors.header import NAMES, Entry, Header, SafetensorError, parsed

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def load(data: bytes) -> dict[str, Tensor]:
    """Return the tensors in the bytes of a file, each in memory of its own. Raises SafetensorError for damaged ones."""
    header = parsed(data, "load")
    memory = numpy.frombuffer(data, "u1")
    return {name: wrap(_array(memory, header, entry).copy()) for name, entry in header.entries.items()}


def load_file(filename: str | os.PathLike[str], device: str | int = "cpu") -> dict[str, Tensor]:
    """Return the tensors of a safetensors file.

    On the CPU they lie in the file as it is mapped to memory, read when they are used; a write to them does not reach the
    file. Raises FileNotFoundError, and SafetensorError for a damaged file.
    """
    with safe_open(filename, "pt", device) as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  not a dict


def _array(memory: Array, header: Header, entry: Entry) -> Array:
    content = memory[header.origin + entry.begin:header.origin + entry.end]
    if (content.ctypes.data if content.size else 0) % entry.dtype.itemsize:
        content = content.copy()  # written by a program that does not align
    return content.view(entry.dtype.numpy).reshape(entry.shape)


def _mapped(path: str) -> Array:
    """The bytes of a file, mapped; what is written to them stays in this process."""
    import mmap

    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if not size:
            return numpy.empty(0, "u1")
        return numpy.frombuffer(mmap.mmap(file.fileno(), size, access=mmap.ACCESS_COPY), "u1")


class safe_open:  # noqa: N801  the name in safetensors
    """A safetensors file of which tensors are read one by one, in a `with` block or until it is collected.

    `framework` is accepted ("pt"): tensors are flambeau's. They go to `device`.
    """

    def __init__(self, filename: str | os.PathLike[str], framework: str = "pt", device: str | int = "cpu") -> None:
        self._title = os.fspath(filename)
        if not os.path.exists(self._title):
            raise FileNotFoundError(f"No such file or directory: {self._title}")
        self._device = device
        self._memory: Array | None = _mapped(self._title)
        self._header = parsed(memoryview(self._memory), self._title)

    def __enter__(self) -> safe_open:
        return self

    def __exit__(self, *error: object) -> None:
        self._memory = None  # what was read keeps the mapping

    def keys(self) -> list[str]:
        """Return the names of all tensors."""
        return sorted(self._header.entries)

    def offset_keys(self) -> list[str]:
        """Return the names in the order of the tensors in the file."""
        return list(self._header.entries)

    def metadata(self) -> dict[str, str] | None:
        """Return the file's remarks."""
        return self._header.metadata

    def get_tensor(self, name: str) -> Tensor:
        """Return one tensor. Raises SafetensorError for a name that is not in the file."""
        return self._placed(self._one(name))

    def get_slice(self, name: str) -> PySafeSlice:
        """Return a tensor of which only the parts that are indexed are read."""
        self._entry(name)
        return PySafeSlice(self, name)

    def _entry(self, name: str) -> Entry:
        try:
            return self._header.entries[name]
        except KeyError:
            raise SafetensorError(f"{self._title}: File does not contain tensor {name}; it has "
                                  f"{', '.join(self.keys()[:10]) or 'none'}") from None

    def _one(self, name: str) -> Array:
        if self._memory is None:
            raise SafetensorError(f"{self._title}: File is closed")
        return _array(self._memory, self._header, self._entry(name))

    def _placed(self, array: Array) -> Tensor:
        tensor = wrap(array)
        return tensor if self._device == "cpu" else tensor.to(self._device)


class PySafeSlice:
    """A tensor in a file: `slice[2:4, :10]` reads a part of it."""

    def __init__(self, file: safe_open, name: str) -> None:
        self._file, self._name = file, name

    def get_shape(self) -> list[int]:
        return list(self._file._entry(self._name).shape)

    def get_dtype(self) -> str:
        return NAMES[self._file._entry(self._name).dtype]

    def __getitem__(self, index: Any) -> Tensor:
        part = self._file._one(self._name)[index]
        return self._file._placed(numpy.ascontiguousarray(part).reshape(part.shape))
