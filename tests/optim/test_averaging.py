"""Averages of a model's parameters."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau import nn
from flambeau.optim.swa_utils import SWALR, AveragedModel, get_ema_avg_fn, get_ema_multi_avg_fn, update_bn


def model_at(value):
    model = nn.Linear(2, 1)
    set_to(model, value)
    return model


def set_to(model, value):
    with torch.no_grad():
        for param in model.parameters():
            param.fill_(value)


@pytest.mark.parametrize(("options", "expected"), [
    ({}, 2.0),  # of 1, 2 and 3
    ({"avg_fn": get_ema_avg_fn(0.5)}, 2.25),
    ({"multi_avg_fn": get_ema_multi_avg_fn(0.5)}, 2.25),
])
def test_an_averaged_model_averages(options, expected):
    model = model_at(0.0)
    average = AveragedModel(model, **options)
    for value in (1.0, 2.0, 3.0):
        set_to(model, value)
        average.update_parameters(model)
    assert average.module.weight.tolist() == [[pytest.approx(expected)] * 2]
    assert average.n_averaged.item() == 3
    assert average(torch.ones(1, 2)).item() == pytest.approx(3 * expected)


def test_update_bn_computes_the_statistics_anew():
    model = nn.Sequential(nn.BatchNorm1d(1))
    update_bn([(torch.tensor([[0.0], [2.0]]), "label"), (torch.tensor([[4.0], [6.0]]), "label")], model)
    assert model[0].running_mean.item() == pytest.approx(3.0)  # the mean of the batches' means 1 and 5
    assert model[0].momentum == 0.1


def test_swalr_goes_to_its_rate():
    optimizer = torch.optim.SGD([torch.ones(1).requires_grad_()], lr=0.1)
    scheduler = SWALR(optimizer, swa_lr=0.02, anneal_epochs=2, anneal_strategy="linear")
    seen = []
    for _ in range(4):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert seen == pytest.approx([0.1, 0.06, 0.02, 0.02])
