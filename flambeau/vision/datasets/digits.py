"""The handwritten digits that ship with flambeau."""
from __future__ import annotations

from pathlib import Path

from flambeau.vision.datasets.base import Images, Transform
from flambeau.vision.datasets.mnist import _pair

_PACKAGED = Path(__file__).parent / "data"


class Digits(Images):
    """1,797 handwritten digits of 8 x 8, values 0 to 16 (E. Alpaydin and C. Kaynak 1998, CC BY 4.0).

    The test set of the UCI Optical Recognition of Handwritten Digits, https://doi.org/10.24432/C50P49
    """

    classes = [str(digit) for digit in range(10)]

    def __init__(self, transform: Transform | None = None, target_transform: Transform | None = None) -> None:
        super().__init__(transform=transform, target_transform=target_transform)
        self.data, self.targets = _pair(_PACKAGED / "digits-images-idx3-ubyte.gz", _PACKAGED / "digits-labels-idx1-ubyte.gz")
