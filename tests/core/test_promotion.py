"""Which dtype comes out: PyTorch's rules where NumPy has others."""
from __future__ import annotations

import pytest

import flambeau as torch


@pytest.mark.parametrize(("one", "other", "wanted"), [
    (torch.int64, 1.5, torch.float32), (torch.uint8, 300, torch.uint8), (torch.bool, 2, torch.int64),
    (torch.float16, 2.0, torch.float16), (torch.bfloat16, 2.0, torch.bfloat16), (torch.float32, 1j, torch.complex64),
    (torch.float64, 1j, torch.complex128), (torch.bool, True, torch.bool), (torch.int32, True, torch.int32),
])
def test_a_number_weighs_less_than_a_tensor_of_its_kind(one, other, wanted):
    assert (torch.ones(2, dtype=one) * other).dtype == wanted


@pytest.mark.parametrize(("one", "other", "wanted"), [
    (torch.float16, torch.bfloat16, torch.float32), (torch.uint8, torch.int8, torch.int16),
    (torch.int64, torch.float16, torch.float16), (torch.float64, torch.complex64, torch.complex128),
    (torch.int32, torch.int64, torch.int64), (torch.bool, torch.uint8, torch.uint8),
])
def test_two_tensors_meet_at_pytorchs_common_dtype(one, other, wanted):
    assert (torch.ones(2, dtype=one) * torch.ones(2, dtype=other)).dtype == wanted
    assert torch.promote_types(one, other) == wanted


def test_a_tensor_without_dims_weighs_less_than_one_with_dims():
    assert (torch.ones(2) * torch.tensor(2.0, dtype=torch.float64)).dtype == torch.float32
    assert (torch.ones(2, dtype=torch.int32) * torch.tensor(2.0, dtype=torch.float64)).dtype == torch.float64
    assert (torch.tensor(2.0) * torch.tensor(2.0, dtype=torch.float64)).dtype == torch.float64


def test_half_types_are_computed_in_float32_and_rounded_once():
    x = torch.ones(100_000, dtype=torch.bfloat16)
    assert x.sum().item() == 99840.0  # the bfloat16 nearest to 100,000; NumPy alone gives 256
    assert (torch.tensor([1.0], dtype=torch.bfloat16) * 0.1).item() == pytest.approx(0.10009765625)


def test_numpy_scalars_count_as_python_numbers():
    import numpy

    assert (torch.ones(2) * numpy.float64(2.0)).dtype == torch.float32


def test_integers_wrap_around():
    assert (torch.tensor([250], dtype=torch.uint8) + 300).tolist() == [38]
    assert (torch.tensor([1], dtype=torch.uint8) - 2).tolist() == [255]


def test_signed_with_wide_unsigned_has_no_answer():
    with pytest.raises(RuntimeError, match="Promotion for uint16"):
        torch.promote_types(torch.uint16, torch.int32)


def test_a_comparison_sees_a_number_as_the_half_type_beside_it_has_it():
    x = torch.tensor([1.0, -0.9492, 3.0], dtype=torch.bfloat16)
    for number in (-0.9489846193555862, torch.tensor(-0.9489846193555862, dtype=torch.float64)):
        assert (x == number).tolist() == [False, True, False]
        assert (x < number).tolist() == [False, False, False]
    assert (x.float() == -0.9489846193555862).tolist() == [False, False, False]
