"""Batch norm in parts comes to what batch norm of the whole batch does."""
from __future__ import annotations

import flambeau as torch


def parts() -> tuple[torch.Tensor, list[torch.Tensor]]:
    torch.manual_seed(4)
    whole = torch.randn(6, 3, 2, dtype=torch.float64) * 2 + 1
    return whole, [whole[:4], whole[4:]]


def gathered(whole: torch.Tensor, pieces: list[torch.Tensor], running: list[torch.Tensor | None]) -> tuple[torch.Tensor, ...]:
    means, scales = map(torch.stack, zip(*(torch.batch_norm_stats(piece, 1e-5) for piece in pieces), strict=True))
    counts = torch.tensor([float(piece.numel() // 3) for piece in pieces], dtype=torch.float64)
    return torch.batch_norm_gather_stats_with_counts(whole, means, scales, *running, 0.2, 1e-5, counts)


def test_statistics_of_parts_make_those_of_the_whole_batch() -> None:
    whole, pieces = parts()
    mean, scale = gathered(whole, pieces, [None, None])
    want_mean, want_scale = torch.batch_norm_stats(whole, 1e-5)
    assert torch.allclose(mean, want_mean)
    assert torch.allclose(scale, want_scale)


def test_running_statistics_move_as_in_batch_norm() -> None:
    whole, pieces = parts()
    running = [torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)]
    want = [torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)]
    updated = [torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)]
    gathered(whole, pieces, running)
    torch.nn.functional.batch_norm(whole, *want, training=True, momentum=0.2)
    torch.batch_norm_update_stats(whole, *updated, 0.2)
    assert all(torch.allclose(a, b) for a, b in zip(running, want, strict=True))
    assert all(torch.allclose(a, b) for a, b in zip(updated, want, strict=True))


def test_parts_of_equal_size_need_no_counts() -> None:
    whole, _ = parts()
    means, scales = map(torch.stack, zip(*(torch.batch_norm_stats(piece, 1e-5) for piece in whole.chunk(2)), strict=True))
    mean, scale = torch.batch_norm_gather_stats(whole, means, scales, None, None, 0.1, 1e-5, 6)
    want_mean, want_scale = torch.batch_norm_stats(whole, 1e-5)
    assert torch.allclose(mean, want_mean)
    assert torch.allclose(scale, want_scale)


def test_outputs_and_gradients_of_parts_are_those_of_batch_norm() -> None:
    whole, pieces = parts()
    weight, bias = (torch.randn(3, dtype=torch.float64, requires_grad=True) for _ in range(2))
    leaf = whole.clone().requires_grad_()
    want = torch.nn.functional.batch_norm(leaf, None, None, weight, bias, training=True)
    slope = torch.randn(whole.shape, dtype=torch.float64)
    want.backward(slope)
    with torch.no_grad():
        mean, scale = gathered(whole, pieces, [None, None])
        outputs = [torch.batch_norm_elemt(piece, weight, bias, mean, scale, 1e-5) for piece in pieces]
        slopes = [slope[:4], slope[4:]]
        sums = [torch.batch_norm_backward_reduce(g, piece, mean, scale, weight, True, True, True)
                for g, piece in zip(slopes, pieces, strict=True)]
        total, moment, of_weight, of_bias = (sum(column) for column in zip(*sums, strict=True))
        counts = torch.tensor([8, 4], dtype=torch.int32)
        of_inputs = [torch.batch_norm_backward_elemt(g, piece, mean, scale, weight, total, moment, counts)
                     for g, piece in zip(slopes, pieces, strict=True)]
    assert torch.allclose(torch.cat(outputs), want)
    assert torch.allclose(torch.cat(of_inputs), leaf.grad)
    assert torch.allclose(of_weight, weight.grad)
    assert torch.allclose(of_bias, bias.grad)


def test_half_types_have_statistics_in_float32() -> None:
    mean, scale = torch.batch_norm_stats(torch.randn(4, 3).half(), 1e-5)
    assert mean.dtype is scale.dtype is torch.float32


def test_sums_that_nobody_wants_are_left_out() -> None:
    values = torch.ones(2, 3)
    statistics = torch.zeros(3), torch.ones(3)
    total, moment, of_weight, of_bias = torch.batch_norm_backward_reduce(values, values, *statistics, None, False, False, True)
    assert total is moment is of_weight is None
    assert of_bias.tolist() == [2.0, 2.0, 2.0]
