"""Histograms: the numbers are PyTorch's, which has no derivative for them and so is not asked by the samples."""
from __future__ import annotations

import math

import pytest

import flambeau as torch


def test_a_histogram_reaches_from_the_smallest_to_the_largest_which_the_last_bin_holds():
    hist, edges = torch.histogram(torch.tensor([1.0, 2.0, 1.0, 4.0, 9.0]), 4)
    assert hist.tolist() == [3.0, 1.0, 0.0, 1.0]
    assert edges.tolist() == [1.0, 3.0, 5.0, 7.0, 9.0]


def test_an_element_on_an_edge_belongs_to_the_bin_on_its_right():
    hist, _ = torch.histogram(torch.tensor([0.25, 0.5, 0.125, 1.0, 0.0, 0.75]), 4)
    assert hist.tolist() == [2.0, 1.0, 1.0, 2.0]


def test_elements_outside_and_nan_are_not_counted():
    x = torch.tensor([math.nan, 1.0, 2.0, -3.0, math.inf])
    assert torch.histogram(x, 4, range=(0.0, 2.0)).hist.tolist() == [0.0, 0.0, 1.0, 1.0]


def test_a_density_is_one_over_the_whole_and_weights_add_up():
    x = torch.tensor([1.0, 2.0, 1.0, 4.0])
    density = torch.histogram(x, torch.tensor([0.0, 1.0, 4.0]), density=True)
    assert density.hist.tolist() == pytest.approx([0.0, 1 / 3])
    weights = torch.tensor([1.0, 2.0, 4.0])
    assert torch.histogram(x[:3], bins=2, range=(0.0, 2.0), weight=weights).hist.tolist() == [0.0, 7.0]


def test_bins_of_no_width_are_made_one_wide():
    assert torch.histogram(torch.tensor([3.0]), 2).bin_edges.tolist() == [2.5, 3.0, 3.5]
    assert torch.histogram(torch.tensor([]), 2).bin_edges.tolist() == [0.0, 0.5, 1.0]


def test_a_histogram_of_points_counts_in_a_grid():
    points = torch.tensor([[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]])
    hist, edges = torch.histogramdd(points, [3, 2])
    assert hist.tolist() == [[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]
    assert [line.tolist() for line in edges] == [pytest.approx([0.0, 2 / 3, 4 / 3, 2.0]), [0.0, 1.0, 2.0]]


def test_a_density_of_points_is_by_volume():
    points, weights = torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.tensor([1.0, 2.0])
    hist, _ = torch.histogramdd(points, 2, range=[0.0, 1.0, 0.0, 2.0], weight=weights, density=True)
    assert hist.tolist() == [pytest.approx([0.0, 2 / 3]), pytest.approx([4 / 3, 0.0])]


@pytest.mark.parametrize(("bins", "options", "words"), [
    (0, {}, "bins must be > 0"),
    (2, {"range": (3.0, 2.0)}, "min should not exceed max"),
    (2, {"range": (0.0, math.inf)}, "is not finite"),
    (2, {"range": (0.0,)}, "range should have 2 elements"),
    (2, {"weight": torch.ones(2)}, "same shape as the input"),
    (2, {"weight": torch.ones(3, dtype=torch.float64)}, "same dtype"),
    (torch.tensor([0, 4]), {}, "same dtype"),
    (torch.tensor([[0.0, 4.0]]), {}, "should have one dimension"),
])
def test_what_makes_no_bins_is_refused(bins, options, words):
    with pytest.raises(RuntimeError, match=words):
        torch.histogram(torch.tensor([1.0, 2.0, 3.0]), bins, **options)


def test_whole_numbers_are_refused():
    with pytest.raises(NotImplementedError, match="not implemented for 'Long'"):
        torch.histogram(torch.tensor([1, 2]), 2)


def test_points_need_coordinates_and_bins_for_each():
    with pytest.raises(RuntimeError, match="at least 2 dimensions"):
        torch.histogramdd(torch.ones(3), 2)
    with pytest.raises(RuntimeError, match="innermost dimension"):
        torch.histogramdd(torch.ones(3, 2), [2])
    with pytest.raises(RuntimeError, match="expected 2 sequences"):
        torch.histogramdd(torch.ones(3, 2), [torch.tensor([0.0, 1.0])])
