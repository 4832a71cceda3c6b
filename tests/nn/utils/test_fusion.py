"""Fusing a layer with the batch norm after it, laying weights out, and skipping starting values."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau import nn
from flambeau.nn import utils


def trained(layer, norm, x):
    norm(layer(x))
    return layer.eval(), norm.eval()


@pytest.mark.parametrize("layer, norm, transpose", [
    (lambda: nn.Conv2d(2, 3, 2), lambda: nn.BatchNorm2d(3), False),
    (lambda: nn.Conv2d(2, 3, 2, bias=False), lambda: nn.BatchNorm2d(3, affine=False), False),
    (lambda: nn.Conv2d(2, 3, 2), lambda: nn.BatchNorm2d(3, bias=False), False),
    (lambda: nn.ConvTranspose2d(2, 3, 2), lambda: nn.BatchNorm2d(3), True),
])
def test_a_fused_convolution_does_what_both_did(layer, norm, transpose):
    x = torch.randn(2, 2, 4, 4)
    conv, bn = trained(layer(), norm(), x)
    fused = utils.fuse_conv_bn_eval(conv, bn, transpose)
    assert type(fused) is type(conv) and fused is not conv
    assert torch.allclose(fused(x), bn(conv(x)), atol=1e-5)


def test_a_fused_linear_layer_does_what_both_did():
    x = torch.randn(5, 2)
    linear, bn = trained(nn.Linear(2, 3), nn.BatchNorm1d(3), x)
    assert torch.allclose(utils.fuse_linear_bn_eval(linear, bn)(x), bn(linear(x)), atol=1e-5)
    with pytest.raises(AssertionError, match="To fuse, linear.out_features == bn.num_features"):
        utils.fuse_linear_bn_eval(linear, nn.BatchNorm1d(2).eval())


def test_layers_in_training_are_not_fused():
    with pytest.raises(AssertionError, match="Fusion only for eval!"):
        utils.fuse_conv_bn_eval(nn.Conv2d(1, 1, 1), nn.BatchNorm2d(1))


def test_weights_of_convolutions_are_laid_out_with_the_channels_last():
    net = nn.Sequential(nn.Conv2d(2, 3, 2), nn.Conv3d(2, 3, 2))
    utils.convert_conv2d_weight_memory_format(net, torch.channels_last)
    assert net[0].weight.stride() == (8, 1, 4, 2) and net[1].weight.stride() == (16, 8, 4, 2, 1)
    utils.convert_conv3d_weight_memory_format(net, torch.channels_last_3d)
    assert net[1].weight.stride() == (16, 1, 8, 4, 2)


def test_skipping_starting_values_uses_no_random_numbers():
    torch.manual_seed(0)
    made = utils.skip_init(nn.Linear, 3, 2, dtype=torch.float64)
    assert made.weight.shape == (2, 3) and made.weight.dtype == torch.float64
    assert torch.rand(1).item() == pytest.approx(0.4962566)
    with pytest.raises(RuntimeError, match="must support a 'device' arg"):
        utils.skip_init(nn.ReLU)


def test_arguments_for_what_a_module_makes_are_sorted_out():
    assert nn.factory_kwargs({"dtype": torch.float64, "factory_kwargs": {"device": "cpu"}}) == {
        "dtype": torch.float64, "device": "cpu"}
    with pytest.raises(TypeError, match="unexpected kwargs {'size'}"):
        nn.factory_kwargs({"size": 3})
    with pytest.raises(TypeError, match="device specified twice"):
        nn.factory_kwargs({"device": "cpu", "factory_kwargs": {"device": "cpu"}})
