"""Datasets, and splitting them."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.utils.data import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)


class Count(IterableDataset):
    def __init__(self, end):
        self.end = end

    def __iter__(self):
        return iter(range(self.end))

    def __len__(self):
        return self.end


def test_a_tensor_dataset_has_rows():
    data = TensorDataset(torch.arange(6).reshape(3, 2), torch.arange(3))
    row, label = data[1]
    assert (len(data), row.tolist(), label.item()) == (3, [2, 3], 1)


def test_a_transform_is_applied_to_each_sample():
    data = TensorDataset(torch.arange(3), torch.arange(3), transform=lambda sample: (sample[0] * 10, sample[1]))
    assert [value.item() for value in data[2]] == [20, 2]


def test_tensors_of_different_lengths_are_no_dataset():
    with pytest.raises(AssertionError, match=r"Size mismatch between tensors: they have \[2, 3\] rows"):
        TensorDataset(torch.ones(2), torch.ones(3))


def test_datasets_add_up():
    data = TensorDataset(torch.arange(2)) + TensorDataset(torch.arange(10, 13))
    assert isinstance(data, ConcatDataset)
    assert [data[i][0].item() for i in (0, 1, 2, 4, -1)] == [0, 1, 10, 12, 12]
    assert (len(data), data.cumulative_sizes) == (5, [2, 5])
    with pytest.raises(ValueError, match="absolute value of index"):
        data[-6]


def test_iterable_datasets_add_up():
    data = Count(2) + Count(3)
    assert isinstance(data, ChainDataset)
    assert (list(data), len(data)) == ([0, 1, 0, 1, 2], 5)
    with pytest.raises(AssertionError, match="only supports IterableDataset"):
        list(ChainDataset([[1, 2]]))
    with pytest.raises(AssertionError, match="ChainDataset"):
        ConcatDataset([Count(2)])


def test_datasets_stack_side_by_side():
    assert StackDataset([1, 2], "ab")[1] == (2, "b")
    named = StackDataset(number=[1, 2], letter="ab")
    assert named[0] == {"number": 1, "letter": "a"}
    assert named.__getitems__([1, 0]) == [{"number": 2, "letter": "b"}, {"number": 1, "letter": "a"}]
    with pytest.raises(ValueError, match="Size mismatch"):
        StackDataset([1], [1, 2])


def test_a_subset_has_some_of_the_samples():
    part = Subset(TensorDataset(torch.arange(5)), [4, 1])
    assert [part[i][0].item() for i in range(len(part))] == [4, 1]
    assert part[[0, 1]][0].tolist() == [4, 1]


def test_a_subset_that_overrides_only_one_of_the_getters_is_refused():
    class Half(Subset):
        def __getitem__(self, idx):
            return 0

    with pytest.raises(NotImplementedError, match="__getitems__"):
        Half([1], [0])


def test_random_split_deals_as_pytorch_does():
    torch.manual_seed(0)
    parts = random_split(range(10), [0.5, 0.5])
    assert [part.indices for part in parts] == [[4, 1, 7, 5, 3], [9, 0, 8, 6, 2]]
    parts = random_split(range(7), [4, 3], generator=torch.Generator().manual_seed(1))
    assert [part.indices for part in parts] == [[0, 6, 1, 3], [5, 2, 4]]


def test_what_is_left_over_of_fractions_goes_to_the_first_parts():
    assert [len(part) for part in random_split(range(10), [0.33, 0.33, 0.34])] == [4, 3, 3]


@pytest.mark.parametrize("lengths", [[3, 3], [0.5, 0.4], [-0.5, 1.5]])
def test_lengths_must_add_up(lengths):
    with pytest.raises(ValueError, match=r"Sum of input lengths|Fraction at index"):
        random_split(range(10), lengths)


def test_a_dataset_without_getitem_says_so():
    with pytest.raises(NotImplementedError, match="__getitem__"):
        Dataset()[0]
