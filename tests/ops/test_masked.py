"""`torch.masked`: what the samples cannot say of masks that leave nothing, do not fit, or are no booleans."""
from __future__ import annotations

import math

import pytest

import flambeau as torch
from flambeau import masked

X = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
FIRST = torch.tensor([[True, False, True], [False, False, False]])  # of the second row it leaves nothing


@pytest.mark.parametrize(("name", "want"), [
    ("sum", 0.0), ("prod", 1.0), ("amax", -math.inf), ("amin", math.inf), ("norm", 0.0), ("logsumexp", -math.inf),
])
def test_a_row_of_nothing_is_what_changes_nothing(name, want):
    assert getattr(masked, name)(X, dim=1, mask=FIRST)[1].item() == want


@pytest.mark.parametrize("name", ["mean", "median", "var", "std"])
def test_a_row_of_nothing_has_no_mean_and_no_spread(name):
    assert math.isnan(getattr(masked, name)(X, dim=1, mask=FIRST)[1].item())


def test_what_a_mask_leaves_out_has_no_gradient():
    x = X.clone().requires_grad_()
    for name in ("sum", "prod", "amax", "logsumexp", "cumsum"):
        (g,) = torch.autograd.grad(getattr(masked, name)(x, dim=1, mask=FIRST).sum(), x)
        assert g[0, 1].item() == 0.0, name
        assert g[1].abs().sum().item() == 0.0, name


def test_a_softmax_shares_among_what_is_left():
    shares = masked.softmax(X, 1, mask=FIRST)
    assert shares[0].tolist() == pytest.approx([1 / (1 + math.e**2), 0.0, math.e**2 / (1 + math.e**2)])
    assert masked.softmin(X, 1, mask=FIRST)[0].tolist() == pytest.approx(shares[0].tolist()[::-1])


def test_small_integers_add_up_in_int64_but_keep_their_dtype_in_running_sums():
    small = torch.tensor([100, 100], dtype=torch.int8)
    assert masked.sum(small).dtype is torch.int64
    assert masked.sum(small).item() == 200
    assert masked.cumsum(small, 0).dtype is torch.int8


def test_places_come_in_the_dtype_of_the_input():
    place = masked.argmax(X, 1, mask=torch.tensor([True, True, False]))
    assert (place.dtype, place.tolist()) == (torch.float32, [1.0, 1.0])
    assert masked.argmax(X, 1, dtype=torch.int64).tolist() == [2, 2]


def test_any_number_but_zero_in_a_mask_leaves_its_element():
    assert masked.sum(X, 1, mask=torch.tensor([2, 0, 1])).tolist() == [4.0, 10.0]


def test_a_mask_may_be_spread_over_the_input_but_not_the_input_over_the_mask():
    assert masked.amax(X, mask=torch.tensor([[True], [False]])).item() == 3.0
    with pytest.raises(IndexError, match="broadcastable mask"):
        masked.sum(X, mask=torch.ones(1, 2, 3, dtype=torch.bool))
    with pytest.raises(RuntimeError, match="must match the existing size"):
        masked.sum(X, mask=torch.tensor([True, False]))


def test_a_mean_of_whole_numbers_needs_a_dtype():
    with pytest.raises(ValueError, match="Could not infer output dtype"):
        masked.mean(torch.tensor([1, 2]))
    assert masked.mean(torch.tensor([1, 2]), dtype=torch.float64).item() == 1.5


def test_a_median_of_whole_numbers_needs_something_in_every_row():
    whole = torch.tensor([[3, 1, 2], [4, 5, 6]])
    assert masked.median(whole, 1).tolist() == [2, 5]
    with pytest.raises(ValueError, match="no fully masked out rows"):
        masked.median(whole, 1, mask=FIRST)


def test_dtypes_without_a_largest_number_are_refused():
    with pytest.raises(NotImplementedError, match="identity of amax"):
        masked.amax(torch.tensor([True, False]), mask=torch.tensor([True, False]))
    with pytest.raises(AssertionError, match="floating point"):
        masked.norm(torch.tensor([1j]), -math.inf, mask=torch.tensor([True]))


def test_unbiased_and_correction_say_the_same_and_only_one_may_be_given():
    assert masked.var(X, 1, unbiased=False).tolist() == masked.var(X, 1, correction=0).tolist()
    with pytest.raises(AssertionError, match="Only one"):
        masked.std(X, 1, True, correction=1)
