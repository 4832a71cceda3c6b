"""`DataLoader` in one process."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.utils.data import DataLoader, Dataset, IterableDataset, Subset, TensorDataset, default_collate


class Squares(Dataset):
    def __len__(self):
        return 7

    def __getitem__(self, index):
        return index, float(index**2)


class Count(IterableDataset):
    def __iter__(self):
        return iter(range(7))

    def __len__(self):
        return 5  # less than there is


def numbers(loader):
    return [batch.tolist() for batch in loader]


def test_batches_come_in_order():
    loader = DataLoader(Squares(), batch_size=3)
    assert [[column.tolist() for column in batch] for batch in loader] == [
        [[0, 1, 2], [0.0, 1.0, 4.0]], [[3, 4, 5], [9.0, 16.0, 25.0]], [[6], [36.0]]]
    assert (len(loader), len(DataLoader(Squares(), batch_size=3, drop_last=True))) == (3, 2)


def test_shuffling_is_pytorchs_and_goes_on():
    torch.manual_seed(0)
    loader = DataLoader(TensorDataset(torch.arange(7)), 3, shuffle=True)
    assert [[batch[0].tolist() for batch in loader] for _ in range(2)] == [
        [[0, 4, 1], [5, 2, 6], [3]], [[3, 1, 4], [2, 5, 0], [6]]]
    assert torch.rand(1).item() == pytest.approx(0.455627977848053)


def test_a_generator_repeats_the_order():
    orders = [numbers(DataLoader(range(9), 9, shuffle=True, generator=torch.Generator().manual_seed(4))) for _ in "ab"]
    assert orders[0] == orders[1]


@pytest.mark.parametrize("dataset", [
    TensorDataset(torch.randn(10, 3), torch.arange(10)),
    Subset(Subset(TensorDataset(torch.randn(10, 3)[:, 1:], torch.arange(10)), range(9, -1, -1)), [5, 3, 1, 0]),
])
def test_rows_taken_at_once_are_the_rows_stacked(dataset):
    def stacked(samples):
        return default_collate(samples)  # a function of another name takes the long way

    for ours, long in zip(DataLoader(dataset, 3), DataLoader(dataset, 3, collate_fn=stacked), strict=True):
        assert type(ours) is type(long) is list
        for one, other in zip(ours, long, strict=True):
            assert (one.tolist(), one.dtype, one.stride()) == (other.tolist(), other.dtype, other.stride())


def test_rows_out_of_range_are_refused():
    with pytest.raises(IndexError):
        list(DataLoader(TensorDataset(torch.arange(3)), batch_sampler=[[0, 3]]))


def test_rows_may_record_gradients():
    weights = torch.ones(4).requires_grad_()
    for (batch,) in DataLoader(TensorDataset(weights), 2):
        batch.sum().backward()
    assert weights.grad.tolist() == [1.0] * 4


def test_a_transform_is_applied_to_each_sample():
    data = TensorDataset(torch.arange(4))
    loader = DataLoader(data, 2, transform=lambda sample: sample[0] * 10)
    assert numbers(loader) == [[0, 10], [20, 30]]
    assert [int(x) for x in DataLoader(data, None, transform=lambda sample: sample[0] + 1)] == [1, 2, 3, 4]


def test_without_a_batch_size_samples_come_alone():
    assert list(DataLoader(["a", "b"], batch_size=None)) == ["a", "b"]


def test_a_batch_sampler_says_exactly_what_is_in_a_batch():
    assert numbers(DataLoader(range(10), batch_sampler=[[1], [5, 3]])) == [[1], [5, 3]]


def test_a_dataset_may_hand_out_batches_of_samples():
    class AtOnce(Squares):
        def __getitems__(self, indices):
            return [-index for index in indices]

    assert numbers(DataLoader(AtOnce(), 4)) == [[0, -1, -2, -3], [-4, -5, -6]]


def test_an_iterable_dataset_ends_where_it_ends():
    loader = DataLoader(Count(), 3)
    assert numbers(loader) == [[0, 1, 2], [3, 4, 5], [6]]
    assert numbers(DataLoader(Count(), 3, drop_last=True)) == [[0, 1, 2], [3, 4, 5]]


def test_an_iterable_dataset_longer_than_it_says_is_warned_of():
    loader = DataLoader(Count(), None)
    assert len(loader) == 5
    with pytest.warns(UserWarning, match="was reported to be 5"):
        assert list(loader) == list(range(7))


@pytest.mark.parametrize(("options", "message"), [
    ({"num_workers": -1}, "num_workers option should be non-negative"),
    ({"timeout": -1}, "timeout option should be non-negative"),
    ({"prefetch_factor": 2}, "prefetch_factor option could only be specified"),
    ({"persistent_workers": True}, "persistent_workers option needs num_workers > 0"),
    ({"shuffle": True, "sampler": [0]}, "mutually exclusive with shuffle"),
    ({"batch_sampler": [[0]], "batch_size": 2}, "batch_sampler option is mutually exclusive"),
    ({"batch_size": None, "drop_last": True}, "disables auto-batching"),
    ({"multiprocessing_context": "fork"}, "num_workers > 0"),
    ({"multiprocessing_context": "teleport", "num_workers": 1}, "valid start method"),
])
def test_options_that_exclude_each_other_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        DataLoader(Squares(), **options)


@pytest.mark.parametrize("options", [{"shuffle": True}, {"sampler": [1]}, {"batch_sampler": [[1]]}])
def test_an_iterable_dataset_has_an_order_of_its_own(options):
    with pytest.raises(ValueError, match="DataLoader with IterableDataset: expected unspecified"):
        DataLoader(Count(), **options)


def test_a_loader_cannot_be_rebuilt_after_the_fact():
    with pytest.raises(ValueError, match="batch_size attribute should not be set"):
        DataLoader(Squares()).batch_size = 4
