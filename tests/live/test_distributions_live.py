"""The distributions with fresh draws, beside PyTorch itself: `pytest -m live`, where torch is installed."""
from __future__ import annotations

import os

import pytest
from distributions import cases
from distributions.comparing import same

import flambeau

torch = pytest.importorskip("torch", reason="live comparisons need PyTorch; the recorded ones do not")
pytestmark = [pytest.mark.live, pytest.mark.filterwarnings("ignore")]

SEED = int(os.environ.get("FLAMBEAU_SEED", "1"))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("line", cases.DISTRIBUTIONS)
def test_a_distribution_answers_as_pytorchs(line: str, dtype: str) -> None:
    theirs = cases.answers(torch, line, dtype, SEED)
    mine = cases.answers(flambeau, line, dtype, SEED)
    for question, answer in theirs.items():
        same(mine[question], answer)


@pytest.mark.parametrize("line", cases.DISTRIBUTIONS)
@pytest.mark.parametrize("shape", [(), (40,), (3, 0), (2, 5)])
def test_draws_of_any_shape_are_pytorchs(line: str, shape: tuple[int, ...]) -> None:
    drawn = []
    for framework in (torch, flambeau):
        dist, _ = cases.made(framework, line)
        framework.manual_seed(SEED)
        try:
            drawn.append(cases.answer(framework, dist.sample(shape), []))
        except RuntimeError:
            drawn.append("RuntimeError")
    same(drawn[1], drawn[0])


@pytest.mark.parametrize("line", cases.DISTRIBUTIONS)
def test_expanded_they_draw_alike(line: str) -> None:
    drawn = []
    for framework in (torch, flambeau):
        dist, _ = cases.made(framework, line)
        wide = dist.expand((2, *dist.batch_shape))
        drawn.append(cases.answer(framework, cases.drawn(framework, wide, SEED), []))
    same(drawn[1], drawn[0])


@pytest.mark.parametrize("name, p, q", cases.KL, ids=[name for name, _, _ in cases.KL])
def test_divergences_are_pytorchs(name: str, p: str, q: str) -> None:
    same(cases.divergence(flambeau, p, q), cases.divergence(torch, p, q))
