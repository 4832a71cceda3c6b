"""`nn.MultiheadAttention` and the function behind it. Numbers are PyTorch 2.13's from the same seeds."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau import nn
from flambeau.nn import functional as F


def ramp(*shape):
    count = 1
    for size in shape:
        count *= size
    return torch.arange(float(count)).reshape(*shape) / 4


def test_the_same_seed_gives_pytorchs_weights_and_outputs():
    torch.manual_seed(0)
    layer = nn.MultiheadAttention(4, 2)
    assert layer.in_proj_weight[0].tolist() == pytest.approx([0.222424, 0.508507, -0.126026, 0.458246], abs=1e-6)
    assert layer.out_proj.weight[0].tolist() == pytest.approx([-0.003743, 0.268222, -0.411523, -0.36797], abs=1e-6)
    x = ramp(2, 1, 4)
    output, weights = layer(x, x, x)
    assert output[0, 0].tolist() == pytest.approx([-0.488331, -0.086427, -0.217013, 0.28689], abs=1e-6)
    assert weights.flatten().tolist() == pytest.approx([0.509237, 0.490763, 0.532202, 0.467798], abs=1e-6)


def test_dropout_with_other_key_sizes_and_a_learned_key_gives_pytorchs_numbers():
    torch.manual_seed(0)
    layer = nn.MultiheadAttention(4, 2, kdim=3, vdim=2, add_bias_kv=True, dropout=0.5, batch_first=True)
    assert layer.bias_k.flatten().tolist() == pytest.approx([-0.01044, -0.35924, 0.259318, -0.656261], abs=1e-6)
    torch.manual_seed(1)
    output, weights = layer(ramp(1, 2, 4), ramp(1, 2, 3), ramp(1, 2, 2), average_attn_weights=False)
    assert output[0, 0].tolist() == pytest.approx([0.330608, 0.156004, 0.164413, -0.316637], abs=1e-6)
    assert weights[0, 0].flatten().tolist() == pytest.approx([0.648674, 0.794037, 0.55729, 0.549464, 0.0, 0.305284], abs=1e-6)


def test_the_state_has_pytorchs_keys():
    assert list(nn.MultiheadAttention(4, 2, kdim=3, add_bias_kv=True).state_dict()) == [
        "q_proj_weight", "k_proj_weight", "v_proj_weight", "in_proj_bias", "bias_k", "bias_v", "out_proj.weight",
        "out_proj.bias"]
    assert list(nn.MultiheadAttention(4, 2, bias=False).state_dict()) == ["in_proj_weight", "out_proj.weight"]


def test_it_prints_as_pytorchs():
    assert repr(nn.MultiheadAttention(4, 2)) == (
        "MultiheadAttention(\n"
        "  (out_proj): NonDynamicallyQuantizableLinear(in_features=4, out_features=4, bias=True)\n)")


@pytest.mark.parametrize("options", [{}, {"add_bias_kv": True}, {"add_zero_attn": True}, {"bias": False}])
@pytest.mark.parametrize("padding", [None, torch.tensor([[False, False, True], [False, True, True]])])
def test_weights_or_none_give_the_same_output(options, padding):
    layer = nn.MultiheadAttention(4, 2, **options)
    x = torch.randn(3, 2, 4)
    mask = nn.Transformer.generate_square_subsequent_mask(3) == 0
    wanted, weights = layer(x, x, x, padding, attn_mask=~mask)
    output, none = layer(x, x, x, padding, need_weights=False, attn_mask=~mask)
    assert none is None
    assert torch.allclose(output, wanted, atol=1e-6)
    assert torch.allclose(weights.sum(-1), torch.ones(2, 3))


def test_one_sequence_is_a_batch_of_one():
    layer = nn.MultiheadAttention(4, 2, batch_first=True)
    x, memory = torch.randn(3, 4), torch.randn(5, 4)
    output, weights = layer(x, memory, memory)
    batch, batch_weights = layer(x[None], memory[None], memory[None])
    assert torch.allclose(output, batch[0], atol=1e-6)
    assert torch.allclose(weights, batch_weights[0], atol=1e-6)


def test_the_causal_hint_stands_for_the_mask():
    layer = nn.MultiheadAttention(4, 2)
    x, mask = torch.randn(3, 1, 4), nn.Transformer.generate_square_subsequent_mask(3)
    hinted = layer(x, x, x, attn_mask=mask, need_weights=False, is_causal=True)[0]
    assert torch.allclose(hinted, layer(x, x, x, attn_mask=mask)[0], atol=1e-6)
    with pytest.raises(RuntimeError, match="Need attn_mask if specifying the is_causal hint"):
        layer(x, x, x, is_causal=True)


def test_given_keys_and_values_take_the_place_of_those_computed():
    layer = nn.MultiheadAttention(4, 2)
    x, static = torch.randn(3, 1, 4), torch.randn(2, 6, 2)
    output, weights = F.multi_head_attention_forward(
        x, x, x, 4, 2, layer.in_proj_weight, layer.in_proj_bias, None, None, False, 0.0, layer.out_proj.weight,
        layer.out_proj.bias, static_k=static, static_v=static)
    assert output.shape == (3, 1, 4)
    assert weights.shape == (1, 3, 6)


def test_masks_of_different_dtypes_are_warned_about():
    layer, x = nn.MultiheadAttention(4, 2), torch.randn(3, 1, 4)
    with pytest.warns(UserWarning, match="mismatched key_padding_mask and attn_mask"):
        layer(x, x, x, torch.zeros(1, 3).bool(), attn_mask=torch.zeros(3, 3))


X = torch.ones(3, 2, 4)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda layer: layer(X[None], X, X), AssertionError, "unbatched 2D or batched 3D tensor but received 4-D"),
    (lambda layer: layer(X, X[0], X), AssertionError, "expected `key` and `value` to be 3-D"),
    (lambda layer: layer(X, X, X, torch.ones(3).bool()), AssertionError, "`key_padding_mask` to be `None` or 2-D"),
    (lambda layer: layer(X, X, X, torch.ones(2, 4).bool()), AssertionError, "key_padded_mask"),
    (lambda layer: layer(X, X, X, torch.ones(2, 3).long()), AssertionError, "only bool and floating types"),
    (lambda layer: layer(X, X, X, attn_mask=torch.ones(3).bool()), AssertionError, "`attn_mask` to be `None`, 2-D or 3-D"),
    (lambda layer: layer(X, X, X, attn_mask=torch.ones(3, 4).bool()), RuntimeError, "2D attn_mask"),
    (lambda layer: layer(X, X, X, attn_mask=torch.ones(2, 3, 3).bool()), RuntimeError, "3D attn_mask"),
    (lambda layer: layer(X[..., :3], X, X), AssertionError, "embedding dimension of 4, but got 3"),
    (lambda layer: layer(X, X, X[:2]), AssertionError, "does not match value shape"),
    (lambda _: nn.MultiheadAttention(4, 3), AssertionError, "divisible by num_heads"),
    (lambda _: nn.MultiheadAttention(0, 3), ValueError, "must be greater than 0"),
])
def test_wrong_arguments_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call(nn.MultiheadAttention(4, 2))


def test_masks_are_merged():
    layer = nn.MultiheadAttention(8, 2)
    x = torch.randn(2, 3, 8)
    merged, kind = layer.merge_masks(torch.zeros(3, 3), torch.tensor([[False, False, True]] * 2), x)
    assert (merged.shape, kind) == ((2, 2, 3, 3), 2) and merged[0, 0, 0].tolist() == [0, 0, float("-inf")]
    assert layer.merge_masks(None, None, x) == (None, None)
