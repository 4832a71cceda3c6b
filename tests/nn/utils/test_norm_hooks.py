"""The old `weight_norm` and `spectral_norm`: hooks before each forward. Numbers are PyTorch 2.13's."""
from __future__ import annotations

import pytest
from nn.utils.norms import after_one_pass, layer

import flambeau as torch
from flambeau import nn

pytestmark = pytest.mark.filterwarnings("ignore:.*weight_norm. is deprecated:FutureWarning")


def test_the_weight_is_computed_before_each_forward():
    made = nn.utils.weight_norm(layer())
    out, grads = after_one_pass(made)
    assert out == pytest.approx([-3, -4])
    assert grads[0] == pytest.approx([8.04984, 10.52153], abs=1e-5)
    assert list(made.state_dict()) == ["bias", "weight_g", "weight_v"]
    with torch.no_grad():
        made.weight_g.mul_(2)
    assert made(torch.tensor([[1.0, -2.0]]))[0].tolist() == pytest.approx([-6, -8])


def test_spectral_norm_has_pytorchs_numbers():
    plain = layer()
    torch.manual_seed(0)
    made = nn.utils.spectral_norm(plain)
    out, (grad,) = after_one_pass(made)
    assert out == pytest.approx([-1.12833, -1.50444], abs=1e-5)
    assert grad == pytest.approx([-2.23618, 0.01557, -0.16183, 3.43908], abs=1e-4)
    assert list(made.state_dict()) == ["bias", "weight_orig", "weight_u", "weight_v"]


@pytest.mark.parametrize("name", ["weight_norm", "spectral_norm"])
def test_a_norm_can_be_taken_off_again_but_not_put_on_twice(name):
    made = getattr(nn.utils, name)(nn.Linear(2, 3))
    with pytest.raises(RuntimeError, match=f"Cannot register two {name} hooks on the same parameter weight"):
        getattr(nn.utils, name)(made)
    getattr(nn.utils, f"remove_{name}")(made)
    assert sorted(made.state_dict()) == ["bias", "weight"]
    assert not made._forward_pre_hooks and not made._state_dict_hooks and not made._load_state_dict_pre_hooks
    with pytest.raises(ValueError, match=f"{name} of 'weight' not found"):
        getattr(nn.utils, f"remove_{name}")(made)


def test_spectral_norm_loads_a_state_from_before_v_was_saved():
    torch.manual_seed(0)
    made = nn.utils.spectral_norm(layer())
    state = made.state_dict()
    state._metadata[""].pop("spectral_norm")
    state["weight"] = state["weight_orig"] / 1.7
    del state["weight_v"]
    made.load_state_dict(state)
    made.eval()(torch.ones(1, 2))
    assert torch.allclose(made.weight, state["weight_orig"] / 1.7)
