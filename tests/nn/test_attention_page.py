"""`torch.nn.attention`: the choice of a backend, and causal masks."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.nn.attention import SDPBackend, sdpa_kernel
from flambeau.nn.attention.bias import CausalBias, CausalVariant, causal_lower_right, causal_upper_left
from flambeau.nn.functional import scaled_dot_product_attention as attend

Q, K = torch.arange(6.0).reshape(1, 1, 2, 3).sin(), torch.arange(12.0).reshape(1, 1, 4, 3).cos()


@pytest.mark.parametrize("backends", [SDPBackend.MATH, [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION]])
def test_every_backend_computes_the_same(backends):
    with sdpa_kernel(backends):
        assert torch.equal(attend(Q, K, K), attend(Q, K, K))


def test_attention_needs_a_backend():
    with sdpa_kernel([]), pytest.raises(RuntimeError, match="No viable backend"):
        attend(Q, K, K)
    attend(Q, K, K)  # allowed again
    with pytest.raises(AssertionError, match="SDPBackend or a list of SDPBackend instances, got str"), sdpa_kernel("math"):
        pass


def test_backends_print_and_count_as_pytorchs():
    assert repr(SDPBackend.MATH) == "<SDPBackend.MATH: 0>"
    assert int(SDPBackend.CUDNN_ATTENTION) == 3


def test_an_upper_left_bias_is_causal_from_the_first():
    assert torch.allclose(attend(Q, K, K, causal_upper_left(2, 4)), attend(Q, K, K, is_causal=True))


def test_a_lower_right_bias_counts_from_the_last():
    bias = causal_lower_right(2, 4)
    assert isinstance(bias, CausalBias)
    assert bias.variant is CausalVariant.LOWER_RIGHT
    assert bias.tolist() == [[True, True, True, False], [True] * 4]
    assert torch.allclose(attend(Q, K, K, bias)[..., 1:, :], attend(Q, K, K)[..., 1:, :])


def test_wrong_sizes_are_refused():
    with pytest.raises(AssertionError, match="only supports 2D tensors"):
        causal_upper_left(2, 3, 4)
    with pytest.warns(UserWarning, match="seq_len_q > seq_len_kv"):
        causal_lower_right(4, 2)
