"""`load`: reads what `save` or PyTorch wrote, and runs nothing of it."""
from __future__ import annotations

import contextlib
import io
import os
import pickle
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.device import CPU, cuda_device_count, device, moved, resolve
from flambeau.core.dtype import dtype
from flambeau.core.tensor import Storage, TensorBase, wrap
from flambeau.serialization import legacy, options
from flambeau.serialization.allowed import finder, unsafe_names
from flambeau.serialization.archive import ArchiveReader
from flambeau.serialization.rebuilding import Loaded, StorageKind
from flambeau.serialization.unpickling import unpickled

Location = Callable[[Any, str], Any] | device | str | dict[str, str] | None


def load(f: Any, map_location: Location = None, pickle_module: Any = None, *, weights_only: bool | None = None,
         mmap: bool | None = None, **pickle_load_args: Any) -> Any:
    """Read a path or a file object that `save` or PyTorch's `torch.save` wrote.

    `map_location` says where tensors go: a device, a dict of devices, or a function (storage, location) -> storage.
    `mmap=True` reads storages when they are used; writing to them does not reach the file, unless
    `serialization.set_default_mmap_options` asked for it.

    Loading never runs code that a file names: a file that needs classes other than tensors, parameters and Python's own
    containers raises pickle.UnpicklingError, naming the class, unless `serialization.add_safe_globals` allowed it.
    `weights_only=False` also rebuilds whole modules, of classes that the program has imported. A damaged file raises
    RuntimeError.
    """
    if pickle_module not in (None, pickle):
        raise ValueError("load: flambeau reads pickles with an interpreter of its own; leave pickle_module alone")
    if mmap and hasattr(f, "read"):
        raise ValueError("f must be a string or os.PathLike object in order to use mmap; got an open file")
    only = weights_only is None or bool(weights_only)
    with _opened(f, "r+b" if mmap and options.get_default_mmap_options() == options.MAP_SHARED else "rb") as (file, name):
        try:
            if _looked_at(file, name) != legacy.MAGIC:
                return _load_archive(file, name, map_location, only, bool(mmap))
            if mmap:
                raise RuntimeError(f"{name}: mmap can only be used with files saved by PyTorch 1.6 or later, in the zip "
                                   "format; load it without, and save it again")
            return _load_legacy(file, name, map_location, only)
        except pickle.UnpicklingError as error:
            raise pickle.UnpicklingError(f"{name}: Weights only load failed. {error}") from error


@contextlib.contextmanager
def _opened(f: Any, mode: str = "rb") -> Iterator[tuple[Any, str]]:
    """Open a path; leave open what was open."""
    if hasattr(f, "read"):
        if not hasattr(f, "seek"):
            raise AttributeError("You can only load from a file that is seekable. Please pre-load the data into a buffer "
                                 "like io.BytesIO and try to load from it instead.")
        yield f, str(getattr(f, "name", "file object"))
        return
    path = os.fspath(f)
    with open(path, mode) as file:
        yield file, str(path)


def _looked_at(file: BinaryIO, name: str) -> bytes:
    """Return how a file starts, having made sure that it looks like one of PyTorch's."""
    start = file.tell()
    magic = file.read(len(legacy.MAGIC))
    file.seek(start)
    if not magic:
        raise EOFError(f"Ran out of input: {name} is empty")
    if magic != legacy.MAGIC and not magic.startswith(b"PK"):
        raise pickle.UnpicklingError(f"{name}: not a PyTorch file: it is neither a zip archive nor of the older kind, but "
                                     f"starts with {magic[:8]!r}")
    return magic


def _load_archive(file: BinaryIO, name: str, map_location: Location, weights_only: bool, mmap: bool) -> Any:
    file = file if file.tell() == 0 else io.BytesIO(file.read())  # what is read here starts with the archive
    archive = ArchiveReader(file, name, options.memory_map(file) if mmap else None)
    if archive.has("constants.pkl"):
        raise RuntimeError(f"{name}: looks like a TorchScript archive, whose code flambeau does not run; save the model's "
                           "state_dict() with PyTorch instead")
    storages = _Storages(archive, map_location)
    return unpickled(archive.read("data.pkl"), finder(weights_only), storages.find)


def _load_legacy(file: BinaryIO, name: str, map_location: Location, weights_only: bool) -> Any:
    return legacy.load_legacy(file.read(), name, finder(weights_only),
                              lambda content, location: _placed(content, location, map_location, name))


class _Storages:
    """The storages of an archive, each read once and brought to its place."""

    def __init__(self, archive: ArchiveReader, map_location: Location) -> None:
        self.archive = archive
        self.map_location = map_location
        self.swapped = archive.is_swapped()
        self.loaded: dict[str, Loaded] = {}

    def find(self, reference: Any) -> Loaded:
        """Return the storage that a pickle refers to."""
        match reference:
            case ("storage", StorageKind(dtype=kind), str(key), str(location), int(size)) if size >= 0:
                if key not in self.loaded:
                    self.loaded[key] = self._load(key, size, kind, location)
                return self.loaded[key]._replace(dtype=kind)
        raise pickle.UnpicklingError(f"the reference {reference!r:.120} is not one to a storage")

    def _load(self, key: str, size: int, kind: dtype | None, location: str) -> Loaded:
        content = self.archive.storage(key, size * (1 if kind is None else kind.itemsize))
        if self.swapped:
            content = self._in_our_order(content, kind)
        return Loaded(_placed(content, location, self.map_location, self.archive.name), kind, Storage())

    def _in_our_order(self, content: Array, kind: dtype | None) -> Array:
        if kind is None:
            raise RuntimeError(f"{self.archive.name}: written on a machine with the other byte order, with a storage of "
                               "unknown type; save it there again with other dtypes")
        width = kind.itemsize // 2 if kind.is_complex else kind.itemsize
        turned: Array = namespace_of(content).ascontiguousarray(content.reshape(-1, width)[:, ::-1])
        return turned.reshape(-1)


def _placed(content: Array, location: str, map_location: Location, name: str) -> Array:
    """Bring a storage to where `map_location` says, or to where it was."""
    if callable(map_location) and not isinstance(map_location, device):
        chosen = map_location(wrap(content), location)
        if chosen is not None:
            if not isinstance(chosen, TensorBase):
                raise TypeError(f"map_location returned a {type(chosen).__name__}, not a storage")
            return chosen._array
        map_location = None
    wanted = map_location.get(location, location) if isinstance(map_location, dict) else map_location or location
    place = device(wanted)
    if place.type != "cpu" and cuda_device_count() == 0:
        raise RuntimeError(f"{name}: Attempting to deserialize object on device '{place}' but there is none here. If you "
                           "are running on a CPU-only machine, please use load with map_location='cpu' to map your "
                           "storages to the CPU")
    return content if place == CPU else moved(content, resolve(place))


def get_unsafe_globals_in_checkpoint(f: Any) -> list[str]:
    """Return the full names that a file uses and `load` would refuse, without loading anything.

    Raises ValueError for a file that is no zip archive of PyTorch's.
    """
    with _opened(f) as (file, name):
        if not _looked_at(file, name).startswith(b"PK"):
            raise ValueError(f"{name}: expected a checkpoint in PyTorch's zip format, of 1.6 or later")
        return unsafe_names(ArchiveReader(file, name).read("data.pkl"))
