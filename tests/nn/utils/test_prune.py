"""Pruning: which numbers go, and what a pruned module looks like. Numbers are PyTorch 2.13's."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau import nn
from flambeau.nn.utils import prune


def layer(*rows):
    made = nn.Linear(len(rows[0]), len(rows))
    with torch.no_grad():
        made.weight.copy_(torch.tensor(rows))
    return made


@pytest.fixture
def small():
    return layer([1.0, -4.0, 0.5], [3.0, 0.25, -2.0])


def test_the_smallest_numbers_go_and_the_whole_parameter_is_kept_aside(small):
    prune.l1_unstructured(small, "weight", amount=0.5)
    assert small.weight.tolist() == [[0, -4, 0], [3, 0, -2]]
    assert small.weight_mask.tolist() == [[0, 1, 0], [1, 0, 1]]
    assert sorted(small.state_dict()) == ["bias", "weight_mask", "weight_orig"]
    assert prune.is_pruned(nn.Sequential(small))


def test_pruned_numbers_get_no_gradient(small):
    prune.l1_unstructured(small, "weight", amount=2)
    small(torch.ones(1, 3)).sum().backward()
    assert torch.equal(small.weight_orig.grad, small.weight_mask)


def test_a_forward_computes_the_weight_anew(small):
    prune.l1_unstructured(small, "weight", amount=2)
    with torch.no_grad():
        small.weight_orig.mul_(2)
    small(torch.ones(1, 3))
    assert small.weight.tolist() == [[2, -8, 0], [6, 0, -4]]


def test_pruning_again_takes_from_what_is_left(small):
    prune.l1_unstructured(small, "weight", amount=2)
    prune.ln_structured(small, "weight", amount=1, n=2, dim=0)
    assert small.weight.tolist() == [[1, -4, 0], [0, 0, 0]]
    (hook,) = small._forward_pre_hooks.values()
    assert [type(method).__name__ for method in hook] == ["L1Unstructured", "LnStructured"]


def test_whole_slices_go_by_their_norm(small):
    prune.ln_structured(small, "weight", amount=1, n=2, dim=1)
    assert small.weight.tolist() == [[1, -4, 0], [3, 0.25, 0]]


def test_scores_may_be_looked_at_in_the_parameters_place(small):
    prune.l1_unstructured(small, "weight", amount=2, importance_scores=torch.tensor([[0.0, 1.0, 2.0], [3.0, 4.0, 0.0]]))
    assert small.weight.tolist() == [[0, -4, 0.5], [3, 0.25, 0]]


def test_random_pruning_draws_pytorchs_numbers(small):
    torch.manual_seed(0)
    prune.random_unstructured(small, "weight", amount=3)
    assert small.weight_mask.tolist() == [[0, 0, 1], [1, 1, 0]]


def test_several_parameters_are_pruned_as_one(small):
    other = layer([0.1, 8.0])
    prune.global_unstructured([(small, "weight"), (other, "weight")], prune.L1Unstructured, amount=3)
    assert small.weight.tolist() == [[1, -4, 0], [3, 0, -2]]
    assert other.weight.tolist() == [[0, 8]]


def test_a_mask_may_be_given(small):
    prune.custom_from_mask(small, "bias", mask=torch.tensor([0, 1]))
    assert small.bias[0] == 0 and small.bias[1] == small.bias_orig[1]


def test_removing_makes_the_zeros_lasting(small):
    prune.l1_unstructured(small, "weight", amount=0.5)
    prune.remove(small, "weight")
    assert isinstance(small._parameters["weight"], nn.Parameter)
    assert small.weight.tolist() == [[0, -4, 0], [3, 0, -2]]
    assert not prune.is_pruned(small)
    with pytest.raises(ValueError, match="Parameter 'weight' of module .* has to be pruned before pruning can be removed"):
        prune.remove(small, "weight")


@pytest.mark.parametrize("amount, error", [(-1, ValueError), (1.5, ValueError), (7, ValueError), ("x", TypeError)])
def test_an_impossible_amount_is_refused_and_nothing_changes(small, amount, error):
    with pytest.raises(error, match="amount"):
        prune.l1_unstructured(small, "weight", amount=amount)
    assert sorted(small.state_dict()) == ["bias", "weight"]
    assert not prune.is_pruned(small)


def test_slices_of_a_vector_are_refused(small):
    with pytest.raises(ValueError, match="Structured pruning can only be applied to multidimensional tensors"):
        prune.random_structured(small, "bias", amount=1, dim=0)
