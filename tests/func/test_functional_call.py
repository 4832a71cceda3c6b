"""`functional_call`: a module with other tensors than its own."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau import nn
from flambeau.func import functional_call, stack_module_state
from flambeau.nn.utils import stateless


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(2, 2), nn.Linear(2, 2)
        self.second.weight = self.first.weight
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, x, scale=1):
        self.calls = self.calls + 1
        return self.second(self.first(x)) * scale


@pytest.fixture
def ones():
    return {name: torch.ones_like(parameter) for name, parameter in Tied().named_parameters()}


X = torch.ones(1, 2)


def test_given_tensors_are_used_and_the_own_ones_stay(ones):
    module = Tied()
    before = module(X)
    assert functional_call(module, ones, X, {"scale": 2}).tolist() == [[14, 14]]
    assert torch.equal(module(X), before)


def test_gradients_reach_the_given_tensors_only(ones):
    module = Tied()
    ones["first.weight"].requires_grad_()
    functional_call(module, ones, X).sum().backward()
    assert ones["first.weight"].grad.tolist() == [[5, 5], [5, 5]]  # 3 as the second weight and 2 as the first
    assert module.first.weight.grad is None


def test_what_the_module_replaces_comes_out_in_the_dict():
    module, state = Tied(), {"calls": torch.full((1,), 5.0)}
    functional_call(module, state, X)
    assert state["calls"].item() == 6 and module.calls.item() == 0


def test_own_tensors_come_back_after_an_error(ones):
    module = Tied()
    weight = module.first.weight
    with pytest.raises(RuntimeError):
        functional_call(module, ones, torch.ones(1, 3))
    assert module.first.weight is weight


def test_different_tensors_for_tied_weights_are_refused_unless_untied():
    given = {"first.weight": torch.zeros(2, 2), "second.weight": torch.ones(2, 2)}
    with pytest.raises(ValueError, match=r"multiple values for keys \['first.weight', 'second.weight'\], which are tied"):
        functional_call(Tied(), given, X)
    functional_call(Tied(), given, X, tie_weights=False)


def test_strict_calls_name_what_is_missing_and_left_over(ones):
    with pytest.raises(RuntimeError, match=r"reparametrizing for Tied:\n\tUnexpected key\(s\): 'x'.\n"
                                           r"\tMissing key\(s\): 'calls'."):
        functional_call(Tied(), {**ones, "x": X}, X, strict=True)


def test_several_dicts_count_as_one_but_may_not_overlap(ones):
    functional_call(Tied(), (ones, {"calls": torch.ones(1)}), X, strict=True)
    with pytest.raises(ValueError, match="appeared in multiple dictionaries"):
        functional_call(Tied(), (ones, ones), X)


def test_originals_of_a_parametrized_weight_can_be_given():
    module = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2, bias=False))
    names = [name for name, _ in module.named_parameters()]
    out = functional_call(module, {names[0]: torch.full((2, 1), 2.0), names[1]: torch.tensor([[3.0, 4.0], [4.0, 3.0]])}, X)
    assert out.flatten().tolist() == pytest.approx([2.8, 2.8])


def test_the_old_name_warns(ones):
    with pytest.warns(FutureWarning, match="use `torch.func.functional_call` instead"):
        stateless.functional_call(Tied(), ones, X)


def test_states_of_models_are_stacked():
    models = [nn.BatchNorm1d(3) for _ in range(4)]
    parameters, buffers = stack_module_state(models)
    assert parameters["weight"].shape == (4, 3) and parameters["weight"].requires_grad and parameters["weight"].is_leaf
    assert buffers["num_batches_tracked"].shape == (4,)
    with pytest.raises(RuntimeError, match="same training/eval mode"):
        stack_module_state([models[0].eval(), models[1]])
