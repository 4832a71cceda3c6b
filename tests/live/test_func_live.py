"""Programs of `torch.func`, run by flambeau and by PyTorch: `pytest -m live`, where torch is installed."""
from __future__ import annotations

import pytest
from func.test_transform_programs import assert_close
from func.transform_programs import PROGRAMS, values

import flambeau

torch = pytest.importorskip("torch", reason="needs PyTorch")
pytestmark = [pytest.mark.live, pytest.mark.filterwarnings("ignore:`torch.jit")]  # PyTorch warns of its own


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_has_pytorchs_results(name: str) -> None:
    assert_close(values(PROGRAMS[name](flambeau)), values(PROGRAMS[name](torch)))

