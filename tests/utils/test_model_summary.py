"""The table of a model's layers."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau import nn
from flambeau.utils import summary


def test_layers_shapes_parameters_and_work_are_listed():
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4 * 36, 10)).train()
    before = model[1].running_mean.tolist()
    found = summary(model, torch.randn(2, 1, 8, 8))
    assert [(row.kind, row.output_shape, row.parameters, row.multiply_adds) for row in found.rows] == [
        ("Sequential", "(2, 10)", 0, 0), ("Conv2d", "(2, 4, 6, 6)", 40, 9 * 4 * 36 * 2), ("BatchNorm2d", "(2, 4, 6, 6)", 8, 0),
        ("Flatten", "(2, 144)", 0, 0), ("Linear", "(2, 10)", 1450, 144 * 10 * 2)]
    assert (found.total_params, found.trainable_params) == (1498, 1498)
    assert model.training and model[1].running_mean.tolist() == before and not model[0]._forward_hooks
    assert str(found) == "\n".join([
        "Layer             Input         Output        Parameters  Multiply-adds",
        "-----------------------------------------------------------------------",
        "Sequential        (2, 1, 8, 8)  (2, 10)                -              -",
        "  Conv2d: 0       (2, 1, 8, 8)  (2, 4, 6, 6)          40          2,592",
        "  BatchNorm2d: 1  (2, 4, 6, 6)  (2, 4, 6, 6)           8              -",
        "  Flatten: 2      (2, 4, 6, 6)  (2, 144)               -              -",
        "  Linear: 3       (2, 144)      (2, 10)            1,450          2,880",
        "-----------------------------------------------------------------------",
        "Parameters: 1,498, of which 1,498 are trained (0.01 MB)",
        "Multiply-adds: 5,472"])


def test_an_input_size_is_enough():
    model = nn.LSTM(3, 4)
    found = summary(model, input_size=(5, 2, 3))
    assert found.rows[0].output_shape == "(5, 2, 4), (1, 2, 4), (1, 2, 4)"
    assert found.total_mult_adds == (16 * 3 + 16 * 4) * 10


def test_frozen_parameters_are_not_counted_as_trained():
    model = nn.Linear(2, 2)
    model.bias.requires_grad_(False)
    assert (summary(model, torch.ones(1, 2)).total_params, summary(model, torch.ones(1, 2)).trainable_params) == (6, 4)


def test_without_an_input_there_is_no_table():
    with pytest.raises(ValueError, match="give the model's input"):
        summary(nn.Linear(1, 1))


def test_an_error_in_the_model_leaves_no_hooks_behind():
    model = nn.Linear(2, 2)
    with pytest.raises(RuntimeError):
        summary(model, torch.ones(1, 3))
    assert not model._forward_hooks and not model._forward_pre_hooks
