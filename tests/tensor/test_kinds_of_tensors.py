"""What is asked of any tensor and only tensors of other kinds or places have."""
from __future__ import annotations

import pytest

import flambeau as torch


@pytest.mark.parametrize("name", ["int_repr", "q_per_channel_axis", "q_per_channel_scales", "q_per_channel_zero_points",
                                  "q_scale", "q_zero_point", "qscheme", "to_padded_tensor"])
def test_a_dense_tensor_is_neither_quantized_nor_nested(name: str) -> None:
    with pytest.raises(NotImplementedError, match=name):
        getattr(torch.ones(2), name)()


@pytest.mark.parametrize("name", ["ipu", "mtia", "xpu"])
def test_there_are_no_other_accelerators(name: str) -> None:
    with pytest.raises(AssertionError, match=f"not compiled with {name.upper()}"):
        getattr(torch.ones(2), name)()


def test_numbers_that_are_not_quantized_stand_for_themselves() -> None:
    assert torch.dequantize(torch.tensor([1, 2], dtype=torch.int32)).tolist() == [1.0, 2.0]
    assert torch.ones(2, dtype=torch.half).dequantize().dtype is torch.float32


class TestTheOrderOfDims:
    def test_is_told_from_the_steps(self) -> None:
        x = torch.empty(2, 3, 5, 7)
        assert x.dim_order() == (0, 1, 2, 3)
        assert x.transpose(1, 2).dim_order() == (0, 2, 1, 3)
        assert x.to(memory_format=torch.channels_last).dim_order(ambiguity_check=True) == (0, 2, 3, 1)

    def test_is_refused_where_it_could_be_several_if_that_is_asked(self) -> None:
        x = torch.empty(1, 2, 3, 4)
        assert x.dim_order() == (0, 1, 2, 3)
        with pytest.raises(RuntimeError, match="unique dim order"):
            x.dim_order(ambiguity_check=True)
        assert x.dim_order(ambiguity_check=[torch.contiguous_format, torch.channels_last]) == (0, 1, 2, 3)
        with pytest.raises(RuntimeError, match="unique dim order"):
            torch.empty(1, 1, 1, 1).dim_order(ambiguity_check=[torch.contiguous_format, torch.channels_last])

    def test_takes_formats_only(self) -> None:
        with pytest.raises(TypeError, match="ambiguity_check"):
            torch.empty(2).dim_order(ambiguity_check="always")
