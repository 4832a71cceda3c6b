"""Gradients of complex numbers where the rule is not that of real ones. The numbers are PyTorch 2.13's."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.autograd.gradcheck import gradcheck, gradgradcheck

POINTS = [1 + 2j, 0.5 - 1j, -1j]


def leaf(numbers):
    return torch.tensor(numbers, dtype=torch.complex128, requires_grad=True)


def pairs(tensor):
    return [part for pair in torch.view_as_real(tensor.detach()).tolist() for part in pair]


def test_a_running_logarithm_of_sums():
    points = leaf(POINTS)
    (torch.logcumsumexp(points, 0) * torch.tensor([1 + 1j, 0, -2 - 1j])).sum().real.backward()
    assert pairs(points.grad) == pytest.approx([4.315172129818492, 14.39656463407882, -3.308478489149557,
                                                -8.961275993732976, -2.0066936406689377, -5.435288640345846])
    assert gradgradcheck(lambda x: torch.logcumsumexp(x, 0), [points])


def test_a_distance_turns_its_gradient_towards_the_target():
    points, target = leaf(POINTS), leaf([1j, 1, -1j])
    loss = torch.nn.functional.l1_loss(points, target)
    assert loss.item() == pytest.approx(0.8440825170409966)
    loss.backward()
    wanted = [0.2357022603955158, 0.2357022603955158, -0.14907119849998596, -0.2981423969999719, 0, 0]
    assert pairs(points.grad) == pytest.approx(wanted)
    assert pairs(target.grad) == pytest.approx([-part for part in wanted])


@pytest.mark.parametrize("name", ["abs", "angle", "sgn", "reciprocal", "log1p", "sigmoid", "tanh", "asin", "sinc", "sqrt"])
def test_elementwise_functions_agree_with_finite_differences(name):
    assert gradcheck(getattr(torch, name), [leaf([0.3 + 0.4j, -0.5 + 0.2j])])


def test_a_running_product_of_real_parts_has_a_real_gradient():
    points = torch.tensor([2 + 1j, 3 - 1j], requires_grad=True)
    torch.cumprod(points, 0, dtype=torch.float32).sum().backward()
    assert points.grad.tolist() == [4 + 0j, 2 + 0j]


def test_what_is_not_finite_points_in_no_direction():
    directions = torch.tensor([complex("inf"), complex("inf+nanj"), complex("-infj"), 3 - 4j]).sgn()
    assert directions.isnan().tolist() == [True, True, True, False]


def test_einsum_promotes_where_nothing_is_added_up():
    assert torch.einsum("i,j->ij", torch.ones(2), torch.ones(3, dtype=torch.float64)).dtype == torch.float64
