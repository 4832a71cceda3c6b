"""Products of matrices of eight-bit floats and their scales."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.nn.functional import ScalingType, SwizzleType, scaled_grouped_mm, scaled_mm


def matrices() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    return torch.randn(4, 64).to(torch.float8_e4m3fn), torch.randn(16, 64).to(torch.float8_e4m3fn).t()


def test_one_scale_multiplies_all() -> None:
    a, b = matrices()
    found = scaled_mm(a, b, torch.tensor(2.0), ScalingType.TensorWise, torch.tensor(0.25), ScalingType.TensorWise,
                      output_dtype=torch.float32)
    assert torch.allclose(found, a.float() @ b.float() * 0.5)


def test_rows_and_columns_have_scales_and_a_bias_is_added() -> None:
    a, b = matrices()
    rows, columns, bias = torch.rand(4, 1), torch.rand(1, 16), torch.randn(16)
    found = scaled_mm(a, b, rows, ScalingType.RowWise, columns, ScalingType.RowWise, bias=bias)
    assert found.dtype is torch.bfloat16
    assert torch.allclose(found.float(), (a.float() * rows) @ (b.float() * columns) + bias, rtol=2**-7, atol=1e-2)


@pytest.mark.parametrize(("recipe", "wide"), [(ScalingType.BlockWise1x16, 16), (ScalingType.BlockWise1x32, 32)])
def test_blocks_along_the_sum_have_scales(recipe: ScalingType, wide: int) -> None:
    a, b = matrices()
    of_a, of_b = (torch.rand(count, 64 // wide).to(torch.float8_e8m0fnu) for count in (4, 16))
    found = scaled_mm(a, b, of_a, recipe, of_b, recipe, output_dtype=torch.float32)
    wide_a = a.float() * of_a.float().repeat_interleave(wide, 1)
    wide_b = b.float() * of_b.float().repeat_interleave(wide, 1).t()
    assert torch.allclose(found, wide_a @ wide_b, atol=1e-5)


def test_blocks_of_both_dims_may_be_cut_short_by_the_border() -> None:
    a = torch.ones(3, 130).to(torch.float8_e5m2)
    scales = torch.tensor([[1.0, 10.0]])
    found = scaled_mm(a, a.t(), scales, ScalingType.BlockWise128x128, torch.tensor(1.0), ScalingType.TensorWise,
                      output_dtype=torch.float32)
    assert found.tolist() == [[148.0] * 3] * 3


def test_groups_are_multiplied_apart() -> None:
    a, b = matrices()
    stack = torch.stack([b.float(), 2 * b.float()]).to(torch.float8_e4m3fn)
    found = scaled_grouped_mm(a, stack, torch.ones(4), ScalingType.RowWise, torch.ones(2, 16), ScalingType.RowWise,
                              offs=torch.tensor([1, 4], dtype=torch.int32), output_dtype=torch.float32)
    assert torch.allclose(found[:1], a.float()[:1] @ b.float(), atol=1e-5)
    assert torch.allclose(found[1:], a.float()[1:] @ stack[1].float(), atol=1e-5)


def test_what_does_not_fit_is_refused() -> None:
    a, b = matrices()
    one, whole = torch.tensor(1.0), ScalingType.TensorWise
    with pytest.raises(ValueError, match="TensorWise scaling takes 1 scales for mat_a, got 4"):
        scaled_mm(a, b, torch.ones(4), whole, one, whole)
    with pytest.raises(ValueError, match="eight-bit floats"):
        scaled_mm(a.float(), b, one, whole, one, whole)
    with pytest.raises(NotImplementedError, match="NO_SWIZZLE"):
        scaled_mm(a, b, one, whole, one, whole, swizzle_a=SwizzleType.SWIZZLE_32_4_4)
