"""Distributions with parameters on a GPU, real and pretended: what they draw and say stays there, and is the CPU's."""
from __future__ import annotations

import numpy
import pytest
from distributions import cases

import flambeau as torch

pytestmark = pytest.mark.usefixtures("gpu")
LINES = [line for line in cases.DISTRIBUTIONS if "t(" in line]


@pytest.mark.parametrize("line", LINES)
def test_draws_stay_on_the_gpu(line):
    dist, _ = cases.made(torch, line, cases.dtype_for(line), "cuda")
    draws = cases.drawn(torch, dist, 1)
    assert str(draws.device) == "cuda:0"
    assert draws.shape == (3, *dist.batch_shape, *dist.event_shape)


@pytest.mark.parametrize("line", LINES)
def test_log_probabilities_and_their_gradients_are_the_cpus(line):
    dist, parameters = cases.made(torch, line, cases.dtype_for(line))
    draws = cases.drawn(torch, dist, 1)
    expected = dist.log_prob(draws)
    there, moved = cases.made(torch, line, cases.dtype_for(line), "cuda")
    got = there.log_prob(draws.cuda())
    assert str(got.device) == "cuda:0"
    numpy.testing.assert_allclose(got.detach().cpu().numpy(), expected.detach().numpy(), rtol=1e-5)
    for one, other in zip(torch.autograd.grad(got.sum(), moved, allow_unused=True),
                          torch.autograd.grad(expected.sum(), parameters, allow_unused=True), strict=True):
        if other is not None:
            numpy.testing.assert_allclose(one.cpu().numpy(), other.numpy(), rtol=1e-4, atol=1e-6)
