"""What the samples of attention cannot say: dropout, rows that see nothing, half types, errors."""
from __future__ import annotations

import math

import pytest

import flambeau as torch
from flambeau.nn.functional import scaled_dot_product_attention as attend


def test_dropout_draws_pytorchs_numbers():
    torch.manual_seed(0)
    values = torch.eye(4)[None, None]
    dropped = attend(torch.ones(1, 1, 2, 3), torch.ones(1, 1, 4, 3), values, dropout_p=0.5)
    assert dropped.flatten().tolist() == [0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.5, 0.5]  # PyTorch 2.13 from seed 0


def test_the_gradient_goes_through_what_dropout_kept():
    torch.manual_seed(0)
    values = torch.ones(1, 1, 4, 1, requires_grad=True)
    attend(torch.ones(1, 1, 2, 3), torch.ones(1, 1, 4, 3), values, dropout_p=0.5).sum().backward()
    assert values.grad.flatten().tolist() == [0.0, 0.0, 1.0, 0.5]


@pytest.mark.parametrize("nothing", [False, -math.inf])
def test_a_query_that_sees_nothing_gets_zeros_and_gives_no_gradient(nothing):
    x = torch.ones(2, 3, requires_grad=True)
    mask = torch.tensor([[not nothing, nothing], [nothing, nothing]]) if nothing is False else torch.tensor(
        [[0.0, nothing], [nothing, nothing]])
    seen = attend(x, x, x, mask)
    assert seen.tolist() == [[1.0] * 3, [0.0] * 3]
    seen.sum().backward()
    assert x.grad.tolist() == [[1.0] * 3, [0.0] * 3]


def test_no_keys_at_all_give_zeros():
    assert attend(torch.ones(2, 3), torch.ones(0, 3), torch.ones(0, 2)).tolist() == [[0.0, 0.0]] * 2


def test_a_causal_query_sees_the_first_keys():
    first = attend(torch.ones(3, 2), torch.ones(5, 2), torch.eye(5), is_causal=True)
    assert (first > 0).tolist() == [[True] * n + [False] * (5 - n) for n in (1, 2, 3)]


def test_half_types_are_computed_in_float32():
    x = torch.linspace(-2, 2, 12).reshape(3, 4)
    exact = attend(x, x, x)
    for dtype in (torch.float16, torch.bfloat16):
        half = x.to(dtype)
        assert attend(half, half, half).dtype is dtype
        assert torch.allclose(attend(half, half, half).float(), exact, atol=2e-2)
        assert attend(half, half, half, torch.zeros(3, 3)).dtype is dtype  # a float32 mask may be added


def test_heads_that_are_shared_get_the_sum_of_the_gradients():
    q, k = torch.randn(1, 4, 2, 3), torch.randn(1, 2, 2, 3)
    shared, apart = k.clone().requires_grad_(), k.repeat_interleave(2, 1).requires_grad_()
    attend(q, shared, k, enable_gqa=True).sum().backward()
    attend(q, apart, k.repeat_interleave(2, 1)).sum().backward()
    assert torch.allclose(shared.grad, apart.grad.reshape(1, 2, 2, 2, 3).sum(2), atol=1e-6)


X = torch.ones(2, 3, 4)


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: attend(X[0, 0], X, X), RuntimeError, "at least 2 dimensional"),
    (lambda: attend(X, X.double(), X), RuntimeError, "same dtype, but got query.dtype: float key.dtype: double"),
    (lambda: attend(X.long(), X.long(), X.long()), RuntimeError, "Long"),
    (lambda: attend(X + 0j, X + 0j, X + 0j), NotImplementedError, "ComplexFloat"),
    (lambda: attend(X, X, X, torch.ones(3, 3).long()), RuntimeError, "Expected attn_mask dtype to be bool or float"),
    (lambda: attend(X, X, X, torch.ones(3)), IndexError, "but got -2"),
    (lambda: attend(X, X, X, torch.ones(3, 5)), RuntimeError, "broadcast"),
    (lambda: attend(X, X, X, torch.ones(3, 3), is_causal=True), RuntimeError, "should not be set when is_causal=True"),
    (lambda: attend(X, X, X, dropout_p=1.5), RuntimeError, "between 0 and 1, but got 1.5"),
    (lambda: attend(X[:, :2].expand(2, 2, 4), X, X[:, :2]), RuntimeError, "matmul"),
    (lambda: attend(torch.ones(1, 5, 2, 2), torch.ones(1, 2, 2, 2), torch.ones(1, 2, 2, 2), enable_gqa=True), RuntimeError,
     "must divide the number of heads"),
    (lambda: attend(X[0], X[0], X[0], enable_gqa=True), IndexError, "but got -3"),
])
def test_wrong_arguments_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
