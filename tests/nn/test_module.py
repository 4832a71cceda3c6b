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


def test_a_buffer_is_a_marked_tensor():
    buffer = nn.Buffer(torch.ones(2))
    assert isinstance(buffer, nn.Buffer) and type(buffer) is torch.Tensor and repr(buffer) == "tensor([1., 1.])"
    assert not isinstance(torch.ones(2), nn.Buffer)


def test_a_parameter_of_whole_numbers_cannot_be_trained():
    with pytest.raises(RuntimeError, match="Only Tensors of floating point and complex dtype can require gradients"):
        nn.Parameter(torch.ones(2, dtype=torch.int64))
    assert nn.Parameter(torch.ones(2, dtype=torch.int64), requires_grad=False).dtype is torch.int64


def test_only_a_module_takes_the_place_of_a_submodule():
    net = Net()
    with pytest.raises(ValueError, match="is not an nn.Module, found <class 'int'>"):
        net.set_submodule("layer1.0", 3)
    with pytest.raises(AttributeError, match="`weight` is not an nn.Module"):
        net.set_submodule("layer1.0.conv1.weight", nn.ReLU())


def test_to_changes_the_memory_format_of_images_and_their_filters():
    layer = nn.Conv2d(2, 3, 3).to(memory_format=torch.channels_last)
    assert layer.weight.is_contiguous(memory_format=torch.channels_last)
    with pytest.raises(TypeError, match="invalid combination of arguments"):
        layer.to(3.5)
    with pytest.warns(UserWarning, match="Complex modules"):
        layer.to(torch.complex64)


def test_forked_processes_share_what_a_module_shares():
    import os

    layer = nn.Linear(2, 2).share_memory()
    child = os.fork()
    if not child:
        with torch.no_grad():
            layer.weight.fill_(7.0)
        os._exit(0)
    os.waitpid(child, 0)
    assert layer.weight.is_shared() and layer.weight[0].is_shared() and not torch.ones(1).is_shared()
    assert layer.weight.tolist() == [[7.0, 7.0], [7.0, 7.0]]


def test_bases_beside_module_get_the_arguments_when_asked_for():
    class Named:
        def __init__(self, name):
            self.name = name

    class Layer(nn.Module, Named):
        call_super_init = True

    assert Layer("first").name == "first"
    with pytest.raises(TypeError, match="unexpected arguments"):
        nn.Module(1)


def test_a_list_is_no_tensor():
    with pytest.raises(TypeError, match=r"linear\(\): argument 'input' \(position 1\) must be Tensor, not list"):
        nn.Linear(2, 2)([1.0, 2.0])
    with pytest.raises(TypeError, match="must be Tensor, not str"):
        nn.functional.layer_norm("x", (2,))


def test_activations_say_their_options():
    assert repr(nn.Hardtanh(-2, 3, inplace=True)) == "Hardtanh(min_val=-2, max_val=3, inplace=True)"
    assert repr(nn.Hardsigmoid(True)) == "Hardsigmoid()"
    with pytest.raises(TypeError, match="unexpected keyword argument 'alfa'"):
        nn.ELU(alfa=1.0)
    with pytest.raises(AssertionError, match=r"max_val \(0\) must be greater than min_val \(1\)"):
        nn.Hardtanh(1, 0)
    with pytest.warns(FutureWarning, match="`min_value` is deprecated"):
        assert nn.Hardtanh(min_value=-3.0).min_val == -3.0


def test_the_pages_named_as_pytorchs_files_have_the_layers_and_their_bases():
    from flambeau.nn.modules.batchnorm import _BatchNorm
    from flambeau.nn.modules.conv import _ConvNd
    from flambeau.nn.modules.utils import _pair

    assert isinstance(nn.BatchNorm2d(2), _BatchNorm) and isinstance(nn.ConvTranspose1d(1, 1, 1), _ConvNd)
    assert _pair(3) == (3, 3) and _pair([1, 2]) == (1, 2)
    assert nn.modules.Linear is nn.modules.linear.Linear is nn.Linear


@pytest.mark.parametrize("layer, dims", [(nn.CircularPad1d(1), 4), (nn.CircularPad2d(1), 2), (nn.CircularPad3d(1), 3)])
def test_circular_padding_refuses_inputs_of_other_dims(layer, dims):
    with pytest.raises(ValueError, match=rf"expected \dD or \dD input \(got {dims}D input\)"):
        layer(torch.ones((2,) * dims))


def test_a_subclass_convolves_with_a_weight_of_its_own():
    class Standardized(nn.Conv2d):
        def forward(self, input):
            return self._conv_forward(input, self.weight * 2, self.bias)

    layer = Standardized(1, 1, 3, padding=(1, 2), padding_mode="reflect", bias=False)
    assert layer._reversed_padding_repeated_twice == (2, 2, 1, 1)
    x = torch.randn(1, 1, 4, 4)
    assert torch.allclose(layer(x), 2 * nn.Conv2d.forward(layer, x))


def test_a_sequence_is_repeated_in_place():
    layers = same = nn.Sequential(nn.ReLU(), nn.Tanh())
    layers *= 2
    assert layers is same and [type(layer).__name__ for layer in layers] == ["ReLU", "Tanh"] * 2


def test_modules_are_met_as_often_as_they_are_there_when_asked_for():
    layer = nn.ReLU()
    net = nn.Sequential(layer, layer)
    assert len(list(net.modules())) == 2
    assert len(list(net.modules(remove_duplicate=False))) == 3


def test_a_bag_is_made_of_a_given_table():
    table = torch.arange(6.0).view(3, 2)
    bag = nn.EmbeddingBag.from_pretrained(table, mode="sum")
    assert bag(torch.tensor([[0, 2]])).tolist() == [[4.0, 6.0]] and not bag.weight.requires_grad
    assert nn.EmbeddingBag.from_pretrained(table, freeze=False).weight.requires_grad


def test_prelu_starts_again():
    layer = nn.PReLU(2, init=0.5)
    with torch.no_grad():
        layer.weight.fill_(3.0)
    layer.reset_parameters()
    assert layer.weight.tolist() == [0.5, 0.5]


def test_an_lstm_cell_takes_a_pair():
    with pytest.raises(TypeError, match="must be tuple of Tensors, not Tensor"):
        nn.LSTMCell(2, 3)(torch.ones(1, 2), torch.ones(1, 3))
