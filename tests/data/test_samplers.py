"""Samplers draw what PyTorch's draw from the same seed."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.utils.data import (
    BatchSampler,
    DistributedSampler,
    RandomSampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def test_in_order():
    assert list(SequentialSampler("abc")) == [0, 1, 2]


@pytest.mark.parametrize(("make", "expected"), [
    (lambda: RandomSampler(range(8)), [2, 5, 4, 6, 1, 7, 0, 3]),
    (lambda: RandomSampler(range(4), num_samples=6), [2, 3, 0, 1, 1, 0]),
    (lambda: RandomSampler(range(5), replacement=True, num_samples=6), [1, 0, 4, 3, 4, 0]),
    (lambda: SubsetRandomSampler([3, 1, 4, 1, 5]), [5, 3, 1, 1, 4]),
    (lambda: WeightedRandomSampler([0.1, 0.4, 0.5], 6), [2, 2, 1, 2, 2, 2]),
    (lambda: WeightedRandomSampler([0.1, 0.4, 0.5], 3, replacement=False), [2, 1, 0]),
])
def test_draws_are_pytorchs(make, expected):
    sampler = make()
    assert list(sampler) == expected
    assert len(sampler) == len(expected)


def test_a_generator_of_ones_own_is_used():
    drawn = [list(RandomSampler(range(6), generator=torch.Generator().manual_seed(3))) for _ in range(2)]
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize(("drop_last", "expected"), [(False, [[0, 1, 2], [3, 4]]), (True, [[0, 1, 2]])])
def test_batches(drop_last, expected):
    sampler = BatchSampler(range(5), 3, drop_last)
    assert list(sampler) == expected
    assert len(sampler) == len(expected)


def test_replicas_share_the_samples():
    replicas = [DistributedSampler(range(7), 2, rank, seed=1) for rank in (0, 1)]
    assert [list(replica) for replica in replicas] == [[0, 1, 5, 4], [6, 3, 2, 0]]
    for replica in replicas:
        replica.set_epoch(1)
    assert [list(replica) for replica in replicas] == [[2, 3, 6, 5], [4, 0, 1, 2]]
    assert list(DistributedSampler(range(7), 2, 1, shuffle=False, drop_last=True)) == [1, 3, 5]


@pytest.mark.parametrize(("make", "error"), [
    (lambda: DistributedSampler([1]), RuntimeError),
    (lambda: DistributedSampler([1], 2, 2), ValueError),
    (lambda: RandomSampler([]), ValueError),
    (lambda: RandomSampler([1], replacement=1), TypeError),
    (lambda: WeightedRandomSampler([1.0], 0), ValueError),
    (lambda: WeightedRandomSampler([[1.0]], 1), ValueError),
    (lambda: BatchSampler([1], 0, False), ValueError),
    (lambda: BatchSampler([1], True, False), ValueError),
    (lambda: BatchSampler([1], 1, 0), ValueError),
])
def test_options_that_make_no_sense_are_refused(make, error):
    with pytest.raises(error):
        make()
