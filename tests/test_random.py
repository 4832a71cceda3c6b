"""The same seed gives PyTorch's numbers. The lists are what PyTorch 2.13 draws on the CPU after manual_seed(0)."""
from __future__ import annotations

import copy
import hashlib
import pickle
import subprocess
import sys
import threading
from typing import Any

import numpy
import pytest

import flambeau
from flambeau import random
from flambeau.core.random import Generator
from flambeau.core.random.philox import Philox, philox4x32
from flambeau.nn import init
from flambeau.ops import dropout as noise
from flambeau.ops import random as ops
from flambeau.ops.random import sampling


@pytest.fixture(autouse=True)
def _seeded() -> None:
    random.manual_seed(0)


def zeros(*shape: int, dtype: str = "float32") -> Any:
    return flambeau.tensor(numpy.zeros(shape, "f4"), dtype=getattr(flambeau, dtype))


def full(shape: tuple[int, ...], value: float, dtype: str = "float32") -> Any:
    return flambeau.tensor(numpy.full(shape, value, "f4"), dtype=getattr(flambeau, dtype))


def wrapped(array: Any) -> Any:
    return flambeau.from_numpy(array)


def listed(tensor: Any) -> list[Any]:
    return tensor.detach().numpy().ravel().tolist()


def near(tensor: Any, numbers: Any) -> bool:
    return numpy.allclose(listed(tensor), numbers, rtol=2e-6, atol=2e-6)


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


def test_rejection_takes_as_many_draws_as_in_pytorch() -> None:
    rates = flambeau.tensor([0.0, 0.5, 3.0, 9.9, 10.0, 40.0, 500.0])
    assert listed(ops.poisson(rates)) == [0, 2, 4, 10, 13, 43, 501]
    counts, chances = flambeau.tensor([5.0, 40.0, 100.0, 1000.0]), flambeau.tensor([0.5, 0.1, 0.9, 0.03])
    assert listed(ops.binomial(counts, chances)) == [4, 3, 89, 35]
    assert near(sampling.gamma(flambeau.tensor([0.3, 1.0, 5.0])), [1.2350509, 1.0805825, 1.5932262])
    assert near(sampling.dirichlet(flambeau.tensor([0.5, 1.0, 5.0])), [3.2e-06, 0.1835396, 0.8164572])
    assert near(ops.rand(1), [0.4724502])


def test_dropout_and_its_kin_drop_what_pytorch_drops() -> None:
    assert near(noise.dropout(full((8,), 1.0), 0.4), [0, 0, 1.6666666, 0, 0, 0, 1.6666666, 1.6666666])
    assert near(noise.dropout2d(full((1, 6, 1, 1), 1.0)), [0, 2, 2, 2, 2, 0])
    assert near(noise.alpha_dropout(full((4,), 1.0), 0.4, True), [1.4703772] * 4)
    assert near(noise.rrelu(flambeau.tensor([-1.0, 1.0, -2.0]), training=True), [-0.2635496, 1.0, -0.5770308])


# ------------------------------------------------------------------------------ starting values


def test_layers_start_from_pytorchs_weights() -> None:
    assert near(init.kaiming_uniform_(zeros(2, 3), a=5**0.5),
                [-0.0043225, 0.3097158, -0.4751853, -0.4248946, -0.222369, 0.1548207])
    assert near(init.xavier_normal_(zeros(2, 3)), [0.7997139, -0.4347666, 0.101434, -0.3835534, -0.4952532, 0.6717759])
    assert near(init.trunc_normal_(zeros(4), 0.5, 2.0, -1.0, 1.0), [-0.0226284, -0.3639377, 0.798794, -0.8417201])
    assert near(init.trunc_normal_(zeros(4)), [-1.2427317, -0.4762316, -0.6859185, -1.5051417])
    assert near(init.orthogonal_(zeros(2, 3)), [0.1358476, 0.9612524, -0.2398738, -0.4426599, 0.2754979, 0.8533189])
    assert near(init.sparse_(zeros(4, 2), 0.5), [0.0113173, 0, 0, 0.0021427, 0, 0, 0.0160595, 0.0042786])


def test_starting_values_go_into_parameters_without_the_tape() -> None:
    weight = zeros(2, 3).requires_grad_()
    assert init.normal_(weight) is weight
    assert weight.grad_fn is None


def test_dirac_passes_channels_on() -> None:
    weight = init.dirac_(zeros(4, 2, 3), groups=2)
    assert listed(weight) == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0] * 2
    assert listed(init.eye_(zeros(2, 3))) == [1, 0, 0, 0, 1, 0]


def test_orthogonal_rows_are_orthogonal() -> None:
    rows = init.orthogonal_(zeros(4, 2, 5)).detach().numpy().reshape(4, 10)
    assert numpy.allclose(rows @ rows.T, numpy.eye(4), atol=1e-6)


@pytest.mark.parametrize(("name", "gain"), [("linear", 1), ("tanh", 5 / 3), ("relu", 2**0.5), ("selu", 0.75)])
def test_gains_are_pytorchs(name: str, gain: float) -> None:
    assert init.calculate_gain(name) == gain


@pytest.mark.parametrize("call", [
    lambda: init.calculate_gain("gelu"), lambda: init.eye_(zeros(2)), lambda: init.dirac_(zeros(2, 2)),
    lambda: init.xavier_uniform_(zeros(2)), lambda: init.kaiming_normal_(zeros(2, 2), mode="fan"),
    lambda: init.orthogonal_(zeros(2)), lambda: init.dirac_(zeros(3, 2, 2), groups=2),
])
def test_what_cannot_be_initialised_is_refused(call: Any) -> None:
    with pytest.raises(ValueError, match=r"dimensions|Unsupported|divisible|Mode"):
        call()


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


# ------------------------------------------------------------------------------- seeds and states


def test_the_state_is_pytorchs_byte_for_byte() -> None:
    assert digest(random.get_rng_state()) == "1ccf17250133dec5e96478acd63e13d728d0dbbabb30389415a302c6f872f81f"
    random.manual_seed(1234)
    ops.rand(5)
    ops.randn(3)
    assert digest(random.get_rng_state()) == "4ae14f798920908e4e1127d08db3632a646ddf9486bf85dedfb4659bf57c2fd3"


def digest(state: Any) -> str:
    return hashlib.sha256(state._array.tobytes()).hexdigest()


def test_a_restored_state_repeats_what_followed() -> None:
    ops.randn(3)
    state = random.get_rng_state()
    first = listed(ops.randn(20)), listed(ops.randn(1))
    random.set_rng_state(state)
    assert (listed(ops.randn(20)), listed(ops.randn(1))) == first


def test_fork_rng_leaves_no_trace() -> None:
    with random.fork_rng():
        ops.rand(100)
    assert near(ops.rand(1), [0.4962566])


def test_a_generator_has_a_stream_of_its_own() -> None:
    generator = Generator().manual_seed(0)
    ops.rand(3, generator=generator)
    assert near(ops.rand(1), [0.4962566])
    assert near(ops.rand(1, generator=generator), [0.1320305])


def test_a_generator_can_be_copied_and_pickled() -> None:
    generator = Generator().manual_seed(5)
    ops.randn(3, generator=generator)
    copies = [copy.deepcopy(generator), pickle.loads(pickle.dumps(generator)), generator.clone_state()]
    expected = listed(ops.randn(4, generator=generator))
    assert all(listed(ops.randn(4, generator=each)) == expected for each in copies)


def test_a_new_generator_starts_from_pytorchs_default_seed() -> None:
    assert Generator().initial_seed() == 67280421310721


def test_negative_seeds_count_from_the_end() -> None:
    assert random.manual_seed(-1).initial_seed() == 2**64 - 1
    assert random.initial_seed() == 2**64 - 1


@pytest.mark.parametrize(("seed", "error"), [(2**64, ValueError), (-(2**63) - 1, ValueError), ("a", ValueError)])
def test_a_seed_must_be_a_number_of_64_bits(seed: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        random.manual_seed(seed)


def test_seeding_from_the_system_differs_each_time() -> None:
    assert random.seed() != random.seed()


@pytest.mark.parametrize(("state", "error"), [
    (numpy.zeros(3, "u1"), RuntimeError), (numpy.zeros(5056, "f4"), TypeError), (numpy.zeros(5056, "u1"), RuntimeError),
])
def test_a_state_that_is_none_is_refused(state: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        random.set_rng_state(flambeau.from_numpy(state))


def test_threads_share_the_stream_without_drawing_a_word_twice() -> None:
    drawn: list[float] = []
    threads = [threading.Thread(target=lambda: drawn.extend(listed(ops.rand(1000)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    random.manual_seed(0)
    assert sorted(drawn) == sorted(listed(ops.rand(8000)))


def test_importing_flambeau_does_not_import_numpy_random() -> None:
    code = "import sys, numpy; before = 'numpy.random' in sys.modules; import flambeau.random; " \
           "sys.exit('numpy.random' in sys.modules and not before)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


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


# ------------------------------------------------------------------------------------- Philox


@pytest.mark.parametrize(("counter", "key", "words"), [
    ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0), "d16cfe09 94fdcceb 5001e420 24126ea1"),
])
def test_philox_gives_its_authors_known_answers(counter: Any, key: Any, words: str) -> None:
    mixed = philox4x32(tuple(numpy.array([word], numpy.uint32) for word in counter), key)
    assert " ".join(f"{int(word[0]):08x}" for word in mixed) == words


def test_philox_deals_the_numbers_that_pytorch_shows_on_gpus() -> None:
    float32 = numpy.dtype("f4")
    assert numpy.allclose(Philox(0).uniform(5, float32), [0.3990, 0.5167, 0.0249, 0.9401, 0.9459], atol=1e-4)
    assert numpy.allclose(Philox(42).normal(5, float32, False), [0.1940, 2.1614, -0.1721, 0.8491, -1.9244], atol=1e-4)


def test_philox_deals_large_draws_by_the_size_of_the_gpu() -> None:
    rtx_a4000 = Philox(14, threads=48 * 1536)  # what PyTorch draws on one stands in pytorch/pytorch#97097
    drawn = rtx_a4000.normal(100_000, numpy.dtype("f4"), False) * 5**0.5 + 5
    assert numpy.allclose(drawn[[0, 1, 2, -3, -2, -1]], [2.8731, 5.2727, 2.9889, 8.2207, 6.5395, 4.2604], atol=1e-4)


def test_philox_state_is_seed_and_offset() -> None:
    one, other = Philox(7), Philox(0)
    one.words(1000)
    other.restore(one.state())
    assert one.state().size == 16
    assert (one.normal(10, numpy.dtype("f8"), False) == other.normal(10, numpy.dtype("f8"), False)).all()
