"""The Transformer family. Numbers are PyTorch 2.13's from the same seeds."""
from __future__ import annotations

import copy

import pytest

import flambeau as torch
from flambeau import nn

X = torch.arange(12.0).reshape(1, 3, 4).sin()
PADDING = torch.tensor([[False, False, True]])


def encoder(seed=0, **options):
    torch.manual_seed(seed)
    return nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8, batch_first=True), 2, **options)


def test_an_encoder_gives_pytorchs_numbers_with_dropout():
    stack = encoder()
    torch.manual_seed(5)
    assert stack(X)[0, 0].tolist() == pytest.approx([-0.062211, 1.343661, 0.186805, -1.468256], abs=1e-5)


def test_a_transformer_gives_pytorchs_numbers_and_gradients():
    torch.manual_seed(0)
    with pytest.warns(UserWarning, match="norm_first was True"):
        model = nn.Transformer(4, 2, 1, 1, 8, dropout=0.1, activation="gelu", norm_first=True, batch_first=True)
    source, mask = torch.arange(8.0).reshape(1, 2, 4).cos(), model.generate_square_subsequent_mask(3)
    torch.manual_seed(7)
    output = model(source, X, tgt_mask=mask)
    assert output[0, 0].tolist() == pytest.approx([-0.532687, 0.012856, 1.59797, -1.07814], abs=1e-5)
    (output * torch.arange(12.0).reshape(1, 3, 4)).sum().backward()
    found = model.encoder.layers[0].self_attn.in_proj_bias.grad
    assert found[:4].tolist() == pytest.approx([0.283392, 0.485063, -0.230422, -0.661599], abs=1e-4)
    assert found[8:].tolist() == pytest.approx([11.58827, -14.903044, 13.079125, 7.237335], rel=1e-4)


def test_padding_is_left_out_in_evaluation_without_gradients():
    stack = encoder().eval()
    with_gradients = stack(X, src_key_padding_mask=PADDING)
    with torch.no_grad():
        without = stack(X, src_key_padding_mask=PADDING)
    assert with_gradients[0, 2].tolist() == pytest.approx([1.53181, 0.251547, -0.885602, -0.897755], abs=1e-5)
    assert without[0, 2].tolist() == [0.0] * 4
    assert torch.allclose(without[0, :2], with_gradients[0, :2], atol=1e-6)


@pytest.mark.parametrize("kept", ["training", "not at the left", "switched off"])
def test_padding_stays_where_pytorch_keeps_it(kept):
    stack = encoder(enable_nested_tensor=kept != "switched off").train(kept == "training")
    padding = PADDING.flip(1) if kept == "not at the left" else PADDING
    with torch.no_grad():
        assert (stack(X, src_key_padding_mask=padding)[0] != 0).all()


def test_the_norm_comes_after_padding_was_set_to_zero():
    stack = encoder(norm=nn.LayerNorm(4)).eval()
    nn.init.ones_(stack.norm.bias)
    with torch.no_grad():
        assert stack(X, src_key_padding_mask=PADDING)[0, 2].tolist() == [1.0] * 4


def test_a_causal_mask_is_recognized():
    stack, mask = encoder().eval(), nn.Transformer.generate_square_subsequent_mask(3)
    told, found = stack(X, mask, is_causal=True), stack(X, mask)
    assert torch.equal(told, found)
    assert torch.allclose(stack(X[:, :1]), found[:, :1], atol=1e-6)  # what comes later is not seen


def test_layers_of_a_stack_are_copies():
    layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True)
    stack = nn.TransformerEncoder(layer, 2)
    assert len({id(one) for one in (layer.linear1.weight, *(each.linear1.weight for each in stack.layers))}) == 3
    assert torch.equal(stack.layers[0].linear1.weight, stack.layers[1].linear1.weight)


@pytest.mark.parametrize("norm_first", [False, True])
@pytest.mark.parametrize("activation", ["relu", "gelu", torch.tanh, nn.SiLU()])
def test_batch_first_only_changes_the_order_of_dims(norm_first, activation):
    options = {"norm_first": norm_first, "activation": activation, "dropout": 0.0}
    one = nn.TransformerDecoderLayer(4, 2, 8, batch_first=True, **options)
    other = nn.TransformerDecoderLayer(4, 2, 8, **options)
    other.load_state_dict(one.state_dict())
    target, memory = torch.randn(2, 3, 4), torch.randn(2, 5, 4)
    turned = other(target.transpose(0, 1), memory.transpose(0, 1)).transpose(0, 1)
    assert torch.allclose(one(target, memory), turned, atol=1e-5)
    assert torch.allclose(one(target[0], memory[0]), one(target, memory)[0], atol=1e-5)  # one sequence alone


def test_a_copied_decoder_layer_forgets_an_activation_that_is_a_module_as_pytorchs_does():
    layer = nn.TransformerDecoderLayer(4, 2, 8, activation=nn.SiLU())
    assert copy.deepcopy(layer).activation is nn.functional.relu
    assert isinstance(copy.deepcopy(nn.TransformerEncoderLayer(4, 2, 8, activation=nn.SiLU())).activation, nn.SiLU)


def test_layers_without_bias_have_none():
    assert list(nn.TransformerDecoderLayer(4, 2, 8, bias=False).state_dict()) == [
        "self_attn.in_proj_weight", "self_attn.out_proj.weight", "multihead_attn.in_proj_weight",
        "multihead_attn.out_proj.weight", "linear1.weight", "linear2.weight", "norm1.weight", "norm2.weight", "norm3.weight"]


def test_a_layer_prints_as_pytorchs():
    assert repr(nn.TransformerEncoderLayer(4, 2, 8)) == """TransformerEncoderLayer(
  (self_attn): MultiheadAttention(
    (out_proj): NonDynamicallyQuantizableLinear(in_features=4, out_features=4, bias=True)
  )
  (linear1): Linear(in_features=4, out_features=8, bias=True)
  (dropout): Dropout(p=0.1, inplace=False)
  (linear2): Linear(in_features=8, out_features=4, bias=True)
  (norm1): LayerNorm((4,), eps=1e-05, elementwise_affine=True, bias=True)
  (norm2): LayerNorm((4,), eps=1e-05, elementwise_affine=True, bias=True)
  (dropout1): Dropout(p=0.1, inplace=False)
  (dropout2): Dropout(p=0.1, inplace=False)
)"""


def test_wrong_arguments_are_refused():
    with pytest.raises(RuntimeError, match="relu/gelu, not tanh"):
        nn.TransformerEncoderLayer(4, 2, activation="tanh")
    with pytest.warns(UserWarning, match="batch_first was not True"):
        model = nn.Transformer(4, 2, 1, 1, 8)
    with pytest.raises(RuntimeError, match="the batch number of src and tgt must be equal"):
        model(torch.ones(3, 2, 4), torch.ones(3, 1, 4))
    with pytest.raises(RuntimeError, match="must be equal to d_model"):
        model(torch.ones(3, 2, 5), torch.ones(3, 2, 4))
