"""`nn.Module`: what registers, what is saved, what errors say."""
from __future__ import annotations

import copy
import pickle

import pytest

import flambeau as torch
from flambeau import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 2, 3)
        self.register_buffer("scale", torch.ones(1))
        self.register_buffer("scratch", torch.ones(1), persistent=False)

    def forward(self, x):
        return self.conv1(x) * self.scale


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1 = nn.Sequential(Block())

    def forward(self, x):
        return self.layer1(x)


def test_an_error_names_the_path_of_the_module_it_came_from():
    with pytest.raises(RuntimeError, match="conv2d") as caught:
        Net()(torch.ones(1, 3, 8, 8))
    assert caught.value.__notes__ == ["in Net.layer1.0.conv1 (Conv2d)"]


def test_state_has_parameters_and_persistent_buffers_under_their_paths():
    assert list(Net().state_dict()) == ["layer1.0.scale", "layer1.0.conv1.weight", "layer1.0.conv1.bias"]


def test_every_missing_unexpected_and_misshapen_key_is_listed():
    state = Net().state_dict()
    state["wing"] = state.pop("layer1.0.scale")
    state["layer1.0.conv1.bias"] = torch.ones(5)
    with pytest.raises(RuntimeError) as caught:
        Net().load_state_dict(state)
    assert str(caught.value) == (
        "Error(s) in loading state_dict for Net:\n"
        '\tMissing key(s) in state_dict: "layer1.0.scale". \n'
        '\tUnexpected key(s) in state_dict: "wing". \n'
        "\tsize mismatch for layer1.0.conv1.bias: copying a param with shape torch.Size([5]) from checkpoint, the shape in "
        "current model is torch.Size([2]).")


def test_loading_without_strict_reports_and_loads_the_rest():
    source, target = Net(), Net()
    state = source.state_dict()
    del state["layer1.0.scale"]
    assert target.load_state_dict(state, strict=False).missing_keys == ["layer1.0.scale"]
    assert torch.equal(target.layer1[0].conv1.weight, source.layer1[0].conv1.weight)


def test_a_frozen_parameter_gets_no_gradient():
    layer = nn.Linear(2, 1)
    layer.bias.requires_grad_(False)
    layer(torch.randn(3, 2)).sum().backward()
    assert layer.bias.grad is None
    assert layer.weight.grad is not None


def test_a_parameter_cannot_become_a_plain_tensor():
    layer = nn.Linear(2, 1)
    with pytest.raises(TypeError, match=r"cannot assign .* as parameter 'weight' \(torch.nn.Parameter or None expected\)"):
        layer.weight = torch.ones(1, 2)


def test_copies_and_pickles_are_equal_and_apart():
    net = Net()
    for twin in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert torch.equal(twin.layer1[0].conv1.weight, net.layer1[0].conv1.weight)
        assert twin.layer1[0].conv1.weight is not net.layer1[0].conv1.weight


def test_hooks_see_and_change_what_passes():
    layer, seen = nn.Identity(), []
    layer.register_forward_pre_hook(lambda module, args: (args[0] + 1,))
    handle = layer.register_forward_hook(lambda module, args, output: output * 2)
    layer.register_full_backward_hook(lambda module, given, arrived: seen.append((given[0].item(), arrived[0].item())))
    x = torch.tensor(1.0, requires_grad=True)
    layer(x).backward()
    assert seen == [(2.0, 1.0)]
    handle.remove()
    assert layer(torch.tensor(1.0)).item() == 2.0


def test_training_reaches_every_module():
    net = Net().eval()
    assert not any(module.training for module in net.modules())


def test_to_changes_dtypes_in_place():
    net = Net()
    weight = net.layer1[0].conv1.weight
    assert net.double() is net
    assert net.layer1[0].conv1.weight is weight
    assert weight.dtype == net.layer1[0].scale.dtype == torch.float64


def test_text_is_laid_out_as_pytorchs():
    assert repr(nn.Sequential(nn.Linear(2, 3), nn.ModuleList([nn.ReLU(), nn.ReLU(), nn.Tanh()]))) == (
        "Sequential(\n  (0): Linear(in_features=2, out_features=3, bias=True)\n  (1): ModuleList(\n"
        "    (0-1): 2 x ReLU()\n    (2): Tanh()\n  )\n)")
