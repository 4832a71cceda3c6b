"""The same seed gives PyTorch's numbers. The lists are what PyTorch 2.13 draws on the CPU after manual_seed(0)."""
from __future__ import annotations

from typing import Any

import numpy
import pytest
from drawn import full, listed, near, wrapped, zeros

import flambeau
from flambeau import random
from flambeau.ops import dropout as noise
from flambeau.ops import random as ops


@pytest.fixture(autouse=True)
def _seeded() -> None:
    random.manual_seed(0)


# --------------------------------------------------------------------------- uniform and normal


@pytest.mark.parametrize(("seed", "numbers"), [
    (0, [0.4962566, 0.7682218, 0.0884774, 0.1320305]),
    (1234, [0.0289792, 0.4018986, 0.2598442, 0.3666413]),
    (2**40 + 7, [0.5349225, 0.1988032, 0.6592117, 0.6568903]),
    (-1, [0.9937994, 0.5713063, 0.570008, 0.0495037]),
])
def test_a_seed_gives_pytorchs_uniform_numbers(seed: int, numbers: list[float]) -> None:
    random.manual_seed(seed)
    assert near(ops.rand(4), numbers)


def test_rand_draws_more_bits_for_float64() -> None:
    assert near(ops.rand(4, dtype=flambeau.float64), [0.970053, 0.7078199, 0.4593829, 0.9207477])


def test_rand_in_half_precision_rounds_the_float32_numbers() -> None:
    assert near(ops.rand(4, dtype=flambeau.float16), [0.4963379, 0.7680664, 0.088501, 0.1320801])


def test_rand_never_rounds_up_to_one() -> None:
    assert listed(ops.rand(20000, dtype=flambeau.bfloat16).float()).count(1.0) == 0


def test_complex_numbers_are_pairs() -> None:
    drawn = ops.rand(2, dtype=flambeau.complex64)._array
    assert numpy.allclose(drawn.view("f4"), [0.4962566, 0.7682218, 0.0884774, 0.1320305])
    random.manual_seed(0)
    drawn = ops.randn(2, dtype=flambeau.complex64)._array
    assert numpy.allclose(drawn.view("f4"), [1.0896488, -0.2074856, -1.5406368, 0.4019416])


def test_few_normal_numbers_are_drawn_in_pairs() -> None:
    assert near(ops.randn(5), [1.5409961, -0.2934289, -2.1787894, 0.5684313, -1.0845224])


def test_the_second_of_a_pair_waits_for_the_next_call() -> None:
    assert near(ops.randn(1), [1.5409961])
    assert near(ops.randn(1), [-0.2934289])
    assert near(ops.randn(3), [-2.1787894, 0.5684313, -1.0845224])
    assert near(ops.rand(1), [0.0223258])
    assert near(ops.randn(1), [-1.3985955])


def test_sixteen_normal_numbers_are_drawn_as_a_block() -> None:
    assert near(wrapped(ops.randn(16)._array[:5]), [-1.1258398, -1.1523602, -0.2505786, -0.4338788, 0.8487104])


@pytest.mark.parametrize(("dtype", "numbers"), [
    ("float32", [-1.1258398, 0.9318266]), ("float64", [-2.3104118, 0.6748575]), ("float16", [-1.1259766, -0.84375]),
])
def test_what_a_block_leaves_over_is_drawn_as_in_pytorch(dtype: str, numbers: list[float]) -> None:
    drawn = ops.randn(17, dtype=getattr(flambeau, dtype))._array
    assert numpy.allclose(drawn[[0, 16]].astype("f8"), numbers)


def test_memory_is_filled_in_the_order_in_which_it_lies() -> None:
    drawn = ops.uniform_(wrapped(numpy.zeros((2, 3), "f4").T))
    assert near(drawn, [0.4962566, 0.1320305, 0.7682218, 0.3074228, 0.0884774, 0.6340787])


def test_normal_numbers_in_transposed_memory_are_drawn_in_pairs() -> None:
    random.manual_seed(0)
    ops.rand(6)
    drawn = ops.normal_(wrapped(numpy.zeros((3, 6), "f4").T))
    assert near(wrapped(drawn._array[0]), [1.2644587, -0.2613142, -0.9528351])


def test_bounds_and_moments_are_multiplied_in_with_one_rounding() -> None:
    assert near(ops.uniform_(zeros(3), -1, 2), [0.4887698, 1.3046653, -0.7345677])
    assert near(ops.normal_(zeros(3), 1, 3), [2.0930145, 1.4031889, 1.4926487])
    assert near(wrapped(ops.normal_(zeros(16), 1, 3)._array[:3]), [0.3876948, 0.7344057, 2.5716498])


def test_normal_takes_a_mean_and_a_deviation_for_each_element() -> None:
    means, deviations = flambeau.tensor([0.0, 1.0, 2.0]), flambeau.tensor([1.0, 2.0, 3.0])
    assert near(ops.normal(means, deviations), [1.5409961, 0.4131422, -4.5363684])


# -------------------------------------------------------------------------------- whole numbers


def test_randint_draws_32_bits_below_a_range_of_2_to_28_and_64_from_there() -> None:
    assert listed(ops.randint(10, (6,))) == [4, 9, 3, 0, 3, 9]
    assert listed(ops.randint(-5, 5, (4,))) == [2, -2, 2, -2]
    assert listed(ops.randint(0, 2**28 - 1, (2,))) == [89739551, 40294136]
    assert listed(ops.randint(0, 2**28, (2,))) == [204159575, 243580376]
    assert listed(ops.randint(0, 2**40, (2,))) == [379128171916, 251159659201]


def test_randint_keeps_what_a_float_rounds_inside_the_range() -> None:
    ops.rand(20)
    assert listed(ops.randint(0, 7, (3,), dtype=flambeau.float32)) == [6, 2, 4]
    with pytest.warns(UserWarning, match="out of bounds"):
        assert listed(ops.randint(0, 2**31, (2,), dtype=flambeau.float32)) == [1899267968, 2055183488]


@pytest.mark.parametrize(("skip", "dtype", "numbers"), [
    (0, "float32", [8325664, 12888472]), (2, "float64", [6375474555111176, 4137753702977065]),
    (6, "int64", [827948490035658087, 7815051614634499795]), (10, "int32", [626610453, 1650906866]),
    (12, "uint8", [36, 87]), (14, "bool", [0, 0]), (16, "float16", [2016, 1290]),
])
def test_random_fills_up_to_what_the_dtype_counts_to(skip: int, dtype: str, numbers: list[int]) -> None:
    ops.rand(skip)
    assert listed(ops.random_(zeros(2, dtype=dtype))) == numbers


def test_random_covers_all_64_bits_when_asked() -> None:
    ops.rand(18)
    assert listed(ops.random_(zeros(2, dtype="int64"), -(2**63), None)) == [7073247613084517057, -3841995001816266201]


def test_randperm_shuffles_as_pytorch_does() -> None:
    assert listed(ops.randperm(6)) == [2, 5, 3, 0, 1, 4]
    assert listed(ops.randperm(1000))[:6] == [379, 26, 925, 674, 451, 276]


@pytest.mark.parametrize("count", [0, 1, 2, 17, 5000])
def test_randperm_has_each_number_once(count: int) -> None:
    assert sorted(listed(ops.randperm(count))) == list(range(count))


# ------------------------------------------------------------------------------ distributions


def test_bernoulli_takes_two_words_for_a_number_and_one_for_a_float32_probability() -> None:
    assert listed(ops.bernoulli_(zeros(10), 0.3)) == [0, 0, 0, 0, 0, 0, 1, 0, 0, 1]
    assert listed(ops.bernoulli(full((10,), 0.3))) == [0, 0, 0, 0, 0, 0, 0, 1, 1, 0]
    assert listed(ops.bernoulli(full((10,), 0.3, "float64"))) == [0, 0, 1, 0, 0, 1, 0, 1, 0, 1]


def test_continuous_distributions_are_pytorchs() -> None:
    assert near(ops.exponential_(zeros(3), 1.5), [2.3388841, 0.8202565, 0.4100294])
    assert near(ops.cauchy_(zeros(3)), [3.9330733, 0.4899889, 1.2988369])
    assert near(ops.log_normal_(zeros(3)), [6.0902777, 14.5276346, 0.6449934])
    assert listed(ops.geometric_(zeros(4), 0.3)) == [3, 5, 3, 2]


def test_multinomial_draws_pytorchs_positions() -> None:
    assert listed(ops.multinomial(flambeau.tensor([0.1, 0.2, 0.3, 0.4]), 3)) == [2, 1, 3]
    rows = flambeau.tensor([[0.1, 0.2, 0.7], [0.5, 0.4, 0.1]])
    assert listed(ops.multinomial(rows, 4, True)) == [2, 2, 1, 2, 1, 0, 0, 0]


@pytest.mark.parametrize("draw", [lambda p: ops.normal(p, p), lambda p: ops.normal(p, 1.0), lambda p: ops.normal(1.0, p),
                                  ops.bernoulli, ops.poisson])
@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_a_single_number_is_drawn_in_its_parameters_dtype(draw, dtype) -> None:
    parameter = flambeau.tensor(0.5, dtype=getattr(flambeau, dtype))
    assert draw(parameter).dtype is parameter.dtype


def test_rejection_takes_as_many_draws_as_in_pytorch() -> None:
    rates = flambeau.tensor([0.0, 0.5, 3.0, 9.9, 10.0, 40.0, 500.0])
    assert listed(ops.poisson(rates)) == [0, 2, 4, 10, 13, 43, 501]
    counts, chances = flambeau.tensor([5.0, 40.0, 100.0, 1000.0]), flambeau.tensor([0.5, 0.1, 0.9, 0.03])
    assert listed(ops.binomial(counts, chances)) == [4, 3, 89, 35]
    assert near(ops._standard_gamma(flambeau.tensor([0.3, 1.0, 5.0])), [1.2350509, 1.0805825, 1.5932262])
    assert near(ops._sample_dirichlet(flambeau.tensor([0.5, 1.0, 5.0])), [3.2e-06, 0.1835396, 0.8164572])
    assert near(ops.rand(1), [0.4724502])


def test_dropout_and_its_kin_drop_what_pytorch_drops() -> None:
    assert near(noise.dropout(full((8,), 1.0), 0.4), [0, 0, 1.6666666, 0, 0, 0, 1.6666666, 1.6666666])
    assert near(noise.dropout2d(full((1, 6, 1, 1), 1.0)), [0, 2, 2, 2, 2, 0])
    assert near(noise.alpha_dropout(full((4,), 1.0), 0.4, True), [1.4703772] * 4)
    assert near(noise.rrelu(flambeau.tensor([-1.0, 1.0, -2.0]), training=True), [-0.2635496, 1.0, -0.5770308])


def test_gumbel_softmax_draws_pytorchs_weights() -> None:
    assert near(ops.gumbel_softmax(zeros(3)), [0.1046508, 0.2984018, 0.5969475])
    assert listed(ops.gumbel_softmax(zeros(2, 3), hard=True)) == [0, 1, 0, 1, 0, 0]


# ------------------------------------------------------------------------------------ gradients


def test_dropout_passes_the_gradient_where_it_passed_the_value() -> None:
    input = full((8,), 1.0).requires_grad_()
    result = noise.dropout(input, 0.4)
    result.backward(full((8,), 1.0))
    assert listed(input.grad) == listed(result)


def test_drawn_values_do_not_depend_on_what_was_there() -> None:
    input = full((3,), 0.5).requires_grad_()
    ops.uniform_(input * 2).backward(full((3,), 1.0))
    assert listed(input.grad) == [0, 0, 0]


def test_filling_a_leaf_that_needs_a_gradient_is_refused_before_anything_is_drawn() -> None:
    with pytest.raises(RuntimeError, match="leaf Variable"):
        ops.normal_(zeros(3).requires_grad_())
    assert near(ops.rand(1), [0.4962566])


def test_dropout_that_does_nothing_returns_its_input() -> None:
    input = full((3,), 1.0)
    assert noise.dropout(input, 0.5, training=False) is input
    assert noise.dropout(input, 0.0) is input


# ------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(("call", "error", "message"), [
    (lambda: ops.uniform_(zeros(3), 2, 1), RuntimeError, "from=2 > to=1"),
    (lambda: ops.normal_(zeros(3), 0, -1), RuntimeError, "std >= 0.0"),
    (lambda: ops.normal_(zeros(3, dtype="int64")), NotImplementedError, "Long"),
    (lambda: ops.exponential_(zeros(3), -1), RuntimeError, "lambda > 0.0"),
    (lambda: ops.exponential_(zeros(3, dtype="int64")), RuntimeError, "continuous"),
    (lambda: ops.geometric_(zeros(3), 1.0), RuntimeError, r"p to be in \(0, 1\)"),
    (lambda: ops.bernoulli_(zeros(3), 2.0), RuntimeError, r"p to be in \[0, 1\]"),
    (lambda: ops.bernoulli(flambeau.tensor([2.0])), RuntimeError, "p_in"),
    (lambda: ops.randint(5, 5, (3,)), RuntimeError, "'from' to be less than 'to'"),
    (lambda: ops.random_(zeros(3, dtype="int8"), 0, 300), RuntimeError, "out of bounds for signed char"),
    (lambda: ops.randint(5), TypeError, "size"),
    (lambda: ops.rand(2.5), TypeError, "tuple of ints"),
    (lambda: ops.rand(-1), RuntimeError, "negative dimension"),
    (lambda: ops.rand(2, dtype=flambeau.int64), NotImplementedError, "check_uniform_bounds"),
    (lambda: ops.randperm(300, dtype=flambeau.uint8), RuntimeError, "overflow"),
    (lambda: ops.multinomial(flambeau.tensor([0.5, 1.0]), 3), RuntimeError, "without replacement"),
    (lambda: ops.multinomial(flambeau.tensor([0.0, 0.0]), 1), RuntimeError, "sum of probabilities"),
    (lambda: ops.multinomial(flambeau.tensor([-1.0, 2.0]), 1), RuntimeError, "element < 0"),
    (lambda: ops.poisson(flambeau.tensor([-1.0])), RuntimeError, "non-negative"),
    (lambda: noise.dropout(zeros(3), 1.5), ValueError, "between 0 and 1"),
    (lambda: noise.dropout1d(zeros(3)), RuntimeError, "2D or 3D"),
    (lambda: noise.rrelu(zeros(3), 0.5, 0.1), RuntimeError, "Lower bound"),
])
def test_what_cannot_be_drawn_is_refused_in_pytorchs_words(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()
