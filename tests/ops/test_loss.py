"""What the samples of losses cannot say: weights, ignored targets, old arguments, errors."""
from __future__ import annotations

import math

import pytest

import flambeau
from flambeau.autograd.gradcheck import gradcheck, gradgradcheck
from flambeau.nn import functional as F

SCORES = [[2.0, 0.5, -1.0], [0.0, 1.0, 3.0], [1.0, 1.0, 1.0]]


def scores(**options):
    return flambeau.tensor(SCORES, dtype=flambeau.float64, **options)


def by_hand(row, right):
    return math.log(sum(map(math.exp, row))) - row[right]


def test_cross_entropy_is_the_log_of_the_share_of_the_right_class():
    loss = F.cross_entropy(scores(), flambeau.tensor([0, 2, 1]), reduction="none")
    assert loss.tolist() == pytest.approx([by_hand(row, right) for row, right in zip(SCORES, (0, 2, 1))])


def test_the_mean_of_weighed_losses_is_over_the_weights():
    weight = flambeau.tensor([0.5, 1.0, 2.0], dtype=flambeau.float64)
    loss = F.cross_entropy(scores(), flambeau.tensor([0, 2, 1]), weight)
    wanted = (0.5 * by_hand(SCORES[0], 0) + 2.0 * by_hand(SCORES[1], 2) + 1.0 * by_hand(SCORES[2], 1)) / 3.5
    assert loss.item() == pytest.approx(wanted)


def test_ignored_rows_have_no_loss_and_no_gradient():
    x = scores(requires_grad=True)
    loss = F.cross_entropy(x, flambeau.tensor([0, -100, 1]), label_smoothing=0.1)
    assert loss.item() == pytest.approx(F.cross_entropy(x[[0, 2]], flambeau.tensor([0, 1]), label_smoothing=0.1).item())
    loss.backward()
    assert x.grad[1].tolist() == [0.0, 0.0, 0.0]


def test_the_mean_of_nothing_is_nan():
    assert math.isnan(F.cross_entropy(scores(), flambeau.full((3,), -100)).item())


def test_nll_loss_of_log_softmax_is_cross_entropy():
    target, weight = flambeau.tensor([0, 2, 1]), flambeau.tensor([0.5, 1.0, 2.0], dtype=flambeau.float64)
    for reduction in ("none", "mean", "sum"):
        got = F.nll_loss(flambeau.log_softmax(scores(), 1), target, weight, reduction=reduction)
        assert got.tolist() == pytest.approx(F.cross_entropy(scores(), target, weight, reduction=reduction).tolist())


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_cross_entropy_with_weights_has_first_and_second_gradients(reduction, smoothing):
    weight = flambeau.tensor([0.5, 1.0, 2.0], dtype=flambeau.float64)
    target = flambeau.tensor([[0, 2], [-100, 1], [1, 1]])
    x = flambeau.stack([scores(), scores() * 0.5], -1).detach().requires_grad_()

    def loss(x):
        return F.cross_entropy(x, target, weight, reduction=reduction, label_smoothing=smoothing)

    assert gradcheck(loss, [x])
    assert gradgradcheck(loss, [x])


def test_one_hot_probabilities_mean_the_class():
    target = flambeau.tensor([0, 2, 1])
    sure = flambeau.eye(3, dtype=flambeau.float64)[target]
    weight = flambeau.tensor([0.5, 1.0, 2.0], dtype=flambeau.float64)
    for options in ({}, {"label_smoothing": 0.2}):
        got = F.cross_entropy(scores(), sure, weight, reduction="sum", **options)
        assert got.item() == pytest.approx(F.cross_entropy(scores(), target, weight, reduction="sum", **options).item())


def test_a_single_row_of_scores_has_one_class():
    assert F.cross_entropy(scores()[0], flambeau.tensor(0)).item() == pytest.approx(by_hand(SCORES[0], 0))


def test_scores_of_half_precision_are_added_up_in_float32():
    wide = flambeau.zeros(1, 70000).half()
    assert F.cross_entropy(wide, flambeau.tensor([3])).item() == pytest.approx(math.log(70000), rel=1e-3)


def test_a_class_that_does_not_exist_is_named():
    with pytest.raises(IndexError, match=r"Target 3 is out of bounds: there are 3 classes"):
        F.cross_entropy(scores(), flambeau.tensor([0, 3, 1]))
    with pytest.raises(IndexError, match="Target -1"):
        F.cross_entropy(scores(), flambeau.tensor([0, -1, 1]))


def test_another_number_of_targets_than_rows_is_refused():
    with pytest.raises(ValueError, match=r"input batch_size \(3\) to match target batch_size \(2\)"):
        F.cross_entropy(scores(), flambeau.tensor([0, 1]))


def test_class_numbers_are_whole():
    with pytest.raises(RuntimeError, match="expected scalar type Long but found Float"):
        F.cross_entropy(scores(), flambeau.tensor([0.0, 1.0, 2.0]))


def test_an_unknown_reduction_is_named():
    with pytest.raises(ValueError, match="median is not a valid value for reduction"):
        F.mse_loss(scores(), scores(), reduction="median")


def test_the_booleans_of_old_programs_choose_the_reduction():
    with pytest.warns(UserWarning, match="reduction='sum'"):
        loss = F.mse_loss(scores(), scores() + 1, size_average=False)
    assert loss.item() == 9.0


def test_sizes_that_differ_are_broadcast_with_a_warning():
    with pytest.warns(UserWarning, match="different to the input size"):
        loss = F.mse_loss(flambeau.ones(2, 3, requires_grad=True), flambeau.zeros(3))
    assert loss.item() == 1.0
    loss.backward()


def test_a_binary_target_must_have_the_size_of_the_input():
    with pytest.raises(ValueError, match="must be the same as input size"):
        F.binary_cross_entropy_with_logits(flambeau.ones(2), flambeau.ones(3))
    with pytest.raises(ValueError, match="same size"):
        F.binary_cross_entropy(flambeau.ones(2), flambeau.ones(3))


def test_a_probability_above_one_is_refused():
    with pytest.raises(RuntimeError, match="between 0 and 1"):
        F.binary_cross_entropy(flambeau.tensor([1.5]), flambeau.ones(1))


def test_being_surely_wrong_costs_a_hundred():
    assert F.binary_cross_entropy(flambeau.tensor([0.0]), flambeau.ones(1)).item() == 100.0


def test_weights_multiply_binary_losses():
    x, y = flambeau.tensor([0.5, -1.0]), flambeau.tensor([1.0, 0.0])
    plain = F.binary_cross_entropy_with_logits(x, y, reduction="none")
    weighed = F.binary_cross_entropy_with_logits(x, y, flambeau.tensor([2.0, 3.0]), reduction="none",
                                                 pos_weight=flambeau.tensor([4.0]))
    assert weighed.tolist() == pytest.approx([8 * plain[0].item(), 3 * plain[1].item()])


def test_scores_too_large_for_exp_have_a_finite_loss():
    assert F.binary_cross_entropy_with_logits(flambeau.tensor([1000.0]), flambeau.zeros(1)).item() == 1000.0


def test_the_absolute_loss_is_flat_where_it_is_zero():
    x = flambeau.tensor([1.0, 2.0], requires_grad=True)
    F.l1_loss(x, flambeau.tensor([1.0, 0.0]), reduction="sum").backward()
    assert x.grad.tolist() == [0.0, 1.0]


def test_a_variance_below_zero_is_refused():
    with pytest.raises(ValueError, match="negative"):
        F.gaussian_nll_loss(flambeau.ones(2), flambeau.ones(2), flambeau.tensor([1.0, -1.0]))


def test_a_margin_loss_knows_powers_one_and_two():
    with pytest.raises(ValueError, match="only p == 1 and p == 2"):
        F.multi_margin_loss(flambeau.ones(2, 3), flambeau.tensor([0, 1]), p=3)


def test_class_weights_multiply_margin_losses():
    x, y = scores(), flambeau.tensor([0, 2, 1])
    plain = F.multi_margin_loss(x, y, reduction="none")
    weighed = F.multi_margin_loss(x, y, weight=flambeau.tensor([0.5, 1.0, 2.0], dtype=flambeau.float64), reduction="none")
    assert weighed.tolist() == pytest.approx([w * v for w, v in zip((0.5, 2.0, 1.0), plain.tolist())])


def test_weights_of_classes_have_the_dtype_of_the_scores():
    scores, classes = flambeau.randn(2, 3), flambeau.tensor([0, 1])
    for loss in (F.nll_loss, F.cross_entropy):
        with pytest.raises(RuntimeError, match="expected scalar type Float but found Double"):
            loss(scores, classes, flambeau.ones(3).double())
    with flambeau.autocast("cpu"):
        F.cross_entropy(scores.bfloat16(), classes, flambeau.ones(3))


def test_huber_loss_bends_at_a_real_number():
    with pytest.raises(TypeError, match="delta must be a float or int, got: <class 'complex'>"):
        flambeau.nn.HuberLoss(delta=1j)
    with pytest.raises(TypeError, match="'delta' .* must be float, not complex"):
        F.huber_loss(flambeau.ones(2), flambeau.ones(2), delta=1j)


def test_probabilities_are_compared_with_targets_of_their_dtype_between_0_and_1():
    p = flambeau.tensor([0.2, 0.9])
    for target in (flambeau.ones(2).double(), flambeau.ones(2, dtype=flambeau.int64), p > 0.5):
        with pytest.raises(RuntimeError, match=r"Found dtype \w+ but expected Float"):
            F.binary_cross_entropy(p, target)
    with pytest.raises(RuntimeError, match="all elements of target should be between 0 and 1"):
        F.binary_cross_entropy(p, p * 5)


def test_one_row_of_scores_goes_with_one_class_in_a_list():
    row = flambeau.tensor([0.5, 1.0, 2.0])
    for loss in (F.cross_entropy, F.nll_loss):
        assert flambeau.equal(loss(row, flambeau.tensor([2])), loss(row, flambeau.tensor(2)))


def test_the_mean_of_a_divergence_warns_of_what_it_divides_by():
    with pytest.warns(UserWarning, match="'batchmean' divides only by the batch size"):
        F.kl_div(flambeau.zeros(2, 3), flambeau.ones(2, 3))


def test_layers_warn_of_the_two_old_options():
    with pytest.warns(UserWarning, match="please use reduction='sum' instead"):
        assert flambeau.nn.MSELoss(size_average=False).reduction == "sum"
    with pytest.warns(UserWarning, match="please use reduction='none' instead"):
        assert flambeau.nn.NLLLoss(reduce=False).reduction == "none"


def test_losses_of_whole_numbers_are_refused_as_pytorch_refuses_them():
    whole, real = flambeau.ones(2, dtype=flambeau.int64), flambeau.zeros(2)
    with pytest.raises(NotImplementedError, match="not implemented for 'Long'"):
        F.binary_cross_entropy_with_logits(whole, whole)
    with pytest.raises(RuntimeError, match="result type Float can't be cast to the desired output type Long"):
        F.binary_cross_entropy_with_logits(real, whole)
    with pytest.raises(RuntimeError, match="could not infer output dtype"):
        F.l1_loss(whole, whole)
    with pytest.raises(RuntimeError, match="with two bool tensors"):
        F.l1_loss(whole > 0, whole > 0)
    with pytest.raises(RuntimeError, match="Integral inputs not supported"):
        F.kl_div(real, whole, reduction="sum")
    assert F.l1_loss(whole, whole, reduction="sum").item() == 0


def test_the_second_derivative_of_soft_margin_loss_is_small_where_its_exponential_is_large():
    x = flambeau.tensor([25.0, -25.0], requires_grad=True)
    loss = F.soft_margin_loss(x * 2, flambeau.tensor([-1.0, -1.0]), reduction="sum")
    (slope,) = flambeau.autograd.grad(loss, x, create_graph=True)
    (curvature,) = flambeau.autograd.grad(slope.sum(), x)
    assert slope.tolist() == [2.0, pytest.approx(2 * math.exp(-50))]
    assert curvature.tolist() == pytest.approx([0.0, 0.0], abs=1e-20)


def test_infinite_scores_and_targets_give_what_pytorch_computes():
    ends = flambeau.tensor([float("inf"), -float("inf")])
    losses = F.binary_cross_entropy_with_logits(ends, ends, reduction="none")
    assert losses[0].item() == -float("inf")
    assert losses[1].isnan()
