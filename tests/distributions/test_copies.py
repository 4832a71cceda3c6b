"""Distributions that are copied or sent to another process draw and say the same."""
from __future__ import annotations

import copy
import pickle
import warnings

import pytest
from distributions import cases

import flambeau as torch


@pytest.mark.parametrize("line", cases.DISTRIBUTIONS)
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda dist: pickle.loads(pickle.dumps(dist))],
                         ids=["copy", "deepcopy", "pickle"])
def test_a_copy_is_as_good(line, duplicate):
    words = {"d": torch.distributions, "t": torch.tensor, "n": torch.tensor}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dist = eval(line, words)  # noqa: S307  our own expressions
        twin = duplicate(dist)
    draws = cases.drawn(torch, dist, 3)
    assert torch.equal(cases.drawn(torch, twin, 3), draws)
    assert torch.equal(twin.log_prob(draws), dist.log_prob(draws))
    assert repr(twin) == repr(dist)
