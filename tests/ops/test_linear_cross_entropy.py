"""`linear_cross_entropy`: in pieces it is what it is at once."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau import nn
from flambeau.autograd.gradcheck import gradcheck, gradgradcheck
from flambeau.nn.functional import linear_cross_entropy
from flambeau.ops.linear_cross_entropy import rows_at_once

TARGET = torch.tensor([0, 3, 1, 2, -100, 1, 3])


def problem():
    torch.manual_seed(0)
    return [torch.randn(*shape, dtype=torch.float64, requires_grad=True) for shape in ((7, 3), (4, 3), (4,))]


def gradients(reduction, weight, options):
    x, w, b = problem()
    loss = linear_cross_entropy(x, w, TARGET, linear_bias=b, weight=weight, reduction=reduction, options=options)
    loss.sum().backward()
    return [loss, x.grad, w.grad, b.grad]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("options", [{}, {"batch_chunk_size": 2}, {"chunking_method": "aspect_ratio:3"}])
@pytest.mark.parametrize("weight", [None, torch.tensor([0.5, 1.0, 2.0, 0.1], dtype=torch.float64)])
def test_loss_and_gradients_are_the_same_by_rows(reduction, options, weight):
    whole = gradients(reduction, weight, None)
    by_rows = gradients(reduction, weight, nn.LinearCrossEntropyOptions(**options))
    assert all(torch.allclose(one, other) for one, other in zip(whole, by_rows, strict=True))


def test_by_rows_has_second_derivatives():
    x, w, b = problem()
    options = nn.LinearCrossEntropyOptions(batch_chunk_size=3)

    def loss(x, w, b):
        return linear_cross_entropy(x, w, TARGET, linear_bias=b, options=options)

    assert gradcheck(loss, (x, w, b))
    assert gradgradcheck(loss, (x, w, b))


@pytest.mark.parametrize(("options", "dtype", "rows"), [  # as PyTorch 2.13 resolves them for 100 rows of 8 and 40 classes
    ({}, "torch.float32", 16), ({}, "torch.float16", 32), ({"batch_chunk_size": 7}, "torch.float32", 7),
    ({"batch_chunk_size": 700}, "torch.float32", 100), ({"chunking_method": None}, "torch.float32", 100),
    ({"chunking_method": "aspect_ratio:8"}, "torch.float32", 4),
])
def test_the_number_of_rows_at_a_time_is_pytorchs(options, dtype, rows):
    assert rows_at_once(nn.LinearCrossEntropyOptions(**options), (100, 8), 40, dtype) == rows


def test_options_that_disagree_are_refused():
    options = nn.LinearCrossEntropyOptions(batch_chunk_size=3, chunking_method="aspect_ratio")
    with pytest.raises(ValueError, match="give different chunk sizes"):
        rows_at_once(options, (100, 8), 40, "torch.float32")
    with pytest.raises(RuntimeError, match="acc_dtype"):
        rows_at_once(nn.LinearCrossEntropyOptions(acc_dtype=torch.float64), (100, 8), 40, "torch.float32")


@pytest.mark.parametrize("wrong", [{"acc_policy": "exact"}, {"chunking_method": "aspect_ratio:0"}, {"batch_chunk_size": 0},
                                   {"acc_dtype": torch.int64}])
def test_options_check_their_values(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        nn.LinearCrossEntropyOptions(**wrong)


def test_what_cannot_be_done_by_rows_is_done_at_once_with_a_warning():
    x, w, b = problem()
    with pytest.warns(UserWarning, match="``options`` ignored"):
        smooth = linear_cross_entropy(x, w, TARGET, linear_bias=b, label_smoothing=0.1, options=nn.LinearCrossEntropyOptions())
    assert smooth.item() == linear_cross_entropy(x, w, TARGET, linear_bias=b, label_smoothing=0.1).item()


def test_the_layer_gives_pytorchs_numbers():
    torch.manual_seed(0)
    loss = nn.LinearCrossEntropyLoss(3, 4, bias=True)
    x = torch.arange(6.0).reshape(2, 3).sin()
    value = loss(x, torch.tensor([1, 3]))
    value.backward()
    assert value.item() == pytest.approx(1.222959, abs=1e-6)  # PyTorch 2.13 from seed 0
    assert loss.linear.weight.grad[0].tolist() == pytest.approx([0.015421, -0.015499, -0.032169], abs=1e-6)


def test_the_layer_keeps_one_matrix_for_many_places():
    loss = nn.LinearCrossEntropyLoss(3, 4, out_features=(2,), bias=True, weight=torch.ones(4))
    assert {name: tuple(value.shape) for name, value in loss.state_dict().items()} == {
        "weight": (4,), "linear.weight": (8, 3), "linear.bias": (8,)}
    assert loss(torch.ones(5, 3), torch.zeros(5, 2).long()).shape == ()
    assert repr(loss).splitlines()[1].strip().startswith("in_features=3, num_classes=4, out_features=(2,), bias=True")
