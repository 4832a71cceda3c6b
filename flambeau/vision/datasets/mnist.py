"""MNIST and datasets in its form: four IDX files."""
from __future__ import annotations

from pathlib import Path
from typing import Any

from flambeau.ops.creation import from_numpy
from flambeau.vision.datasets.base import Images, Transform
from flambeau.vision.datasets.files import download_url
from flambeau.vision.datasets.idx import read_idx

_PARTS = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


class MNIST(Images):
    """70,000 handwritten digits of 28 x 28 (LeCun, Cortes and Burges 1998): 60,000 to train, 10,000 to test.

    Read from IDX files, packed or not, in `root`, `root/raw` or `root/MNIST/raw`; `download` fetches them there.
    Raises RuntimeError where the files are not found, naming where it looked.
    """

    mirrors: tuple[str, ...] = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/")
    checksums: tuple[str, ...] = ("f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432",
                                  "9fb629c4189551a2d022fa330f9573f3", "ec29112dd5afa0611ce80d1b7f02629c")
    classes = [f"{digit} - {name}" for digit, name in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))]

    def __init__(self, root: str | Path, train: bool = True, transform: Transform | None = None,
                 target_transform: Transform | None = None, download: bool = False) -> None:
        super().__init__(root, transform=transform, target_transform=target_transform)
        self.train = train
        if download:
            self.download()
        images, labels = (self._found(part) for part in (_PARTS[:2] if train else _PARTS[2:]))
        self.data, self.targets = _pair(images, labels)

    @property
    def raw_folder(self) -> Path:
        return Path(self.root or ".") / type(self).__name__ / "raw"

    def download(self) -> None:
        """Fetch the files that are not there yet."""
        for part, md5 in zip(_PARTS, self.checksums, strict=True):
            try:
                self._found(part)
            except RuntimeError:
                download_url([f"{mirror}{part}.gz" for mirror in self.mirrors], self.raw_folder / f"{part}.gz", md5)

    def _found(self, name: str) -> Path:
        folders = (Path(self.root or "."), Path(self.root or ".") / "raw", self.raw_folder)
        for folder in folders:
            for file in (name, f"{name}.gz", name.replace("-idx", ".idx")):
                if (folder / file).is_file():
                    return folder / file
        raise RuntimeError(f"Dataset not found: no {name} (or {name}.gz) in {folders[0]}, {folders[1]} or {folders[2]}. You "
                           "can use download=True to download it")

    def extra_repr(self) -> str:
        return f"Split: {'Train' if self.train else 'Test'}"


def _pair(images: Path, labels: Path) -> tuple[Any, Any]:
    data, targets = from_numpy(read_idx(images)), from_numpy(read_idx(labels)).long()
    if len(data) != len(targets):
        raise ValueError(f"{images} has {len(data)} images, but {labels} has {len(targets)} labels")
    return data, targets


class FashionMNIST(MNIST):
    """70,000 pictures of clothes in MNIST's form. Xiao, Rasul and Vollgraf 2017, https://arxiv.org/abs/1708.07747"""

    mirrors = ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",)
    checksums = ("8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe", "bef4ecab320f06d8554ea6380940ec79",
                 "bb300cfdad3c16e7a12a480ee83cd310")
    classes = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]


class KMNIST(MNIST):
    """70,000 cursive Japanese characters in MNIST's form. Clanuwat et al. 2018, https://arxiv.org/abs/1812.01718"""

    mirrors = ("http://codh.rois.ac.jp/kmnist/dataset/kmnist/",)
    checksums = ("bdb82020997e1d708af4cf47b453dcf7", "e144d726b3acfaa3e44228e80efcd344", "5c965bf0a639b31b8f53240b1b52f4d7",
                 "7320c461ea6c1c855c0b718fb2a4b134")
    classes = ["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"]
