"""CIFAR-10 and CIFAR-100, from their original pickles, which are read without running them."""
from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy

from flambeau.ops.creation import from_numpy, tensor
from flambeau.serialization.unpickling import Call, Draft, unpickled
from flambeau.vision.datasets.base import Images, Transform
from flambeau.vision.datasets.files import check_integrity, download_url, extract_tar


class CIFAR10(Images):
    """60,000 colour images of 32 x 32 in 10 classes. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.

    Read from the "python version" in `root/cifar-10-batches-py`; `download` fetches and unpacks it there. Raises RuntimeError
    where files are missing or damaged.
    """

    base_folder = "cifar-10-batches-py"
    url = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
    filename = "cifar-10-python.tar.gz"
    tgz_md5 = "c58f30108f718f92721af3b95e74349a"
    train_list = [("data_batch_1", "c99cafc152244af753f735de768cd75f"), ("data_batch_2", "d4bba439e000b95fd0a9bffe97cbabec"),
                  ("data_batch_3", "54ebc095f3ab1f0389bbae665268c751"), ("data_batch_4", "634d18415352ddfa80567beed471001a"),
                  ("data_batch_5", "482c414d41f54cd18b22e5b47cb7c3cb")]
    test_list = [("test_batch", "40351d587109b95175f43aff81a1287e")]
    meta = ("batches.meta", "5ff9c542aee3614f3951f8cda6e48888")
    label_key, names_key = b"labels", b"label_names"

    def __init__(self, root: str | Path, train: bool = True, transform: Transform | None = None,
                 target_transform: Transform | None = None, download: bool = False) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        if download:
            self.download()
        if not self._is_complete():
            raise RuntimeError(f"Dataset not found or corrupted in {self._folder}. You can use download=True to download it")
        batches = [self._read(name) for name, _ in (self.train_list if train else self.test_list)]
        self.data = from_numpy(numpy.concatenate([_images(batch) for batch in batches]))
        self.targets = tensor([label for batch in batches for label in batch[self.label_key]])
        self.classes = [name.decode() for name in self._read(self.meta[0])[self.names_key]]

    @property
    def _folder(self) -> Path:
        return Path(self.root or ".") / self.base_folder

    def _is_complete(self) -> bool:
        return all(check_integrity(self._folder / name, md5) for name, md5 in (*self.train_list, *self.test_list, self.meta))

    def _read(self, name: str) -> Any:
        return read_pickle(self._folder / name)

    def download(self) -> None:
        """Fetch and unpack the files, unless they are there."""
        if not self._is_complete():
            archive = download_url(self.url, Path(self.root or ".") / self.filename, self.tgz_md5)
            extract_tar(archive, Path(self.root or "."))

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train else 'Test'}"


class CIFAR100(CIFAR10):
    """60,000 colour images of 32 x 32 in 100 classes; otherwise as `CIFAR10`."""

    base_folder = "cifar-100-python"
    url = "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz"
    filename = "cifar-100-python.tar.gz"
    tgz_md5 = "eb9058c3a382ffc7106e4002c42a8d85"
    train_list = [("train", "16019d7e3df5f24257cddd939b257f8d")]
    test_list = [("test", "f0ef6b0ae62326f3e7ffdfab6717acfc")]
    meta = ("meta", "7973b15100ade9c7d40fb424638fde48")
    label_key, names_key = b"fine_labels", b"fine_label_names"


def _images(batch: Any) -> Any:
    return batch[b"data"].reshape(-1, 3, 32, 32)


# ------------------------------------------------------------------------------------- pickles of NumPy arrays


class _ArrayDraft(Draft):
    """An array whose shape, dtype and bytes are still to come."""

    def finished(self, state: Any) -> Any:
        _, shape, dtype, fortran, content = state
        if not isinstance(dtype, numpy.dtype) or not isinstance(content, bytes):
            raise pickle.UnpicklingError("an array has no plain dtype or no bytes")
        return numpy.frombuffer(content, dtype).reshape(shape, order="F" if fortran else "C")


class _DtypeDraft(Draft):
    """A dtype whose byte order is still to come."""

    def __init__(self, code: Any) -> None:
        self.code = code.decode("ascii") if isinstance(code, bytes) else str(code)
        if self.code not in ("u1", "i1", "i2", "i4", "i8", "f4", "f8"):
            raise pickle.UnpicklingError(f"an array is of dtype {self.code!r}; numbers are expected")

    def finished(self, state: Any) -> Any:
        order = state[1].decode("ascii") if isinstance(state[1], bytes) else state[1]
        return numpy.dtype(self.code).newbyteorder(order if order in "<>" else "=")


_NDARRAY = object()
_NAMES: dict[tuple[str, str], Any] = {
    (module, "_reconstruct"): Call(lambda kind, shape, code: _ArrayDraft())
    for module in ("numpy.core.multiarray", "numpy._core.multiarray")
} | {("numpy", "ndarray"): _NDARRAY, ("numpy", "dtype"): Call(lambda code, align, copy: _DtypeDraft(code))}


def read_pickle(path: str | Path) -> Any:
    """Return what a pickle of plain values and NumPy arrays holds; Python 2's strings are bytes.

    Raises pickle.UnpicklingError for a file that wants anything else.
    """
    def refuse(reference: Any) -> Any:
        raise pickle.UnpicklingError(f"{path} refers to something outside of it: {reference!r:.80}")

    return unpickled(Path(path).read_bytes(), _NAMES.get, refuse, python2_strings=bytes)
