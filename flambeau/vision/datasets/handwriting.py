"""Handwritten digits: the small set that ships with flambeau, and MNIST from files."""
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flambeau.ops.creation import from_numpy
from flambeau.utils.data import Dataset
from flambeau.vision.datasets.idx import read_idx

_PACKAGED = Path(__file__).parent / "data"


class _Images(Dataset):
    """Images as `data` (N, H, W), uint8, and labels as `targets` (N), int64."""

    data: Any
    targets: Any

    def _keep(self, images: Path, labels: Path) -> None:
        self.data = from_numpy(read_idx(images))
        self.targets = from_numpy(read_idx(labels)).long()
        if len(self.data) != len(self.targets):
            raise ValueError(f"{images} has {len(self.data)} images, but {labels} has {len(self.targets)} labels")

    def __init__(self, transform: Callable[[Any], Any] | None = None,
                 target_transform: Callable[[Any], Any] | None = None) -> None:
        self.transform, self.target_transform = transform, target_transform

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> tuple[Any, int]:
        image, label = self.data[index], int(self.targets[index])
        return (image if self.transform is None else self.transform(image),
                label if self.target_transform is None else self.target_transform(label))


class Digits(_Images):
    """1,797 handwritten digits of 8 x 8, values 0 to 16 (E. Alpaydin and C. Kaynak 1998, CC BY 4.0).

    The test set of the UCI Optical Recognition of Handwritten Digits, https://doi.org/10.24432/C50P49
    """

    classes = [str(digit) for digit in range(10)]

    def __init__(self, transform: Callable[[Any], Any] | None = None,
                 target_transform: Callable[[Any], Any] | None = None) -> None:
        super().__init__(transform, target_transform)
        self._keep(_PACKAGED / "digits-images-idx3-ubyte.gz", _PACKAGED / "digits-labels-idx1-ubyte.gz")


class MNIST(_Images):
    """MNIST from its four IDX files, packed or not, in `root`, `root/raw` or `root/MNIST/raw`.

    Raises RuntimeError where the files are not found, naming where it looked.
    """

    classes = [str(digit) for digit in range(10)]

    def __init__(self, root: str | Path, train: bool = True, transform: Callable[[Any], Any] | None = None,
                 target_transform: Callable[[Any], Any] | None = None) -> None:
        super().__init__(transform, target_transform)
        part = "train" if train else "t10k"
        self._keep(_found(Path(root), f"{part}-images-idx3-ubyte"), _found(Path(root), f"{part}-labels-idx1-ubyte"))


def _found(root: Path, name: str) -> Path:
    places = [folder / file for folder in (root, root / "raw", root / "MNIST" / "raw")
              for file in (name, f"{name}.gz", name.replace("-idx", ".idx"))]
    for place in places:
        if place.is_file():
            return place
    raise RuntimeError(f"Dataset not found: no {name} (or {name}.gz) in {root}, {root / 'raw'} or {root / 'MNIST' / 'raw'}")
