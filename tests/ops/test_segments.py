"""Reductions of segments: where nothing is in one, where ends do not fit, and which elements a gradient is for."""
from __future__ import annotations

import math

import pytest

import flambeau as torch

X = torch.arange(1.0, 7.0)
LENGTHS = torch.tensor([2, 0, 3, 1])


@pytest.mark.parametrize(("how", "want"), [("sum", 0.0), ("prod", 1.0), ("max", -math.inf), ("min", math.inf)])
def test_a_segment_of_nothing_is_what_changes_nothing_or_the_initial_value(how, want):
    assert torch.segment_reduce(X, how, lengths=LENGTHS)[1].item() == want
    assert torch.segment_reduce(X, how, lengths=LENGTHS, initial=2.5)[1].item() == 2.5


def test_the_mean_of_nothing_is_nan_unless_it_starts_from_something():
    assert math.isnan(torch.segment_reduce(X, "mean", lengths=LENGTHS)[1].item())
    means = torch.segment_reduce(X, "mean", lengths=LENGTHS, initial=2.5)
    assert means.tolist() == pytest.approx([2.75, 2.5, 14.5 / 3, 8.5])


def test_offsets_say_the_same_as_lengths():
    offsets = torch.tensor([0, 2, 2, 5, 6])
    assert torch.equal(torch.segment_reduce(X, "sum", offsets=offsets), torch.segment_reduce(X, "sum", lengths=LENGTHS))


def test_what_no_segment_holds_is_left_out():
    assert torch.segment_reduce(X, "sum", offsets=torch.tensor([1, 2, 4])).tolist() == [2.0, 7.0]
    assert torch.segment_reduce(X, "sum", lengths=torch.tensor([2, 2]), unsafe=True).tolist() == [3.0, 7.0]


def test_equals_share_the_gradient_of_a_maximum_and_the_initial_value_has_no_part_in_it():
    x = torch.tensor([1.0, 1.0, 0.0, 3.0], requires_grad=True)
    largest = torch.segment_reduce(x, "max", lengths=torch.tensor([2, 2]), initial=1.0)
    assert torch.autograd.grad(largest.sum(), x)[0].tolist() == [0.5, 0.5, 0.0, 1.0]
    largest = torch.segment_reduce(x, "max", lengths=torch.tensor([2, 2]), initial=2.0)
    assert torch.autograd.grad(largest.sum(), x)[0].tolist() == [0.0, 0.0, 0.0, 1.0]


def test_halves_add_up_in_float32():
    ones = torch.ones(4096, dtype=torch.bfloat16)
    assert torch.segment_reduce(ones, "sum", lengths=torch.tensor([4096])).item() == 4096.0


@pytest.mark.parametrize(("options", "words"), [
    ({}, "Either lengths or offsets"),
    ({"lengths": torch.tensor([2, 2])}, "to sum to"),
    ({"lengths": torch.tensor([-2, 8])}, "negative"),
    ({"lengths": torch.tensor([[2, 4]])}, "Expected axis to be the last dimension"),
    ({"offsets": torch.tensor([0, 9])}, "point outside the 6 elements"),
    ({"indices": torch.tensor([0])}, "not supported yet"),
])
def test_segments_that_do_not_fit_the_data_are_refused(options, words):
    with pytest.raises(RuntimeError, match=words):
        torch.segment_reduce(X, "sum", **options)


def test_other_reductions_and_whole_numbers_are_refused():
    with pytest.raises(RuntimeError, match="reduce argument must be"):
        torch.segment_reduce(X, "median", lengths=LENGTHS)
    with pytest.raises(NotImplementedError, match="not implemented for 'Long'"):
        torch.segment_reduce(X.long(), "sum", lengths=LENGTHS)
