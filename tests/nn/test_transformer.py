"""Attention and what is built of it: PyTorch's numbers, masks, shapes and refusals."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau import nn
from flambeau.autograd import gradcheck, gradgradcheck
from flambeau.nn import functional as F

RECORDED = {"attention": [18.0856, 10.08488, 1.89753, 20.2532], "transformer": [39.97993, 4895.1748]}  # PyTorch 2.13


def sums(*tensors):
    return [round(tensor.abs().sum().item(), 4) for tensor in tensors]


def test_attention_has_pytorchs_numbers():
    torch.manual_seed(0)
    layer = nn.MultiheadAttention(8, 2, add_bias_kv=True, add_zero_attn=True, kdim=3, vdim=5, dropout=0.3)
    out, weights = layer(torch.randn(3, 2, 8), torch.randn(4, 2, 3), torch.randn(4, 2, 5), attn_mask=torch.randn(3, 4),
                         key_padding_mask=torch.tensor([[False, False, True, True], [False] * 4]), average_attn_weights=False)
    (out**2).sum().backward()
    assert sums(out, weights, layer.bias_k.grad, layer.q_proj_weight.grad) == pytest.approx(RECORDED["attention"], abs=2e-4)


def test_a_transformer_has_pytorchs_numbers():
    torch.manual_seed(0)
    model = nn.Transformer(8, 2, 2, 2, 16, batch_first=True, norm_first=True, activation="gelu")
    mask = nn.Transformer.generate_square_subsequent_mask(3)
    out = model(torch.randn(2, 4, 8), torch.randn(2, 3, 8), tgt_mask=mask, tgt_is_causal=True,
                src_key_padding_mask=torch.tensor([[False] * 4, [False, False, True, True]]))
    (out**3).sum().backward()
    grads = [parameter.grad for parameter in model.parameters()]
    assert sums(out) == pytest.approx(RECORDED["transformer"][:1], abs=2e-4)
    assert sum(grad.abs().sum().item() for grad in grads) == pytest.approx(RECORDED["transformer"][1], rel=1e-4)


def test_an_adaptive_softmax_has_pytorchs_numbers():
    torch.manual_seed(0)
    layer = nn.AdaptiveLogSoftmaxWithLoss(8, 10, [2, 5], div_value=2.0, head_bias=True)
    x = torch.randn(4, 8)
    output, loss = layer(x, torch.tensor([1, 7, 3, 0]))
    assert output.tolist() == pytest.approx([-0.6686, -2.2507, -2.7794, -1.4755], abs=1e-4)
    assert loss.item() == pytest.approx(1.7935, abs=1e-4)
    assert layer.log_prob(x).exp().sum(1).tolist() == pytest.approx([1.0] * 4, abs=1e-5)
    assert layer.predict(x).tolist() == layer.log_prob(x).argmax(1).tolist() == [1] * 4
    assert layer(x[0], torch.tensor(1)).loss.item() == pytest.approx(0.6686, abs=1e-4)


def test_a_query_that_may_look_at_nothing_reads_zeros():
    q = torch.randn(1, 2, 3, requires_grad=True)
    out = F.scaled_dot_product_attention(q, q, q, torch.tensor([[True, True], [False, False]]))
    out.sum().backward()
    assert out[0, 1].tolist() == [0, 0, 0] and not q.grad.isnan().any()


def test_a_mask_and_causality_go_together():
    q = torch.randn(1, 3, 4)
    mask = torch.randn(3, 3)
    both = mask + nn.Transformer.generate_square_subsequent_mask(3)
    one = F.scaled_dot_product_attention(q, q, q, mask, is_causal=True)
    assert torch.allclose(one, F.scaled_dot_product_attention(q, q, q, both), atol=1e-6)


def test_gradients_of_gradients_are_right():
    torch.manual_seed(0)
    q, k, v = (torch.randn(2, 3, 2, dtype=torch.float64, requires_grad=True) for _ in range(3))
    assert gradcheck(lambda *args: F.scaled_dot_product_attention(*args, is_causal=True), (q, k, v))
    assert gradgradcheck(lambda *args: F.scaled_dot_product_attention(*args, is_causal=True), (q, k, v), atol=1e-4)


def test_batch_first_is_a_transposition_and_no_batch_a_batch_of_one():
    torch.manual_seed(1)
    first = nn.MultiheadAttention(8, 2, batch_first=True)
    second = nn.MultiheadAttention(8, 2)
    second.load_state_dict(first.state_dict())
    x = torch.randn(2, 3, 8)
    out, weights = first(x, x, x)
    turned = x.transpose(0, 1)
    assert torch.allclose(second(turned, turned, turned)[0].transpose(0, 1), out, atol=1e-6)
    single, alone = first(x[1], x[1], x[1])
    assert torch.allclose(single, out[1], atol=1e-6) and torch.allclose(alone, weights[1], atol=1e-6)
    assert torch.allclose(first(x, x, x, need_weights=False)[0], out, atol=1e-6)


def test_masks_are_merged():
    layer = nn.MultiheadAttention(8, 2)
    x = torch.randn(2, 3, 8)
    merged, kind = layer.merge_masks(torch.zeros(3, 3), torch.tensor([[False, False, True]] * 2), x)
    assert (merged.shape, kind) == ((2, 2, 3, 3), 2) and merged[0, 0, 0].tolist() == [0, 0, float("-inf")]
    assert layer.merge_masks(None, None, x) == (None, None)


def test_dropout_in_attention_follows_the_seed():
    q = torch.randn(2, 4, 8)
    outs = []
    for _ in range(2):
        torch.manual_seed(5)
        outs.append(F.scaled_dot_product_attention(q, q, q, dropout_p=0.5))
    assert torch.equal(*outs) and not torch.allclose(outs[0], F.scaled_dot_product_attention(q, q, q))


X = torch.randn(3, 2, 8)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: nn.MultiheadAttention(8, 3), AssertionError, "embed_dim must be divisible by num_heads"),
    (lambda: nn.MultiheadAttention(0, 3), ValueError, "must be greater than 0"),
    (lambda: nn.MultiheadAttention(7, 1)(X, X, X), AssertionError, "was expecting embedding dimension of 7, but got 8"),
    (lambda: nn.MultiheadAttention(8, 2)(X, X, X, attn_mask=torch.zeros(2, 2)), RuntimeError, "The shape of the 2D attn_mask"),
    (lambda: nn.MultiheadAttention(8, 2)(X, X[0], X), AssertionError, "expected `key` and `value` to be 3-D"),
    (lambda: nn.MultiheadAttention(8, 2)(X, X, X, is_causal=True), RuntimeError, "Need attn_mask if specifying"),
    (lambda: nn.MultiheadAttention(8, 2)(X, X, X, attn_mask=torch.zeros(3, 3).long()), AssertionError, "only bool and"),
    (lambda: nn.TransformerEncoderLayer(8, 2, activation="foo"), RuntimeError, "activation should be relu/gelu, not foo"),
    (lambda: nn.Transformer(8, 2, 1, 1, 16)(X, X[:, :1]), RuntimeError, "the batch number of src and tgt must be equal"),
    (lambda: nn.Transformer(4, 2, 1, 1, 16)(X, X), RuntimeError, "must be equal to d_model"),
    (lambda: F.scaled_dot_product_attention(X, X.double(), X), RuntimeError, "to have the same dtype"),
    (lambda: F.scaled_dot_product_attention(X, X, X, torch.zeros(2, 2).long()), RuntimeError, "attn_mask dtype to be bool or"),
    (lambda: nn.AdaptiveLogSoftmaxWithLoss(8, 10, [5, 2]), ValueError, "sorted in an increasing order"),
    (lambda: nn.AdaptiveLogSoftmaxWithLoss(8, 10, [2])(X[0], torch.tensor([1, 10])), RuntimeError, r"should be in \[0, 9\]"),
    (lambda: nn.DataParallel(nn.Linear(1, 1), [0, 1]), NotImplementedError, "run one process for each device"),
])
def test_what_does_not_fit_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_the_linear_cross_entropy_is_both_in_one():
    torch.manual_seed(0)
    loss = nn.LinearCrossEntropyLoss(4, 5, out_features=(2,), bias=True, weight=torch.rand(5))
    x, target = torch.randn(3, 4), torch.randint(0, 5, (3, 2))
    scores = F.linear(x, loss.linear.weight, loss.linear.bias).reshape(3, 5, 2)
    assert torch.allclose(loss(x, target), F.cross_entropy(scores, target, loss.weight))
    assert "in_features=4, num_classes=5, out_features=(2,), bias=True" in repr(loss)


def test_cross_map_norm_is_as_odd_as_pytorchs():
    x = torch.ones(1, 9, 1, 1)
    counted = [round((1 / value - 1) * 4) for value in nn.CrossMapLRN2d(4, 1.0, 1.0, 1.0)(x).flatten().tolist()]
    assert counted == [2, 3, 4, 4, 4, 4, 4, 4, 3]  # the neighbours, and channel 0 for all


def test_a_container_says_that_it_is_old():
    with pytest.warns(FutureWarning, match=r"`nn.Container` is deprecated"):
        assert isinstance(nn.Container(a=nn.ReLU()).a, nn.ReLU)


def test_ways_of_computing_attention_are_accepted():
    from flambeau.nn.attention import SDPBackend, sdpa_kernel

    with sdpa_kernel([SDPBackend.MATH, SDPBackend.FLASH_ATTENTION]):
        F.scaled_dot_product_attention(X, X, X)
    with pytest.raises(AssertionError, match="instance of SDPBackend"), sdpa_kernel("flash"):
        pass
