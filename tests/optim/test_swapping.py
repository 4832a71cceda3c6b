"""An optimizer that works on lent parameters for a while."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.optim import swap_in_optimizer_params_and_state


def test_lent_parameters_move_and_the_own_stay():
    own, lent = torch.ones(2, requires_grad=True), torch.zeros(2, requires_grad=True)
    optimizer = torch.optim.SGD([own], lr=0.1, momentum=0.9)
    own.grad, lent.grad = torch.ones(2), torch.ones(2)
    optimizer.step()
    state = optimizer.state_dict()
    state["param_groups"][0]["lr"] = 1.0
    buffer = state["state"][0]["momentum_buffer"] = torch.zeros(2)
    with swap_in_optimizer_params_and_state(optimizer, {"x": lent}, state):
        optimizer.step()
    assert lent.tolist() == [-1.0, -1.0]
    assert buffer.tolist() == [1.0, 1.0]
    assert own.tolist() == pytest.approx([0.9, 0.9])
    assert optimizer.param_groups[0]["lr"] == 0.1
    assert optimizer.state[own]["momentum_buffer"].tolist() == [1.0, 1.0]


def test_what_does_not_fit_is_refused():
    optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1)
    with pytest.raises(ValueError, match="has 1 parameters"), swap_in_optimizer_params_and_state(
            optimizer, {}, optimizer.state_dict()):
        pass
