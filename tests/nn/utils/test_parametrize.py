"""Parametrizations: what they compute, what they keep, what they refuse. Numbers are PyTorch 2.13's."""
from __future__ import annotations

import copy
import pickle

import pytest
from nn.utils.norms import after_one_pass, layer

import flambeau as torch
from flambeau import nn
from flambeau.nn.utils import parametrizations, parametrize


class Symmetric(nn.Module):
    def forward(self, X):
        return X.triu() + X.triu(1).mT

    def right_inverse(self, A):
        return A.triu()


class Doubled(nn.Module):
    def forward(self, X):
        return 2 * X


class Cut(nn.Module):
    def forward(self, X):
        return X[:1]


class Summed(nn.Module):
    def forward(self, one, two):
        return one + two

    def right_inverse(self, X):
        return X / 2, X / 2


@pytest.fixture
def symmetric():
    return parametrize.register_parametrization(nn.Linear(2, 2), "weight", Symmetric())


def test_a_parametrized_weight_is_computed_from_its_original(symmetric):
    assert torch.equal(symmetric.weight, symmetric.weight.mT)
    assert list(symmetric.state_dict()) == ["bias", "parametrizations.weight.original"]
    assert repr(symmetric) == ("ParametrizedLinear(\n  in_features=2, out_features=2, bias=True\n  (parametrizations): "
                               "ModuleDict(\n    (weight): ParametrizationList(\n      (0): Symmetric()\n    )\n  )\n)")
    assert parametrize.type_before_parametrizations(symmetric) is nn.Linear


def test_parametrizations_are_applied_one_after_the_other(symmetric):
    before = symmetric.weight
    parametrize.register_parametrization(symmetric, "weight", Doubled())
    assert torch.equal(symmetric.weight, 2 * before)


def test_what_is_assigned_goes_through_the_right_inverse(symmetric):
    symmetric.weight = torch.tensor([[1.0, 2.0], [2.0, 3.0]])
    assert symmetric.parametrizations.weight.original.tolist() == [[1.0, 2.0], [0.0, 3.0]]
    parametrize.register_parametrization(symmetric, "weight", Doubled())
    with pytest.raises(RuntimeError, match="parametrization Doubled does not implement right_inverse"):
        symmetric.weight = torch.ones(2, 2)


def test_a_tensor_may_be_made_of_several():
    made = parametrize.register_parametrization(nn.Linear(2, 2), "weight", Summed())
    assert [name for name, _ in made.named_parameters()] == [
        "bias", "parametrizations.weight.original0", "parametrizations.weight.original1"]
    with pytest.raises(ValueError, match="Cannot leave unparametrized"):
        parametrize.remove_parametrizations(made, "weight", leave_parametrized=False)


def test_a_change_of_shape_is_refused_unless_unsafe():
    with pytest.raises(ValueError, match=r"may not change the shape of the tensor, unless `unsafe` flag is enabled.\n"
                                         r"unparametrized shape: torch.Size\(\[2, 2\]\)\n"
                                         r"parametrized shape: torch.Size\(\[1, 2\]\)"):
        parametrize.register_parametrization(nn.Linear(2, 2), "weight", Cut())
    made = parametrize.register_parametrization(nn.Linear(2, 2), "weight", Cut(), unsafe=True)
    assert made.weight.shape == (1, 2)


def test_a_cached_tensor_is_computed_once(symmetric):
    with parametrize.cached():
        assert symmetric.weight is symmetric.weight
    assert symmetric.weight is not symmetric.weight


@pytest.mark.parametrize("leave", [True, False])
def test_removing_leaves_the_parameter_that_the_optimizer_has(symmetric, leave):
    original, expected = symmetric.parametrizations.weight.original, symmetric.weight.detach()
    first = original.detach().clone()
    parametrize.remove_parametrizations(symmetric, "weight", leave_parametrized=leave)
    assert type(symmetric) is nn.Linear and not parametrize.is_parametrized(symmetric)
    assert symmetric.weight is original
    assert torch.equal(original, expected if leave else first)


def test_a_copy_stays_parametrized_when_the_module_no_longer_is(symmetric):
    twin = copy.deepcopy(symmetric)
    parametrize.remove_parametrizations(symmetric, "weight")
    assert torch.equal(twin.weight, symmetric.weight)
    assert type(twin).__name__ == "ParametrizedLinear"


def test_a_parametrized_module_is_pickled_by_its_state_only(symmetric):
    with pytest.raises(RuntimeError, match="only supported through state_dict"):
        pickle.dumps(symmetric)


def test_parametrizations_can_be_handed_on_to_another_module(symmetric):
    target = parametrize.transfer_parametrizations_and_params(symmetric, nn.Linear(2, 2))
    assert target.parametrizations.weight.original is symmetric.parametrizations.weight.original


# ------------------------------------------------------------------------------------ the ready-made ones


def test_weight_norm_learns_lengths_and_directions():
    out, (lengths, directions) = after_one_pass(parametrizations.weight_norm(layer()))
    assert out == pytest.approx([-3, -4])
    assert lengths == pytest.approx([8.04984, 10.52153], abs=1e-5)
    assert directions == pytest.approx([-9.6, 4.8, 2.37838, 14.27027], abs=1e-5)


def test_weight_norm_takes_the_state_of_the_old_one():
    with pytest.warns(FutureWarning, match="deprecated"):
        old = nn.utils.weight_norm(nn.Linear(2, 3))
    new = parametrizations.weight_norm(nn.Linear(2, 3))
    new.load_state_dict(old.state_dict())
    assert torch.equal(new.weight, old.weight)


def test_spectral_norm_divides_by_the_largest_singular_value():
    plain = layer()
    torch.manual_seed(0)
    out, (grad,) = after_one_pass(parametrizations.spectral_norm(plain))
    assert out == pytest.approx([-0.94664, -1.26219], abs=1e-5)
    assert grad == pytest.approx([-1.1744, 1.14505, 0.65834, 1.7187], abs=1e-4)


def test_spectral_norm_rests_in_evaluation():
    made = parametrizations.spectral_norm(nn.Linear(3, 4)).eval()
    before = made.parametrizations.weight[0]._u.clone()
    made(torch.ones(1, 3))
    assert torch.equal(made.parametrizations.weight[0]._u, before)


@pytest.mark.parametrize("shape", [(3, 3), (5, 3), (3, 5)])
@pytest.mark.parametrize("name", ["matrix_exp", "cayley", "householder"])
@pytest.mark.parametrize("trivial", [True, False])
def test_an_orthogonal_weight_stays_orthogonal_under_training(shape, name, trivial):
    made = parametrizations.orthogonal(nn.Linear(*shape), orthogonal_map=name, use_trivialization=trivial)
    optimizer = torch.optim.SGD(made.parameters(), lr=0.1)
    made(torch.randn(4, shape[0])).pow(3).sum().backward()
    before = made.weight.detach().clone()
    optimizer.step()
    Q = made.weight if shape[0] <= shape[1] else made.weight.mT
    assert torch.allclose(Q.mT @ Q, torch.eye(min(shape)), atol=1e-5)
    assert not torch.equal(made.weight, before)


def test_any_matrix_may_be_assigned_to_an_orthogonal_weight_and_its_q_is_kept():
    assert after_one_pass(parametrizations.orthogonal(layer()))[0] == pytest.approx([-1.58114, -1.58114], abs=1e-5)
    plain = layer(((1.0, 2.0), (-3.0, 0.5), (0.5, 0.25)))
    torch.manual_seed(0)
    tall = parametrizations.orthogonal(plain)
    assert tall.weight.flatten().tolist() == pytest.approx(
        [0.31235, 0.93788, -0.93704, 0.33032, 0.15617, 0.10617], abs=1e-5)


def test_an_exponential_without_base_cannot_be_assigned_to():
    made = parametrizations.orthogonal(nn.Linear(2, 2), use_trivialization=False)
    with pytest.raises(NotImplementedError, match="not possible to assign"):
        made.weight = torch.eye(2)
