"""Names that `torch.ops.aten` alone has, and what the samples of them cannot say."""
from __future__ import annotations

import math

import pytest

import flambeau as torch

aten = torch.ops.aten


def test_a_safe_softmax_of_nothing_is_nothing_and_so_is_its_gradient():
    scores = torch.tensor([[1.0, -math.inf], [-math.inf, -math.inf]], requires_grad=True)
    shares = aten._safe_softmax(scores, 1)
    assert shares.tolist() == [[1.0, 0.0], [0.0, 0.0]]
    (g,) = torch.autograd.grad(shares.sum(), scores)
    assert g.tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_the_gradient_of_a_softmax_is_had_from_its_output():
    scores = torch.tensor([0.5, 1.0, -2.0], requires_grad=True)
    weights = torch.tensor([1.0, 2.0, 3.0])
    for ours, name in ((torch.softmax, "_softmax_backward_data"), (torch.log_softmax, "_log_softmax_backward_data")):
        out = ours(scores, 0)
        (want,) = torch.autograd.grad(out, scores, weights)
        got = getattr(aten, name)(weights, out.detach(), 0, torch.float32)
        assert torch.allclose(got, want)


def test_a_softmaxs_gradient_must_have_its_outputs_shape_and_dtype():
    with pytest.raises(RuntimeError, match="same size"):
        torch._softmax_backward_data(torch.ones(2, 3), torch.ones(2, 2), 1, torch.float32)
    with pytest.raises(RuntimeError, match="expected scalar type Double but found Float"):
        torch._softmax_backward_data(torch.ones(2), torch.ones(2, dtype=torch.float64), 0, torch.float64)


def test_a_slice_is_a_view_whose_ends_are_cut_to_fit():
    x = torch.arange(6.0)
    part = aten.slice.Tensor(x, 0, -9, 2**63 - 1, 2)
    assert part.tolist() == [0.0, 2.0, 4.0]
    part.zero_()
    assert x.tolist() == [0.0, 1.0, 0.0, 3.0, 0.0, 5.0]
    with pytest.raises(RuntimeError, match="slice step must be positive"):
        aten.slice(x, 0, 0, 2, -1)
    with pytest.raises(IndexError, match="0-dim"):
        aten.slice(torch.tensor(1.0))


def test_the_gradient_of_a_pool_goes_where_the_indices_say_and_the_input_has_none():
    x = torch.tensor([[[1.0, 5.0, 2.0, 0.0], [0.0, 3.0, 7.0, 1.0]]], requires_grad=True)
    _, indices = torch.nn.functional.max_pool2d(x, 2, return_indices=True)
    g = torch.tensor([[[10.0, 20.0]]], requires_grad=True)
    back = aten.max_pool2d_with_indices_backward(g, x, [2, 2], [2, 2], [0, 0], [1, 1], False, indices)
    assert back.tolist() == [[[0.0, 10.0, 0.0, 0.0], [0.0, 0.0, 20.0, 0.0]]]
    to_g, to_x = torch.autograd.grad(back.sum(), [g, x])
    assert to_g.tolist() == [[[1.0, 1.0]]]
    assert to_x.abs().sum().item() == 0.0
    with pytest.raises(RuntimeError, match="Expected grad_output of size"):
        aten.max_pool2d_with_indices_backward(g[..., :1], x, 2, 2, 0, 1, False, indices)


def test_batch_norm_with_update_returns_the_batchs_statistics_and_moves_the_running_ones():
    x = torch.arange(12.0).reshape(2, 3, 2)
    running_mean, running_var = torch.zeros(3), torch.ones(3)
    output, mean, scale, reserve = aten._batch_norm_with_update(x, None, None, running_mean, running_var, 0.1, 1e-05)
    assert output.mean().abs().item() < 1e-6
    assert mean.tolist() == [3.5, 5.5, 7.5]
    assert scale.tolist() == pytest.approx([0.3288] * 3, abs=1e-4)
    assert running_mean.tolist() == pytest.approx([0.35, 0.55, 0.75])
    assert (reserve.dtype, reserve.shape) == (torch.uint8, (0,))


def test_dropouts_gradient_of_whole_numbers_has_fractions():
    g = aten.native_dropout_backward.default(torch.tensor([1, 2]), torch.tensor([True, False]), 2.5)
    assert (g.dtype, g.tolist()) == (torch.float32, [2.5, 0.0])


def test_an_upsampling_takes_a_size_or_factors():
    image = torch.arange(16.0).reshape(1, 1, 4, 4)
    by_size = aten._upsample_bilinear2d_aa(image, [2, 2], False)
    by_factors = aten._upsample_bilinear2d_aa(image, None, False, [0.5, 0.5])
    assert torch.equal(by_size, by_factors)
    assert torch.equal(by_size, aten._upsample_bilinear2d_aa(image, [2, 2], False, 0.5, 0.5))
    with pytest.raises(RuntimeError, match="exactly one of output_size and scale_factors"):
        aten._upsample_bilinear2d_aa(image, None, False, None)
