"""The loss of labels without their times: PyTorch's numbers, sums over all paths, gradients twice, and refusals."""
from __future__ import annotations

import itertools
import math
from typing import Any

import numpy
import pytest
from drawn import listed, near, wrapped

import flambeau
from flambeau import nn
from flambeau.autograd.gradcheck import gradcheck, gradgradcheck
from flambeau.nn.functional import ctc_loss, log_softmax

INF, NAN = float("inf"), float("nan")


def scores(frames: int, batch: int, classes: int) -> Any:
    return wrapped(numpy.random.default_rng([frames, batch, classes]).standard_normal((frames, batch, classes)))


def log_probs(frames: int = 4, batch: int = 2, classes: int = 3) -> Any:
    return log_softmax(scores(frames, batch, classes), -1)


def labels(*rows: Any) -> Any:
    return flambeau.tensor(list(rows))


def without_repeats_and_blanks(path: tuple[int, ...], blank: int) -> list[int]:
    return [name for name, _ in itertools.groupby(path) if name != blank]


def by_counting(logs: Any, target: list[int], blank: int) -> float:
    """The loss of one sequence (T, C), path by path."""
    paths = itertools.product(range(logs.shape[1]), repeat=len(logs))
    chance = sum(math.exp(sum(row[name] for row, name in zip(logs, path, strict=True)))
                 for path in paths if without_repeats_and_blanks(path, blank) == target)
    return -math.log(chance) if chance else INF


@pytest.mark.parametrize("blank", [0, 1, 2])
@pytest.mark.parametrize("target", [[], [0], [1], [2, 2], [1, 2], [2, 0, 2], [0, 0, 0]])
def test_the_loss_is_that_of_all_paths_that_spell_the_target(target: list[int], blank: int) -> None:
    if blank in target:
        target = [(name + 1) % 3 if name == blank else name for name in target]
    logs = log_probs(5, 1, 3)
    got = ctc_loss(logs, labels(target), (5,), (len(target),), blank, "none")
    assert numpy.allclose(got.numpy(), by_counting(logs.numpy()[:, 0], target, blank))


def test_frames_and_labels_beyond_the_lengths_do_not_count() -> None:
    logs = log_probs(6, 2, 4)
    whole = ctc_loss(logs, labels([1, 2, 3], [3, 3, 0]), (4, 6), (2, 2), reduction="none")
    first = ctc_loss(logs[:4, :1], labels([1, 2]), (4,), (2,), reduction="none")
    assert near(whole[:1], listed(first))


def test_targets_behind_one_another_are_cut_by_their_lengths() -> None:
    rows = ctc_loss(log_probs(), labels([1, 2], [2, 0]), (4, 4), (2, 1), reduction="none")
    line = ctc_loss(log_probs(), labels(1, 2, 2), flambeau.tensor([4, 4]), flambeau.tensor([2, 1]), reduction="none")
    assert listed(line) == listed(rows)


def test_the_mean_is_over_the_losses_of_each_label() -> None:
    each = ctc_loss(log_probs(), labels([1, 2], [2, 2]), (4, 4), (2, 0), reduction="none")
    mean = ctc_loss(log_probs(), labels([1, 2], [2, 2]), (4, 4), (2, 0))
    assert near(mean, (listed(each)[0] / 2 + listed(each)[1]) / 2)


def test_one_sequence_needs_no_batch() -> None:
    one = ctc_loss(log_probs(4, 1)[:, 0], labels(1, 2), flambeau.tensor(4), flambeau.tensor(2), reduction="none")
    assert one.shape == ()
    assert near(one, listed(ctc_loss(log_probs(4, 1), labels([1, 2]), (4,), (2,), reduction="sum")))


def test_a_target_that_does_not_fit_has_an_infinite_loss_and_no_gradient() -> None:
    logs = log_probs().requires_grad_()
    losses = ctc_loss(logs, labels([1, 1], [2, 1]), (2, 4), (2, 2), reduction="none")
    losses.sum().backward()
    assert losses[0] == INF
    assert logs.grad[:2, 0].isnan().all()
    assert logs.grad[:, 1].isfinite().all()


def test_zero_infinity_leaves_out_what_does_not_fit() -> None:
    logs = log_probs().requires_grad_()
    losses = ctc_loss(logs, labels([1, 1], [2, 1]), (2, 4), (2, 2), reduction="none", zero_infinity=True)
    losses.sum().backward()
    assert losses[0] == 0
    assert (logs.grad[:, 0] == 0).all()


def test_no_label_in_no_time_is_certain() -> None:
    losses = ctc_loss(log_probs(), labels([1, 2], [2, 1]), (0, 0), (0, 1), reduction="none")
    assert listed(losses) == [0, INF]


def test_a_class_without_a_chance_is_no_obstacle_to_the_others() -> None:
    logs = log_probs().detach()
    logs[1, :, 1] = -INF
    losses = ctc_loss(logs.requires_grad_(), labels([1, 2], [2, 2]), (4, 4), (2, 2), reduction="none")
    losses.sum().backward()
    assert losses.isfinite().all()
    assert logs.grad.isfinite().all()


def test_what_is_no_number_stays_none() -> None:
    logs = log_probs()
    logs[1, 0, 1] = NAN
    losses = ctc_loss(logs, labels([1, 2], [2, 2]), (4, 4), (2, 2), reduction="none")
    assert listed(losses.isnan()) == [True, False]


@pytest.mark.parametrize(("target", "input_lengths", "target_lengths", "blank"), [
    (labels([1, 2], [2, 2]), (4, 4), (2, 2), 0),
    (labels([1, 2], [2, 2]), (4, 3), (1, 0), 0),
    (labels(0, 0, 2), (4, 4), (2, 1), 1),
    (labels([1, 0], [2, 2]), (4, 4), (2, 2), 0),
])
def test_gradients_behind_log_softmax_are_right_twice(target: Any, input_lengths: Any, target_lengths: Any,
                                                      blank: int) -> None:
    def loss(x: Any) -> Any:
        return ctc_loss(log_softmax(x, -1), target, input_lengths, target_lengths, blank, "none")

    x = scores(4, 2, 3).requires_grad_()
    assert gradcheck(loss, (x,))
    assert gradgradcheck(loss, (x,))


def test_a_long_sequence_of_unlikely_labels_does_not_underflow() -> None:
    logs = log_softmax(scores(400, 1, 5).float() * 20, -1).requires_grad_()
    loss = ctc_loss(logs, labels([1, 2, 3, 4] * 10), (400,), (40,))
    loss.backward()
    assert loss.isfinite()
    assert logs.grad.isfinite().all()


def test_the_layer_passes_its_options_on() -> None:
    layer = nn.CTCLoss(blank=2, reduction="sum", zero_infinity=True)
    assert listed(layer(log_probs(), labels([1, 1], [0, 1]), (2, 4), (2, 2))) == listed(
        ctc_loss(log_probs(), labels([1, 1], [0, 1]), (2, 4), (2, 2), 2, "sum", True))


def test_the_name_at_the_top_takes_reductions_as_numbers() -> None:
    given = log_probs(), labels([1, 2], [2, 2]), (4, 4), (2, 2)
    assert flambeau.ctc_loss(*given).shape == (2,)
    assert listed(flambeau.ctc_loss(*given, 0, 1)) == listed(ctc_loss(*given))


@pytest.mark.parametrize(("change", "error", "message"), [
    ({"blank": 3}, RuntimeError, "blank must be in label range"),
    ({"input_lengths": (5, 4)}, RuntimeError, "input_lengths to have value at most 4, but got value 5"),
    ({"input_lengths": (-1, 4)}, RuntimeError, "input_lengths to have value at least 0"),
    ({"target_lengths": (2, -1)}, RuntimeError, "target_lengths to have value at least 0"),
    ({"target_lengths": (3, 2)}, RuntimeError, "size at least 3 at dimension 1, but got size 2"),
    ({"input_lengths": (4,)}, RuntimeError, "input_lengths must be of size batch_size"),
    ({"target_lengths": (2,)}, RuntimeError, "target_lengths must be of size batch_size"),
    ({"input_lengths": 4}, TypeError, "must be a Tensor or a tuple of ints, not int"),
    ({"input_lengths": flambeau.tensor([4.0, 4.0])}, RuntimeError, "input_lengths must be integral"),
    ({"targets": labels([1, 2])}, RuntimeError, "size 2 at dimension 0, but got size 1"),
    ({"targets": labels(1, 2)}, RuntimeError, "size 4 at dimension 0, but got size 2"),
    ({"targets": labels([[1, 2], [1, 2]])}, RuntimeError, "Expected 1 to 2 dimensions, but got 3-dimensional"),
    ({"targets": labels([1, 3], [2, 2])}, RuntimeError, "label 3 is out of range"),
    ({"log_probs": flambeau.zeros(4)[:, None, None, None]}, RuntimeError, "Expected 3-dimensional tensor"),
    ({"log_probs": flambeau.zeros(0, 2, 3)}, RuntimeError, "log_probs tensor must not be empty"),
    ({"log_probs": flambeau.zeros(4, 2, 3, dtype=flambeau.int64)}, NotImplementedError, "'Long'"),
    ({"reduction": "all"}, ValueError, "all is not a valid value for reduction"),
])
def test_what_does_not_go_together_is_refused(change: Any, error: Any, message: str) -> None:
    call = {"log_probs": log_probs(), "targets": labels([1, 2], [2, 2]), "input_lengths": (4, 4), "target_lengths": (2, 2)}
    with pytest.raises(error, match=message):
        ctc_loss(**(call | change))
