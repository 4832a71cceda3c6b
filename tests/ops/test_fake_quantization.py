"""What quantized inference will see: numbers recorded from PyTorch."""
from __future__ import annotations

import math

import pytest

import flambeau as torch


def test_numbers_are_rounded_and_gradients_stop_where_they_are_clamped() -> None:
    x = torch.tensor([0.05, 0.15, 0.25, math.nan, math.inf, -1e9], requires_grad=True)
    y = torch.fake_quantize_per_tensor_affine(x, 0.1, 0, -128, 127)
    y.sum().backward()
    assert torch.allclose(y, torch.tensor([0.0, 0.2, 0.2, -12.8, 12.7, -12.8]))
    assert x.grad.tolist() == [1, 1, 1, 0, 0, 0]


@pytest.mark.parametrize(("shift", "rounded"), [(3, [0.2, 0.4, 0.4, -0.2]), (3.0, [0.3, 0.3, 0.5, -0.3])])
def test_a_float_zero_point_is_added_before_rounding(shift: float, rounded: list[float]) -> None:
    x = torch.tensor([0.25, 0.35, 0.45, -0.25])
    y = torch.fake_quantize_per_channel_affine(x, torch.full((4,), 0.1), torch.tensor([shift] * 4), 0, -128, 127)
    assert torch.allclose(y, torch.tensor(rounded))


def observed(numbers: list[float], low: int, high: int, symmetric: bool) -> tuple[float, int]:
    scale, shift = torch.ones(1), torch.zeros(1, dtype=torch.int32)
    torch.fused_moving_avg_obs_fake_quant(
        torch.tensor(numbers), torch.tensor([1]), torch.tensor([1]), torch.full((1,), math.inf), torch.full((1,), -math.inf),
        scale, shift, 0.1, low, high, 0, False, symmetric)
    return scale.item(), shift.item()


@pytest.mark.parametrize(("numbers", "low", "high", "symmetric", "scale", "shift"), [
    ([-1.0, 3.0], 0, 255, False, 4 / 255, 64), ([-1.0, 3.0], -128, 127, True, 3 / 127, 0), ([-3.0, 1.0], -8, 7, True, 0.375, 0),
    ([1.0, 2.0], 0, 15, False, 2 / 15, 0), ([0.0, 0.0], 0, 255, False, 0.1, 0), ([-1e-5, 2e-5], 0, 255, False, 6.1e-5, 85),
])
def test_scale_and_zero_point_fit_the_range(numbers: list[float], low: int, high: int, symmetric: bool, scale: float,
                                            shift: int) -> None:
    found = observed(numbers, low, high, symmetric)
    assert found == (pytest.approx(scale, rel=1e-6), shift)


def test_the_range_of_rows_moves_by_a_share() -> None:
    low, high = torch.empty(0), torch.empty(0)
    scale, shift = torch.empty(0), torch.empty(0, dtype=torch.int32)
    for factor in (1.0, 2.0):
        torch.fused_moving_avg_obs_fake_quant(
            torch.tensor([[-1.0, 2.0], [-3.0, 1.0]]) * factor, torch.tensor([1]), torch.tensor([1]), low, high, scale, shift,
            0.5, 0, 255, 0, True)
    assert low.tolist() == [-1.5, -4.5]
    assert high.tolist() == [3.0, 1.5]
    assert shift.tolist() == [85, 191]


def test_nothing_is_observed_or_rounded_when_both_are_off() -> None:
    x, scale = torch.tensor([0.123]), torch.ones(1)
    off = torch.tensor([0])
    low, high, shift = (torch.zeros(1) for _ in range(3))
    y = torch.fused_moving_avg_obs_fake_quant(x, off, off, low, high, scale, shift, 0.1, 0, 255, 0)
    assert y.tolist() == x.tolist()
    assert scale.tolist() == [1.0]


def test_what_does_not_fit_is_refused() -> None:
    x = torch.ones(3, 2)
    with pytest.raises(RuntimeError, match="zero_point"):
        torch.fake_quantize_per_tensor_affine(x, 0.1, 200, -128, 127)
    with pytest.raises(RuntimeError, match="quant_min"):
        torch.fake_quantize_per_tensor_affine(x, 0.1, 2, 128, 127)
    with pytest.raises(RuntimeError, match="not consistent"):
        torch.fake_quantize_per_channel_affine(x, torch.ones(2), torch.zeros(2), 0, 0, 5)
    with pytest.raises(IndexError):
        torch.fake_quantize_per_channel_affine(x, torch.ones(2), torch.zeros(2), 2, 0, 5)
    with pytest.raises(NotImplementedError):
        torch.fake_quantize_per_tensor_affine(x.int(), 0.1, 0, -128, 127)
