"""What each distribution says, held against what PyTorch 2.13 said of the same one."""
from __future__ import annotations

import functools
import json
import warnings
from pathlib import Path
from typing import Any

import numpy
import pytest
from distributions import cases
from distributions.comparing import same

import flambeau as torch

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())
every_distribution = pytest.mark.parametrize("line", cases.DISTRIBUTIONS)


@functools.cache
def answers(line: str) -> dict[str, Any]:
    return cases.answers(torch, line, cases.dtype_for(line))


def recorded(line: str) -> dict[str, Any]:
    return RECORDED["distributions"][line]


@every_distribution
def test_shapes_and_text_are_pytorchs(line):
    for question in ("shapes", "flags", "repr"):
        assert answers(line)[question] == recorded(line)[question]


@every_distribution
def test_a_seed_gives_pytorchs_draws(line):
    same(answers(line)["sample"], recorded(line)["sample"])


@every_distribution
@pytest.mark.parametrize("question", cases.QUESTIONS)
def test_values_and_gradients_are_pytorchs(line, question):
    same(answers(line)[question], recorded(line)[question])


@every_distribution
def test_expanded_it_says_the_same_for_more(line):
    dist, _ = cases.made(torch, line)
    draws = cases.drawn(torch, dist, 1)
    wide = dist.expand((2, *dist.batch_shape))
    assert wide.batch_shape == (2, *dist.batch_shape)
    assert wide.event_shape == dist.event_shape
    assert cases.drawn(torch, wide, 1).shape == (3, *wide.batch_shape, *wide.event_shape)
    expected = dist.log_prob(draws)
    got = wide.log_prob(draws.unsqueeze(1).expand((3, 2, *draws.shape[1:])))
    assert got.shape == (3, 2, *dist.batch_shape)
    numpy.testing.assert_allclose(got[:, 1].detach().numpy(), expected.detach().numpy())


@every_distribution
def test_expanding_computes_nothing_early_and_keeps_the_checks(line):
    dist, _ = cases.made(torch, line)
    dist._validate_args = False
    wide = dist.expand((2, *dist.batch_shape))
    assert type(wide) is type(dist)
    assert wide._validate_args is False


@every_distribution
def test_its_own_draws_lie_in_its_support(line):
    dist, _ = cases.made(torch, line)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert dist.support.check(dist.sample((20,))).all()
