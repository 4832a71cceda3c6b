"""What PyTorch wrote, of each thing that programs save: read equal, and equal when saved again."""
from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from serialization.checkpoint_cases import ALLOWED, CASES, OPTIONS, described

import flambeau as torch

FILES = zipfile.ZipFile(Path(__file__).parent / "fixtures" / "cases.zip")  # by tools/record_checkpoint.py


def load(content, name, **options):
    with torch.serialization.safe_globals(ALLOWED.get(name, [])):
        return torch.load(io.BytesIO(content), **OPTIONS.get(name, {}), **options)


def saved(obj, name):
    file = io.BytesIO()
    with torch.serialization.safe_globals(ALLOWED.get(name, [])):
        torch.save(obj, file)
    return file.getvalue()


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("written", ["present", "legacy"])
def test_pytorchs_file_is_read_equal(name, written):
    found = load(FILES.read(f"{written}/{name}.pt"), name)
    assert described(found) == FILES.read(f"{name}.json").decode()
    assert described(load(saved(found, name), name)) == described(found)


@pytest.mark.parametrize("name", CASES)
def test_pytorchs_file_is_read_equal_when_mapped(name, tmp_path):
    path = tmp_path / "x.pt"
    path.write_bytes(FILES.read(f"present/{name}.pt"))
    with torch.serialization.safe_globals(ALLOWED.get(name, [])):
        found = torch.load(path, mmap=True, **OPTIONS.get(name, {}))
    assert described(found) == FILES.read(f"{name}.json").decode()
