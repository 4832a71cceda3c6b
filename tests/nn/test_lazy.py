"""Layers that learn their sizes from the first input, or from a state that is loaded."""
from __future__ import annotations

import copy
import pickle

import pytest

import flambeau as torch
from flambeau import nn
from flambeau.nn.parameter import is_lazy


@pytest.mark.parametrize(("lazy", "shape", "kind", "weight"), [
    (lambda: nn.LazyLinear(3), (2, 5), nn.Linear, (3, 5)),
    (lambda: nn.LazyConv1d(4, 3), (2, 6, 7), nn.Conv1d, (4, 6, 3)),
    (lambda: nn.LazyConv2d(4, 3, groups=2, padding=1), (1, 6, 5, 5), nn.Conv2d, (4, 3, 3, 3)),
    (lambda: nn.LazyConv3d(2, 1, bias=False), (1, 2, 2, 2, 2), nn.Conv3d, (2, 2, 1, 1, 1)),
    (lambda: nn.LazyConvTranspose1d(3, 2), (2, 3, 4), nn.ConvTranspose1d, (3, 3, 2)),
    (lambda: nn.LazyConvTranspose2d(4, 3, stride=2), (2, 4, 4), nn.ConvTranspose2d, (2, 4, 3, 3)),
    (lambda: nn.LazyConvTranspose3d(3, 2), (2, 3, 4, 4, 4), nn.ConvTranspose3d, (3, 3, 2, 2, 2)),
    (lambda: nn.LazyBatchNorm1d(), (4, 2), nn.BatchNorm1d, (2,)),
    (lambda: nn.LazyBatchNorm2d(), (2, 3, 4, 4), nn.BatchNorm2d, (3,)),
    (lambda: nn.LazyBatchNorm3d(), (2, 3, 2, 2, 2), nn.BatchNorm3d, (3,)),
    (lambda: nn.LazyInstanceNorm1d(affine=True), (2, 3, 4), nn.InstanceNorm1d, (3,)),
    (lambda: nn.LazyInstanceNorm2d(affine=True), (2, 3, 4, 4), nn.InstanceNorm2d, (3,)),
    (lambda: nn.LazyInstanceNorm3d(affine=True), (2, 3, 4, 4, 2), nn.InstanceNorm3d, (3,)),
])
def test_a_layer_becomes_an_ordinary_one_at_its_first_input(lazy, shape, kind, weight):
    layer = lazy()
    assert layer.has_uninitialized_params() and is_lazy(layer.weight)
    layer(torch.randn(*shape)).sum().backward()
    assert type(layer) is kind and type(layer.weight) is nn.Parameter
    assert layer.weight.shape == weight == layer.weight.grad.shape
    assert not layer._forward_pre_hooks and not layer._load_state_dict_pre_hooks


def test_weights_are_drawn_as_the_ordinary_layer_draws_them():
    torch.manual_seed(0)
    lazy = nn.LazyLinear(3)
    lazy(torch.ones(1, 5))
    torch.manual_seed(0)
    assert torch.equal(lazy.weight, nn.Linear(5, 3).weight)


def test_a_network_learns_its_sizes_from_one_batch():
    model = nn.Sequential(nn.LazyConv2d(4, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(2))
    assert model(torch.randn(1, 1, 6, 6)).shape == (1, 2)
    assert repr(model[3]) == "Linear(in_features=64, out_features=2, bias=True)"


def test_sizes_come_with_a_state_too():
    ordinary, lazy = nn.Linear(4, 3), nn.LazyLinear(3)
    lazy.load_state_dict(ordinary.state_dict())
    assert torch.equal(lazy.weight, ordinary.weight) and lazy(torch.ones(1, 4)).shape == (1, 3)
    assert lazy.in_features == 4
    waiting = nn.LazyLinear(3)
    waiting.load_state_dict(nn.LazyLinear(3).state_dict())
    assert waiting.has_uninitialized_params()
    with pytest.raises(RuntimeError, match="Can't access the shape of an uninitialized parameter"):
        nn.Linear(4, 3).load_state_dict(nn.LazyLinear(3).state_dict())


def test_dtype_and_device_are_known_before_the_shape():
    layer = nn.LazyLinear(3).double()
    assert (layer.weight.dtype, repr(layer.weight)) == (torch.float64, "<UninitializedParameter>")
    assert layer(torch.ones(1, 2, dtype=torch.float64)).dtype == torch.float64
    buffer = nn.UninitializedBuffer(dtype=torch.int64)
    buffer.materialize((2,))
    assert (type(buffer), buffer.dtype, buffer.shape) == (torch.Tensor, torch.int64, (2,))


def test_copies_and_pickles_wait_for_inputs_of_their_own():
    layer = nn.LazyLinear(3)
    for twin in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        twin(torch.ones(1, 2))
        assert type(twin) is nn.Linear and twin.weight.shape == (3, 2)
    assert layer.has_uninitialized_params()


def test_an_optimizer_may_be_made_before_the_first_input():
    layer = nn.LazyLinear(1, bias=False)
    optimizer = torch.optim.SGD(layer.parameters(), lr=1.0)
    layer(torch.ones(1, 2)).sum().backward()
    before = layer.weight.tolist()
    optimizer.step()
    assert layer.weight.tolist()[0] == pytest.approx([value - 1 for value in before[0]])


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: nn.LazyLinear(3).weight + 1, ValueError, "Attempted to use an uninitialized parameter"),
    (lambda: nn.LazyLinear(3).weight.shape, RuntimeError, "Can't access the shape of an uninitialized parameter"),
    (lambda: nn.LazyConv2d(4, 3)(torch.ones(5, 5)), RuntimeError, "input to LazyConv2d"),
    (lambda: nn.LazyConv2d(4, 3, groups=4)(torch.ones(1, 3, 5, 5)), ValueError, "divisible by groups"),
])
def test_what_needs_a_shape_is_refused_before(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_options_by_position_are_those_of_the_ordinary_layer():
    assert repr(nn.LazyConv2d(4, 2, 1, 1, 1, 2, False)) == (
        "LazyConv2d(0, 4, kernel_size=(2, 2), stride=(1, 1), padding=(1, 1), groups=2, bias=False)")
    assert repr(nn.LazyConvTranspose1d(4, 2, 2, 1, 1, 2, False)) == (
        "LazyConvTranspose1d(0, 4, kernel_size=(2,), stride=(2,), padding=(1,), output_padding=(1,), groups=2, bias=False)")


def test_a_lazy_instance_norm_has_parameters_and_statistics_unless_told_otherwise():
    assert list(nn.LazyInstanceNorm1d().state_dict()) == [
        "weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
