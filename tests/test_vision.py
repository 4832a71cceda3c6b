"""Datasets of images, and the IDX files they come from."""
from __future__ import annotations

import gzip
import struct

import numpy
import pytest

from flambeau.vision.datasets import MNIST, Digits, read_idx


def idx(array):
    return struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype("u1").tobytes()


def test_the_packaged_digits_are_all_there():
    digits = Digits()
    assert tuple(digits.data.shape) == (1797, 8, 8)
    assert (int(digits.data.max()), sorted(set(digits.targets.tolist()))) == (16, list(range(10)))
    image, label = digits[0]
    assert (tuple(image.shape), label) == ((8, 8), 0)


def test_mnist_is_read_packed_or_not(tmp_path):
    images, labels = numpy.arange(2 * 28 * 28).reshape(2, 28, 28) % 256, numpy.array([3, 7])
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(labels))
    mnist = MNIST(tmp_path)
    assert (len(mnist), mnist.targets.tolist(), mnist.data[1].tolist()) == (2, [3, 7], images[1].tolist())


def test_a_file_cut_short_is_named(tmp_path):
    path = tmp_path / "cut"
    path.write_bytes(idx(numpy.zeros((2, 3)))[:-1])
    with pytest.raises(ValueError, match=r"cut should have 18 bytes for the shape \(2, 3\), but has 17"):
        read_idx(path)


def test_a_file_of_another_kind_is_named(tmp_path):
    path = tmp_path / "text"
    path.write_text("hello")
    with pytest.raises(ValueError, match="text is no IDX file"):
        read_idx(path)


def test_missing_files_say_where_they_were_looked_for(tmp_path):
    with pytest.raises(RuntimeError, match="Dataset not found.*MNIST"):
        MNIST(tmp_path)
