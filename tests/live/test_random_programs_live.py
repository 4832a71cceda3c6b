"""Random programs, run beside PyTorch itself: `pytest -m live`, where torch and hypothesis are installed."""
from __future__ import annotations

import os

import pytest

torch = pytest.importorskip("torch", reason="live comparisons need PyTorch")
hypothesis = pytest.importorskip("hypothesis", reason="random programs are drawn, and made smaller, by hypothesis")

from hypothesis import HealthCheck, strategies  # noqa: E402  as pytest.importorskip has found them
from programs.choices import Choices  # noqa: E402
from programs.comparing import Doubtful  # noqa: E402
from programs.generator import Program, program  # noqa: E402
from programs.known import unknown_difference  # noqa: E402

pytestmark = [pytest.mark.live, pytest.mark.filterwarnings("ignore")]

PROGRAMS = int(os.environ.get("FLAMBEAU_PROGRAMS", "300"))
SEED = int(os.environ.get("FLAMBEAU_SEED", "1"))


@strategies.composite
def programs(draw: strategies.DrawFn) -> Program:
    return program(Choices(lambda low, high: draw(strategies.integers(low, high))))


@hypothesis.seed(SEED)
@hypothesis.settings(max_examples=PROGRAMS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@hypothesis.given(programs())
def test_a_program_runs_on_flambeau_as_on_pytorch(lines: Program) -> None:
    try:
        found, lines, _ = unknown_difference(lines)
    except Doubtful:
        return
    assert found is None, "\n".join(["import torch", *lines, f"# {found}"])
