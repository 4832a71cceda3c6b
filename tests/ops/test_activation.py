"""What the samples of activations cannot say: kinks, large numbers, in-place forms, errors."""
from __future__ import annotations

import math

import pytest

import flambeau
from flambeau.nn import functional as F


def slope(function, at):
    x = flambeau.tensor(at, requires_grad=True)
    (g,) = flambeau.autograd.grad(function(x).sum(), x)
    return g.tolist()


def test_relu_is_flat_at_zero():
    assert slope(F.relu, [-1.0, 0.0, 2.0]) == [0.0, 0.0, 1.0]


def test_relu_keeps_nan():
    assert math.isnan(F.relu(flambeau.tensor(math.nan)).item())


def test_a_gradient_that_is_infinite_does_not_leak_through_a_closed_relu():
    x = flambeau.full((3000,), -1.0, requires_grad=True)
    (g,) = flambeau.autograd.grad(F.relu(x), x, flambeau.full((3000,), math.inf))
    assert g.abs().max().item() == 0.0


def test_sigmoid_of_large_numbers_is_zero_or_one_with_no_gradient():
    x = flambeau.tensor([-1000.0, 1000.0])
    assert flambeau.sigmoid(x).tolist() == [0.0, 1.0]
    assert slope(flambeau.sigmoid, [-1000.0, 1000.0]) == [0.0, 0.0]


def test_logsigmoid_of_large_numbers_neither_overflows_nor_vanishes():
    assert F.logsigmoid(flambeau.tensor([-1000.0, 1000.0])).tolist() == [-1000.0, 0.0]


def test_softplus_of_large_numbers_is_the_number():
    assert F.softplus(flambeau.tensor([-1000.0, 1000.0])).tolist() == [0.0, 1000.0]
    assert slope(F.softplus, [-1000.0, 1000.0]) == [0.0, 1.0]


@pytest.mark.parametrize("name", ["relu", "relu6", "leaky_relu", "elu", "celu", "selu", "silu", "mish", "hardtanh",
                                  "hardswish", "hardsigmoid"])
def test_in_place_gives_the_same_values_and_gradients(name):
    function = getattr(F, name)
    x = flambeau.tensor([-4.0, -0.5, 0.25, 7.0], dtype=flambeau.float64)
    assert slope(lambda x: function(x * 1, inplace=True), x.tolist()) == slope(function, x.tolist())
    want = function(x)
    assert function(x, inplace=True) is x
    assert x.tolist() == want.tolist()


def test_hardtanh_of_integers_stays_integer():
    assert F.hardtanh(flambeau.tensor([-3, 0, 3])).tolist() == [-1, 0, 1]


def test_hardtanh_needs_its_bounds_in_order():
    with pytest.raises(ValueError, match="min_val"):
        F.hardtanh(flambeau.ones(2), 1.0, -1.0)


def test_prelu_wants_a_slope_for_each_channel_or_one_for_all():
    with pytest.raises(RuntimeError, match="channel size = 3"):
        F.prelu(flambeau.ones(2, 3), flambeau.ones(2))


def test_glu_needs_two_halves():
    with pytest.raises(RuntimeError, match="must be even"):
        F.glu(flambeau.ones(3))


def test_gelu_knows_two_ways():
    with pytest.raises(RuntimeError, match="either none or tanh"):
        F.gelu(flambeau.ones(1), approximate="sin")


def test_softmax_of_huge_scores_does_not_overflow():
    assert flambeau.softmax(flambeau.tensor([1e30, 1e30, 0.0]), 0).tolist() == [0.5, 0.5, 0.0]
    assert flambeau.log_softmax(flambeau.tensor([1000.0, 0.0]), 0).tolist() == [0.0, -1000.0]


def test_softmax_of_a_single_number_and_of_none():
    assert flambeau.softmax(flambeau.tensor(3.0), 0).item() == 1.0
    assert flambeau.softmax(flambeau.zeros(0, 3), 1).shape == (0, 3)
    assert flambeau.log_softmax(flambeau.zeros(2, 0), 1).shape == (2, 0)


def test_softmax_can_compute_in_another_dtype():
    assert flambeau.softmax(flambeau.tensor([1, 2]), 0, dtype=flambeau.float64).dtype is flambeau.float64


def test_a_softmax_without_a_dim_warns_and_takes_the_usual_one():
    with pytest.warns(UserWarning, match="Implicit dimension choice"):
        assert F.softmin(flambeau.zeros(2, 4)).sum(1).tolist() == [1.0, 1.0]


def test_softmax_of_halves_adds_up_in_float32():
    shares = flambeau.softmax(flambeau.zeros(4096, dtype=flambeau.bfloat16), 0)
    assert shares.dtype is flambeau.bfloat16
    assert shares[0].item() == 1 / 4096


def test_softmaxes_without_a_dim_choose_one_and_warn():
    scores = flambeau.tensor([[1.0, 2.0], [3.0, 5.0]])
    for function in (F.softmax, F.log_softmax, F.softmin):
        with pytest.warns(UserWarning, match="Implicit dimension choice"):
            assert flambeau.equal(function(scores), function(scores, 1))
        with pytest.warns(UserWarning, match="Implicit dimension choice"):
            assert flambeau.equal(function(scores[None]), function(scores[None], 0))


@pytest.mark.parametrize("name", ["relu", "relu6", "hardtanh", "hardshrink", "softshrink", "elu", "celu"])
def test_the_gradient_passes_where_an_input_is_not_a_number(name):
    x = flambeau.tensor([float("nan"), 0.7], requires_grad=True)
    getattr(F, name)(x).sum().backward()
    assert x.grad.tolist() == [1, 1]


def test_the_slope_of_elu_far_below_zero_is_small_and_not_lost():
    x = flambeau.tensor([-30.0], requires_grad=True)
    F.elu(x).backward()
    assert x.grad.item() == pytest.approx(9.3576e-14, rel=1e-4)


@pytest.mark.parametrize("function", [flambeau.max, flambeau.min, flambeau.median, lambda x: flambeau.cummax(x, 0)[0].sum()])
def test_an_infinite_gradient_stays_at_the_element_that_was_chosen(function):
    x = flambeau.tensor([3.0, 2.0, 3.5, 2.5, 1.0], requires_grad=True)
    (gradient,) = flambeau.autograd.grad(function(x), x, flambeau.tensor(float("inf")))
    assert all(slope in (0, float("inf")) for slope in gradient.tolist())
