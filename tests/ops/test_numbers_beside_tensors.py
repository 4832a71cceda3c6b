"""Python numbers beside tensors of any dtype: how they wrap, and where they are refused."""
from __future__ import annotations

import math

import pytest

import flambeau
from flambeau.nn.functional import hardtanh, margin_ranking_loss, pad

bytes_ = flambeau.tensor([1, 2, 3], dtype=flambeau.uint8)


def test_a_negative_alpha_wraps_around_in_bytes():
    assert flambeau.add(bytes_, bytes_, alpha=-3).tolist() == [254, 252, 250]
    assert flambeau.sub(bytes_, bytes_, alpha=-3).tolist() == [4, 8, 12]
    assert flambeau.rsub(bytes_, 2, alpha=-3).tolist() == [5, 8, 11]
    assert flambeau.addcmul(bytes_, bytes_, bytes_, value=-1).tolist() == [0, 254, 250]


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32"])
def test_a_number_that_does_not_fit_is_refused(dtype):
    x = flambeau.ones(2, dtype=getattr(flambeau, dtype))
    for call in (lambda: flambeau.add(x, x, alpha=2**40), lambda: flambeau.addcmul(x, x, x, value=2**40),
                 lambda: flambeau.clamp(x, 2**40), lambda: flambeau.pow(x, 2**40)):
        with pytest.raises(RuntimeError, match="cannot be converted to type .* without overflow"):
            call()


def test_alpha_must_be_of_the_kind_of_the_result():
    x = flambeau.ones(2)
    with pytest.raises(RuntimeError, match="Boolean alpha"):
        flambeau.add(x, x, alpha=True)
    with pytest.raises(RuntimeError, match="must not be a complex number"):
        flambeau.add(x, x, alpha=1j)
    with pytest.raises(RuntimeError, match="without overflow"):
        flambeau.add(x, x, alpha=1e39)


def test_rsub_of_a_number_is_refused():
    with pytest.raises(TypeError, match="must be Tensor, not int"):
        flambeau.rsub(2, flambeau.ones(2))


def test_a_number_asks_for_no_negative_power_of_integers_but_a_tensor_may():
    x = flambeau.tensor([2, 1, -1])
    assert flambeau.pow(x, flambeau.tensor(-3)).tolist() == [0, 1, -1]
    assert (2 ** flambeau.tensor(-1)).item() == 0
    assert ((-1) ** flambeau.tensor(-3, dtype=flambeau.int8)).item() == -1
    for wrong in (x, bytes_, flambeau.tensor(2)):
        with pytest.raises(RuntimeError, match="negative integer powers"):
            wrong ** -1


def test_flags_raised_to_a_flag_stay_flags():
    flags = flambeau.tensor([True, False])
    assert (flags ** True).tolist() == [True, False]
    assert (flags ** False).tolist() == [True, True]


def test_the_steps_of_a_range_of_integers_are_whole_and_as_many_as_its_fractions_make():
    assert flambeau.arange(0.9, 5, 1.9, dtype=flambeau.int16).tolist() == [0, 1, 2]
    assert flambeau.arange(0.5, 3.2, 0.7, dtype=flambeau.uint8).tolist() == [0, 0, 0, 0]
    assert flambeau.arange(-3.5, 2, 1.5, dtype=flambeau.uint8).tolist() == [253, 254, 255, 0]
    with pytest.raises(ValueError, match="step must be nonzero"):
        flambeau.arange(0.5, 3.2, 0.7, dtype=flambeau.int64)


@pytest.mark.parametrize("dtype", [flambeau.bool, flambeau.complex64])
def test_there_is_no_range_of_flags_or_complex_numbers(dtype):
    with pytest.raises(NotImplementedError, match="arange_cpu"):
        flambeau.arange(3, dtype=dtype)


def test_a_line_of_bytes_starts_from_the_byte_its_start_becomes():
    assert flambeau.linspace(-3, 7, 5, dtype=flambeau.uint8).tolist() == [253, 191, 130, 68, 7]


def test_the_ranking_loss_of_bytes_wraps_before_the_margin_is_added():
    one, other, target = (flambeau.tensor(values, dtype=flambeau.uint8) for values in ([5, 9], [6, 2], [1, 255]))
    assert margin_ranking_loss(one, other, target, 2, reduction="none").tolist() == [3, 9]


def test_a_copied_part_along_a_missing_dim_is_a_runtime_error():
    with pytest.raises(RuntimeError, match="Expected dim"):
        flambeau.narrow_copy(flambeau.ones(2, 3), 3, 0, 1)


@pytest.mark.parametrize("number", [300, -300, 2**40, math.nan, math.inf, 1j])
def test_a_tensor_is_not_filled_with_what_its_integers_cannot_hold(number):
    for call in (lambda: flambeau.full((2,), number, dtype=flambeau.uint8), lambda: flambeau.full_like(bytes_, number),
                 lambda: flambeau.fill(bytes_, number), lambda: pad(bytes_, (1, 1), value=number),
                 lambda: flambeau.threshold(bytes_, 2, number)):
        with pytest.raises(RuntimeError, match="without overflow"):
            call()


@pytest.mark.parametrize("dtype", [flambeau.float16, flambeau.float32, flambeau.complex64])
def test_a_tensor_is_filled_with_infinity_but_not_with_what_overflows(dtype):
    assert flambeau.full((2,), math.inf, dtype=dtype)[0].item() == math.inf
    with pytest.raises(RuntimeError, match="without overflow"):
        flambeau.full((2,), 1e39, dtype=dtype)


def test_lists_of_numbers_are_checked_one_by_one():
    assert flambeau.tensor([-1, -200], dtype=flambeau.uint8).tolist() == [255, 56]
    assert flambeau.tensor([2.5, -2.5], dtype=flambeau.int8).tolist() == [2, -2]
    for wrong in ([300, 1], math.nan, [math.inf], 1e39):
        with pytest.raises(RuntimeError, match="without overflow"):
            flambeau.tensor(wrong, dtype=flambeau.int8)
    with pytest.raises(ValueError, match="unpacking long long"):
        flambeau.tensor([2**63])


def test_a_number_too_long_for_64_bits_still_makes_a_float_and_a_flag():
    assert flambeau.full((2,), 2**63, dtype=flambeau.bfloat16)[0].item() == 2.0**63
    assert flambeau.full((2,), 2**63, dtype=flambeau.bool).tolist() == [True, True]


def test_factors_of_products_and_of_rows_must_fit():
    rows = flambeau.tensor([0, 1, 2])
    for call in (lambda: flambeau.index_add(bytes_, 0, rows, bytes_, alpha=300),
                 lambda: flambeau.addmv(bytes_, flambeau.outer(bytes_, bytes_), bytes_, alpha=300),
                 lambda: flambeau.where(bytes_ > 1, bytes_, 300)):
        with pytest.raises(RuntimeError, match="without overflow"):
            call()


def test_limits_of_bytes_are_not_negative():
    with pytest.raises(RuntimeError, match="unsigned type with negative limits"):
        hardtanh(bytes_)


def test_block_diag_counts_tensors_without_dims_less_when_it_chooses_a_dtype():
    assert flambeau.block_diag(flambeau.tensor(1.5, dtype=flambeau.float64), flambeau.ones(2)).dtype == flambeau.float32
    assert flambeau.block_diag(flambeau.tensor(1.5), flambeau.ones(2, dtype=flambeau.int32)).dtype == flambeau.float32
