"""What flambeau saves, read by PyTorch itself: `pytest -m live`, where torch is installed."""
from __future__ import annotations

import io
import pickle

import pytest
from serialization.checkpoint_cases import ALLOWED, CASES, OPTIONS, described

import flambeau

torch = pytest.importorskip("torch", reason="needs PyTorch")
pytestmark = [pytest.mark.live, pytest.mark.filterwarnings("ignore:Sparse invariant")]  # PyTorch warns of its own


def moved(obj: object, name: str, source, target) -> object:
    """Save with one and load with the other."""
    file = io.BytesIO()
    with source.serialization.safe_globals(ALLOWED.get(name, [])), target.serialization.safe_globals(ALLOWED.get(name, [])):
        source.save(obj, file)
        file.seek(0)
        return target.load(file, **OPTIONS.get(name, {"weights_only": True}))


@pytest.mark.parametrize("name", CASES)
def test_pytorch_reads_what_we_save_equal(name: str) -> None:
    ours = CASES[name](flambeau)
    assert described(moved(ours, name, flambeau, torch)) == described(ours)


@pytest.mark.parametrize("name", CASES)
def test_a_file_goes_to_flambeau_and_back_unchanged(name: str) -> None:
    theirs = CASES[name](torch)
    here = moved(theirs, name, torch, flambeau)
    assert described(here) == described(theirs)
    assert described(moved(here, name, flambeau, torch)) == described(theirs)


def test_both_name_what_a_file_may_not_use() -> None:
    file = io.BytesIO()
    torch.save({"a": range(3), "b": pickle.Pickler}, file)
    file.seek(0)
    want = torch.serialization.get_unsafe_globals_in_checkpoint(file)
    file.seek(0)
    assert set(flambeau.serialization.get_unsafe_globals_in_checkpoint(file)) == set(want)
