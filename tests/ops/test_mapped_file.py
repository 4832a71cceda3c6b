"""Tensors over the bytes of a file."""
from __future__ import annotations

from pathlib import Path

import numpy
import pytest

import flambeau as torch


def written(folder: Path) -> Path:
    path = folder / "numbers.bin"
    path.write_bytes(numpy.arange(6, dtype="f4").tobytes())
    return path


def test_a_file_is_read_as_numbers(tmp_path: Path) -> None:
    assert torch.from_file(str(written(tmp_path)), size=4).tolist() == [0.0, 1.0, 2.0, 3.0]
    assert torch.from_file(written(tmp_path), size=3, dtype=torch.float64).dtype is torch.float64


def test_writes_stay_here_unless_the_file_is_shared(tmp_path: Path) -> None:
    path = written(tmp_path)
    torch.from_file(str(path), size=6).fill_(7)
    assert numpy.fromfile(path, "f4").tolist() == [0, 1, 2, 3, 4, 5]
    torch.from_file(str(path), shared=True, size=6)[1:3] = 7
    assert numpy.fromfile(path, "f4").tolist() == [0, 7, 7, 3, 4, 5]


def test_a_shared_file_is_made_and_lengthened(tmp_path: Path) -> None:
    path = tmp_path / "new.bin"
    torch.from_file(str(path), shared=True, size=4, dtype=torch.int32).add_(5)
    assert numpy.fromfile(path, "i4").tolist() == [5, 5, 5, 5]
    assert torch.from_file(str(path), shared=True, size=6, dtype=torch.int32).tolist() == [5, 5, 5, 5, 0, 0]


def test_a_file_that_is_missing_or_too_short_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="unable to open file"):
        torch.from_file(str(tmp_path / "none.bin"), size=1)
    with pytest.raises(RuntimeError, match="smaller than the required"):
        torch.from_file(str(written(tmp_path)), size=7)


def test_nothing_is_mapped_for_no_numbers(tmp_path: Path) -> None:
    assert torch.from_file(str(written(tmp_path))).shape == (0,)
