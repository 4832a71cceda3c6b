"""Gradients of extrema and of sizes that are held down: of equals, and where NaN is among them."""
from __future__ import annotations

import math

import pytest

import flambeau as torch

NAN = math.nan


def gradient(function, *elements):
    x = torch.tensor(elements, requires_grad=True)
    function(x).sum().backward()
    return x.grad


@pytest.mark.parametrize("name", ["amax", "amin"])
def test_equals_share_the_gradient_of_an_extremum_along_dims(name):
    assert gradient(lambda x: getattr(x, name)(), 2.0, 2.0, 2.0, 2.0).tolist() == [0.25] * 4


@pytest.mark.parametrize("reduce", [lambda x: x.amax(0), lambda x: x.amin(0), lambda x: x.aminmax(dim=0).max])
def test_a_nan_that_is_the_extremum_equals_no_element_so_that_no_gradient_is_defined(reduce):
    assert gradient(reduce, 1.0, NAN, 3.0).isnan().all()


@pytest.mark.parametrize("name", ["max", "min"])
def test_the_extremum_of_all_hands_its_gradient_to_nan_elements(name):
    assert gradient(lambda x: getattr(x, name)(), 1.0, NAN, 3.0).tolist() == [0.0, 1.0, 0.0]


def test_a_row_that_renorm_leaves_alone_keeps_its_gradient_whatever_the_others_hold():
    x = torch.tensor([[0.3, 0.4], [3.0, 4.0], [NAN, 1.0]], requires_grad=True)
    x.renorm(2, 0, 1.0).sum().backward()
    assert x.grad[0].tolist() == [1.0, 1.0]
    assert torch.isfinite(x.grad[1]).all()
    assert x.grad[2].tolist() == [1.0, 1.0]


@pytest.mark.parametrize("p", [2, 3, 0.5, -1])
def test_the_norm_of_one_number_is_its_size_whose_powers_would_overflow(p):
    assert torch.linalg.vector_norm(torch.tensor([[1e30], [-2e-30]]), p, 1).tolist() == torch.tensor([1e30, 2e-30]).tolist()
