"""Programs of `torch.func`: PyTorch's recorded results, by `tools/record_programs.py`."""
from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import pytest
from func.transform_programs import PROGRAMS, values

import flambeau


@functools.cache
def recorded() -> dict[str, Any]:
    answers: dict[str, Any] = json.loads(Path(__file__).with_name("recorded.json").read_text())
    return answers


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_has_pytorchs_results(name: str) -> None:
    assert_close(values(PROGRAMS[name](flambeau)), recorded()[name])


def assert_close(got: Any, want: Any) -> None:
    if isinstance(want, dict):
        assert list(got) == list(want)
        got, want = list(got.values()), list(want.values())
    if isinstance(want, list | tuple):
        assert len(got) == len(want)
        for mine, theirs in zip(got, want, strict=True):
            assert_close(mine, theirs)
    elif isinstance(want, float):
        assert got == pytest.approx(want, rel=1e-6, abs=1e-9)
    else:
        assert got == want
