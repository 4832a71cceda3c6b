"""Keeping gradients within bounds. Numbers are PyTorch 2.13's."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.nn import utils


@pytest.fixture
def parameters():
    made = [torch.zeros(3, requires_grad=True), torch.zeros(2, requires_grad=True), torch.zeros(1, requires_grad=True)]
    made[0].grad, made[1].grad = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([-4.0, 5.0])
    return made


@pytest.mark.parametrize("order, norm, clipped", [
    (2, 7.4162, [0.1348, 0.2697, 0.4045]), (1, 15, [0.0667, 0.1333, 0.2]), (float("inf"), 5, [0.2, 0.4, 0.6]),
    ("inf", 5, [0.2, 0.4, 0.6]), (3, 6.0822, [0.1644, 0.3288, 0.4932])])
def test_all_gradients_are_scaled_to_a_norm(parameters, order, norm, clipped):
    assert utils.clip_grad_norm_(parameters, 1.0, order).item() == pytest.approx(norm, abs=1e-4)
    assert parameters[0].grad.tolist() == pytest.approx(clipped, abs=1e-4)
    assert utils.get_total_norm([p.grad for p in parameters[:2]], order).item() == pytest.approx(1)


def test_the_norm_may_be_known_already(parameters):
    utils.clip_grads_with_norm_(parameters, 2.0, torch.tensor(4.0))
    assert parameters[0].grad.tolist() == pytest.approx([0.5, 1, 1.5])
    utils.clip_grads_with_norm_(parameters[1], 8.0, torch.tensor(4.0))
    assert parameters[1].grad.tolist() == pytest.approx([-2, 2.5])


def test_a_norm_that_is_no_number_is_an_error_if_wanted(parameters):
    parameters[0].grad[0] = float("nan")
    with pytest.raises(RuntimeError, match="The total norm of order 2.0 for gradients from `parameters` is non-finite"):
        utils.clip_grad_norm_(parameters, 1.0, error_if_nonfinite=True)


def test_the_old_name_and_an_empty_generator_warn(parameters):
    with pytest.warns(FutureWarning, match="now deprecated in favor of"):
        assert utils.clip_grad_norm(parameters, 1.0).item() == pytest.approx(7.4162, abs=1e-4)
    with pytest.warns(UserWarning, match="empty generator"):
        utils.clip_grad_norm_((p for p in []), 1.0)
