"""Write the digits that ship with flambeau, from scikit-learn's copy of the UCI test set, as IDX files.

    pip install scikit-learn && python tools/make_digits.py
"""
from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy

FOLDER = Path(__file__).parent.parent / "flambeau" / "vision" / "datasets" / "data"


def write(name: str, array: numpy.ndarray) -> None:
    header = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    (FOLDER / name).write_bytes(gzip.compress(header + array.astype("u1").tobytes(), 9, mtime=0))


def main() -> None:
    from sklearn.datasets import load_digits

    digits = load_digits()
    FOLDER.mkdir(parents=True, exist_ok=True)
    write("digits-images-idx3-ubyte.gz", digits.images)  # 1,797 images of 8 x 8, values 0 to 16
    write("digits-labels-idx1-ubyte.gz", digits.target)


if __name__ == "__main__":
    main()
