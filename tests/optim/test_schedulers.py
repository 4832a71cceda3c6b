"""Learning rate schedules have PyTorch's rates."""
from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy
import pytest
from problems import SCHEDULERS, rates

import flambeau as torch
from flambeau.optim import lr_scheduler

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())["rates"]


def sgd(lr=0.1):
    return torch.optim.SGD([torch.ones(1).requires_grad_()], lr=lr, momentum=0.9)


@pytest.mark.parametrize("expression", SCHEDULERS)
def test_rates_are_pytorchs(expression):
    numpy.testing.assert_allclose(rates(torch, expression), RECORDED[expression], rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("expression", SCHEDULERS)
def test_a_loaded_schedule_goes_on_as_the_saved_one_would(expression):
    def make():
        optimizer = sgd()
        scheduler = eval(expression.replace("[0.2, 0.4]", "0.2"), {"s": lr_scheduler, "o": optimizer})
        return optimizer, scheduler

    def go(optimizer, scheduler):
        optimizer.step()
        scheduler.step()
        return scheduler.get_last_lr()

    first = make()
    for _ in range(4):
        go(*first)
    saved = copy.deepcopy([part.state_dict() for part in first])
    second = make()
    for part, state in zip(second, saved, strict=True):
        part.load_state_dict(state)
    assert [go(*first) for _ in range(6)] == [go(*second) for _ in range(6)]


@pytest.mark.parametrize(("options", "metrics", "expected"), [
    ({"patience": 1}, [1.0, 0.9, 0.9, 0.9, 0.9, 0.9], [0.1, 0.1, 0.1, 0.01, 0.01, 0.001]),
    ({"mode": "max", "patience": 0, "cooldown": 2, "min_lr": 0.02}, [1, 1, 1, 1, 1], [0.1, 0.02, 0.02, 0.02, 0.02]),
    ({"patience": 0, "threshold": 0.5, "threshold_mode": "abs"}, [2.0, 1.6, 1.4], [0.1, 0.01, 0.01]),
])
def test_a_plateau_lowers_the_rate(options, metrics, expected):
    scheduler = lr_scheduler.ReduceLROnPlateau(sgd(), **options)
    seen = []
    for metric in metrics:
        scheduler.step(torch.tensor(metric))
        seen += scheduler.get_last_lr()
    assert seen == pytest.approx(expected)


def test_a_rate_that_is_a_tensor_stays_the_same_tensor():
    lr = torch.tensor(0.1)
    optimizer = sgd(lr)
    scheduler = lr_scheduler.ExponentialLR(optimizer, 0.5)
    optimizer.step()
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] is lr
    assert lr.item() == pytest.approx(0.05)
    assert scheduler.base_lrs[0].item() == pytest.approx(0.1)


def test_an_epoch_uses_the_closed_form_with_a_warning():
    optimizer = sgd()
    scheduler = lr_scheduler.StepLR(optimizer, 2)
    optimizer.step()
    with pytest.warns(UserWarning, match="epoch parameter"):
        scheduler.step(5)
    assert optimizer.param_groups[0]["lr"] == pytest.approx(1e-3)


def test_stepping_before_the_optimizer_is_warned_of():
    scheduler = lr_scheduler.StepLR(sgd(), 2)
    with pytest.warns(UserWarning, match=r"before `optimizer\.step\(\)`"):
        scheduler.step()


def test_get_lr_outside_of_a_step_is_warned_of():
    with pytest.warns(UserWarning, match="get_last_lr"):
        lr_scheduler.StepLR(sgd(), 2).get_lr()


def test_resuming_needs_the_initial_rate():
    with pytest.raises(KeyError, match="initial_lr"):
        lr_scheduler.StepLR(sgd(), 2, last_epoch=3)


def test_a_schedule_of_ones_own_may_override_get_lr():
    class Halving(lr_scheduler.LRScheduler):
        def get_lr(self):
            return [group["lr"] if self.last_epoch == 0 else group["lr"] / 2 for group in self.optimizer.param_groups]

    optimizer = sgd()
    scheduler = Halving(optimizer)
    optimizer.step()
    scheduler.step()
    assert scheduler.get_last_lr() == [0.05]


@pytest.mark.parametrize(("make", "error"), [
    (lambda: lr_scheduler.StepLR(object(), 2), TypeError),
    (lambda: lr_scheduler.ConstantLR(sgd(), factor=2), ValueError),
    (lambda: lr_scheduler.OneCycleLR(sgd(), 0.1), ValueError),
    (lambda: lr_scheduler.OneCycleLR(sgd(), 0.1, total_steps=-1), ValueError),
    (lambda: lr_scheduler.LambdaLR(sgd(), [len, len]), ValueError),
    (lambda: lr_scheduler.MultiplicativeLR(sgd(), 0.5), TypeError),
    (lambda: lr_scheduler.CosineAnnealingWarmRestarts(sgd(), 0), ValueError),
    (lambda: lr_scheduler.ReduceLROnPlateau(sgd(), mode="best"), ValueError),
    (lambda: lr_scheduler.CyclicLR(torch.optim.Adagrad([torch.ones(1).requires_grad_()]), 0.1, 0.2), ValueError),
    (lambda: lr_scheduler.ChainedScheduler([]), ValueError),
])
def test_a_schedule_that_cannot_be_is_refused(make, error):
    with pytest.raises(error):
        make()
