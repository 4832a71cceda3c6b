"""What the samples of pointwise ops cannot say: errors, kinks, operators, edges of the number range."""
from __future__ import annotations

import math
from typing import Any

import numpy
import pytest

import flambeau
from flambeau.autograd.gradcheck import gradcheck
from flambeau.ops import bitwise, blending


def slope(function: Any, at: Any) -> Any:
    """The gradient of a function at one point, or at several."""
    x = flambeau.tensor(at, requires_grad=True)
    (g,) = flambeau.autograd.grad(function(x).sum(), x)
    return g.tolist()


def test_integers_divided_make_a_float():
    assert (flambeau.tensor([7, -7]) / 2).tolist() == [3.5, -3.5]
    assert (flambeau.tensor([7]) / flambeau.tensor([2])).dtype is flambeau.float32


def test_floor_division_rounds_down_and_truncation_towards_zero():
    x = flambeau.tensor([7, -7])
    assert (x // 2).tolist() == [3, -4]
    assert flambeau.div(x, 2, rounding_mode="trunc").tolist() == [3, -3]
    assert (x.double() // 2).tolist() == [3.0, -4.0]


def test_a_remainder_has_the_sign_of_the_divisor_and_fmod_that_of_the_dividend():
    x = flambeau.tensor([7, -7])
    assert (x % 3).tolist() == [1, 2]
    assert flambeau.fmod(x, 3).tolist() == [1, -1]


@pytest.mark.parametrize("name", ["floor_divide", "remainder", "fmod"])
def test_dividing_integers_by_zero_is_an_error(name):
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        getattr(flambeau, name)(flambeau.tensor([1]), flambeau.tensor([0]))


def test_dividing_floats_by_zero_is_not():
    assert (flambeau.tensor([1.0, -1.0]) / 0).tolist() == [math.inf, -math.inf]


def test_an_unknown_rounding_mode_is_named():
    with pytest.raises(RuntimeError, match="'up'"):
        flambeau.div(flambeau.ones(1), 2, rounding_mode="up")


def test_booleans_cannot_be_subtracted_or_negated():
    flags = flambeau.tensor([True, False])
    for wrong in (lambda: flags - flags, lambda: -flags, lambda: +flags):
        with pytest.raises(RuntimeError, match="bool tensor"):
            wrong()


def test_adding_booleans_is_or():
    assert (flambeau.tensor([True, False]) + flambeau.tensor([True, True])).tolist() == [True, True]


def test_an_integer_sum_takes_no_fraction_of_a_summand():
    with pytest.raises(RuntimeError, match="alpha must not be a floating point number"):
        flambeau.add(flambeau.tensor([1]), flambeau.tensor([2]), alpha=0.5)


def test_a_number_is_refused_where_only_a_tensor_will_do():
    with pytest.raises(TypeError, match=r"maximum\(\): argument 'other' \(position 2\) must be Tensor, not float"):
        flambeau.maximum(flambeau.ones(2), 0.5)
    with pytest.raises(TypeError, match="must be Tensor, not int"):
        flambeau.add(1, 2)


def test_the_absolute_value_is_flat_at_zero():
    assert slope(flambeau.abs, [-2.0, 0.0, 3.0]) == [-1.0, 0.0, 1.0]


def test_the_square_root_is_steep_at_zero():
    assert slope(flambeau.sqrt, [0.0, 4.0]) == [math.inf, 0.25]


def test_powers_at_zero_have_the_gradients_that_programs_rely_on():
    assert slope(lambda x: x ** 2, [0.0]) == [0.0]
    assert slope(lambda x: x ** 0, [0.0]) == [0.0]
    exponent = flambeau.tensor([2.0], requires_grad=True)
    (g,) = flambeau.autograd.grad(flambeau.tensor([0.0]) ** exponent, exponent)
    assert g.tolist() == [0.0]


def test_equal_elements_share_the_gradient_of_the_larger():
    x = flambeau.tensor([1.0, 2.0], requires_grad=True)
    y = flambeau.tensor([1.0, 3.0], requires_grad=True)
    gx, gy = flambeau.autograd.grad(flambeau.maximum(x, y).sum(), (x, y))
    assert gx.tolist() == [0.5, 0.0]
    assert gy.tolist() == [0.5, 1.0]


def test_clamping_lets_the_gradient_of_a_bound_itself_through():
    assert slope(lambda x: x.clamp(0.0, 1.0), [-1.0, 0.0, 0.5, 1.0, 2.0]) == [0.0, 1.0, 1.0, 1.0, 0.0]


def test_nan_wins_a_maximum_but_not_an_fmax():
    x, y = flambeau.tensor([math.nan, 1.0]), flambeau.tensor([0.0, math.nan])
    assert flambeau.maximum(x, y).isnan().tolist() == [True, True]
    assert flambeau.fmax(x, y).tolist() == [0.0, 1.0]


def test_halves_round_to_the_even_number():
    assert flambeau.tensor([0.5, 1.5, 2.5, -0.5]).round().tolist() == [0.0, 2.0, 2.0, -0.0]


def test_a_negative_power_of_an_integer_is_an_error():
    with pytest.raises(RuntimeError, match="Integers to negative integer powers"):
        flambeau.tensor([2]) ** -1


def test_each_negative_power_of_integers_in_a_tensor_is_zero_or_one():
    powers = flambeau.tensor([2, 1, -1, -1]) ** flambeau.tensor([-1, -2, -2, -3])
    assert powers.tolist() == [0, 1, 1, -1]


def test_a_half_is_rounded_once_after_all_steps():
    x = flambeau.tensor([1.0009765625]).half()
    assert flambeau.addcmul(x, x, x).item() == numpy.float16(x.item() + x.item() ** 2)


def test_operators_take_numbers_and_arrays_on_either_side():
    x = flambeau.tensor([1.0, 2.0])
    assert (3 - x).tolist() == [2.0, 1.0]
    assert (4 / x).tolist() == [4.0, 2.0]
    assert (2 ** x).tolist() == [2.0, 4.0]
    assert (7 // x).tolist() == [7.0, 3.0]
    assert (5 % flambeau.tensor([3, 4])).tolist() == [2, 1]
    assert (x + numpy.array([1.0, 1.0], "f4")).tolist() == [2.0, 3.0]


def test_an_operator_that_knows_no_such_operand_says_so():
    with pytest.raises(TypeError, match="unsupported operand"):
        flambeau.ones(2) + "one"
    assert (flambeau.ones(1) == "one") is False


def test_operators_in_place_keep_the_tensor_and_its_memory():
    x = flambeau.tensor([8.0, 16.0])
    before, memory = x, x.data_ptr()
    x += 2
    x -= 1
    x *= 2
    x /= 3
    x //= 1
    x **= 2
    x %= 7
    assert x is before
    assert x.data_ptr() == memory
    assert x.tolist() == [1.0, 2.0]


def test_logic_in_place():
    bits = flambeau.tensor([6])
    bits &= 3
    bits |= 8
    bits ^= 1
    bits <<= 2
    bits >>= 1
    assert bits.tolist() == [22]
    assert (~bits).tolist() == [-23]


def test_shifts_by_more_bits_than_there_are_leave_the_sign():
    assert bitwise.bitwise_right_shift(flambeau.tensor([9, -9]), flambeau.tensor([64, 64])).tolist() == [0, -1]
    assert bitwise.bitwise_left_shift(flambeau.tensor([9, -9]), flambeau.tensor([64, -1])).tolist() == [0, 0]


def test_complex_numbers_have_no_order():
    z = flambeau.tensor([1 + 2j])
    for compare in (flambeau.lt, flambeau.maximum):
        with pytest.raises((RuntimeError, NotImplementedError)):
            compare(z, z)


def test_parts_of_complex_numbers_are_views_with_gradients():
    z = flambeau.tensor([3 + 4j, 1 - 1j], requires_grad=True)
    (g,) = flambeau.autograd.grad(z.imag.sum(), z)
    assert g.tolist() == [1j, 1j]
    other = flambeau.tensor([3 + 4j])
    other.real += 1
    assert other.tolist() == [4 + 4j]


def test_complex_numbers_are_pairs_of_real_ones():
    z = flambeau.tensor([3 + 4j, 1 - 1j])
    pairs = flambeau.view_as_real(z)
    assert pairs.tolist() == [[3.0, 4.0], [1.0, -1.0]]
    assert flambeau.view_as_complex(pairs).tolist() == z.tolist()
    assert flambeau.complex(flambeau.ones(1), flambeau.ones(1)).tolist() == [1 + 1j]
    assert flambeau.polar(flambeau.tensor([2.0]), flambeau.tensor([0.0])).tolist() == [2 + 0j]


def test_the_gradient_of_a_complex_size_points_outwards():
    assert slope(flambeau.abs, [3 + 4j, 0j]) == [pytest.approx(0.6 + 0.8j), 0j]


def test_the_direction_of_a_complex_number_changes_only_by_turning():
    z = flambeau.tensor([1 + 1j], dtype=flambeau.complex128, requires_grad=True)
    assert gradcheck(flambeau.sgn, [z])
    assert gradcheck(flambeau.angle, [z])


def test_heaviside_takes_its_value_at_zero_from_the_second_tensor():
    assert flambeau.heaviside(flambeau.tensor([-1.5, 0.0, 2.0]), flambeau.tensor([0.5])).tolist() == [0.0, 0.5, 1.0]


def test_the_next_number_is_one_unit_away():
    one = flambeau.ones(1)
    assert flambeau.nextafter(one, 2 * one).item() == 1 + 2.0 ** -23


def test_tensors_of_other_shapes_are_unequal_not_an_error():
    assert not flambeau.equal(flambeau.ones(2), flambeau.ones(1, 2))
    assert flambeau.equal(flambeau.ones(2), flambeau.ones(2))


def test_closeness_asks_for_one_dtype():
    with pytest.raises(RuntimeError, match="Float did not match Double"):
        flambeau.isclose(flambeau.ones(1), flambeau.ones(1).double())


def test_a_tensor_is_a_key_by_itself():
    x = flambeau.ones(2)
    assert {x: "found"}[x] == "found"


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("one, other", [("array", 0.0), (0.0, "array"), ("array", "array"), ("array", 1.5), (-0.0, "array")])
def test_blending_by_bits_is_where(dtype, one, other):
    rng = numpy.random.default_rng(0)
    values = [rng.standard_normal((50, 50)).astype(dtype) if v == "array" else v for v in (one, other)]
    if one == "array":
        values[0][0] = math.inf
        values[0][1] = math.nan
    condition = rng.random((50, 50)) > 0.5
    got, want = blending.blend(numpy, condition, *values), numpy.where(condition, *values)
    assert got.dtype == want.dtype
    assert got.tobytes() == want.tobytes()


@pytest.mark.parametrize("x", [0.5, 3.7, 40.0, -1.5])
def test_the_logarithm_of_gamma(x):
    exact = math.lgamma(x)
    assert flambeau.lgamma(flambeau.tensor(x, dtype=flambeau.float64)).item() == pytest.approx(exact, rel=1e-13)


def test_the_error_function_is_exact_in_both_precisions():
    x = numpy.linspace(-6, 6, 1001)
    exact = numpy.array([math.erf(v) for v in x])
    rest = numpy.array([math.erfc(v) for v in x])
    wide = flambeau.from_numpy(x)
    numpy.testing.assert_allclose(flambeau.erf(wide).numpy(), exact, rtol=1e-14, atol=1e-15)
    numpy.testing.assert_allclose(flambeau.erfc(wide).numpy(), rest, rtol=1e-13)
    numpy.testing.assert_allclose(flambeau.erf(wide.float()).numpy(), exact, rtol=1e-6, atol=1e-7)
    numpy.testing.assert_allclose(flambeau.erfinv(flambeau.erf(wide[300:700])).numpy(), x[300:700], rtol=1e-8, atol=1e-15)


def test_an_angle_at_zero_has_a_gradient_of_zero():
    x = flambeau.zeros(2, requires_grad=True)
    y = flambeau.tensor([0.0, 2.0], requires_grad=True)
    flambeau.atan2(x, y).sum().backward()
    assert x.grad.tolist() == [0.0, 0.5]
    assert y.grad.tolist() == [0.0, 0.0]


def test_a_number_divided_by_a_tensor_is_multiplied_by_its_reciprocal():
    x = flambeau.tensor([3.0, 7.0, -11.0], requires_grad=True)
    quotient = 7 / x
    assert quotient.tolist() == [2.3333334922790527, 1.0, -0.6363636255264282]
    assert type(quotient.grad_fn).__name__ == "MulBackward0"
    with flambeau.no_grad():
        x.add_(1)  # the reciprocal is what was saved
    quotient.sum().backward()
    assert x.grad.tolist() == pytest.approx([-7 / 9, -7 / 49, -7 / 121])
