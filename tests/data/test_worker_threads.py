"""`DataLoader` with worker threads: the same batches and draws as with processes."""
from __future__ import annotations

import threading
import time

import pytest

import flambeau as torch
from flambeau.utils.data import DataLoader, Dataset, IterableDataset, get_worker_info

pytestmark = pytest.mark.filterwarnings("ignore:This DataLoader will create", "ignore:This process:DeprecationWarning")


class Noisy(Dataset):
    def __len__(self):
        return 9

    def __getitem__(self, index):
        return index, torch.rand(())


class Shared(IterableDataset):
    def __iter__(self):
        worker = get_worker_info()
        return iter(range(worker.id, 7, worker.num_workers))


class Broken(Noisy):
    def __getitem__(self, index):
        if index == 5:
            raise ValueError("sample 5 is broken")
        return index


def loaded(worker_type, **options):
    torch.manual_seed(3)
    loader = DataLoader(Noisy(), 2, shuffle=True, num_workers=2, worker_type=worker_type, **options)
    return [[column.tolist() for column in batch] for _ in range(2) for batch in loader]


@pytest.mark.parametrize("persistent", [False, True])
def test_order_and_draws_are_those_of_processes(persistent):
    assert loaded("thread", persistent_workers=persistent) == loaded("process", persistent_workers=persistent)


def test_the_programs_own_generator_is_left_alone():
    torch.manual_seed(3)
    loader = DataLoader(Noisy(), 2, num_workers=2, worker_type="thread")
    iter(loader)
    before = torch.get_rng_state()
    list(loader._iterator or [])
    threads = DataLoader(Noisy(), 2, num_workers=2, worker_type="thread", generator=torch.Generator())
    list(threads)
    assert torch.equal(torch.get_rng_state(), before)


def test_an_iterable_dataset_is_shared():
    loader = DataLoader(Shared(), 2, num_workers=2, worker_type="thread")
    assert [batch.tolist() for batch in loader] == [[0, 2], [1, 3], [4, 6], [5]]


def test_each_knows_which_worker_it_is():
    seen = set()

    def collate(samples):
        info = get_worker_info()
        seen.add((info.id, info.num_workers, info.worker_method))
        return samples

    list(DataLoader(range(8), 1, num_workers=2, worker_type="thread", collate_fn=collate))
    assert seen == {(0, 2, "thread"), (1, 2, "thread")}
    assert get_worker_info() is None


def test_an_exception_arrives_with_its_traceback_and_loading_goes_on():
    passing = iter(DataLoader(Broken(), 2, num_workers=2, worker_type="thread"))
    assert [next(passing).tolist() for _ in range(2)] == [[0, 1], [2, 3]]
    with pytest.raises(ValueError, match="(?s)in DataLoader worker thread 0.*sample 5 is broken"):
        next(passing)
    assert [batch.tolist() for batch in passing] == [[6, 7], [8]]


def test_a_batch_may_take_too_long():
    release = threading.Event()
    loader = DataLoader(range(4), num_workers=1, worker_type="thread", timeout=0.2, collate_fn=lambda samples: release.wait(20))
    with pytest.raises(RuntimeError, match=r"DataLoader timed out after 0\.2 seconds"):
        list(loader)
    release.set()


def test_threads_end_with_the_pass_and_with_its_iterator():
    passing = iter(DataLoader(range(100), num_workers=2, worker_type="thread"))
    next(passing)
    threads = list(passing._crew.threads)
    del passing
    deadline = time.monotonic() + 5
    while any(thread.is_alive() for thread in threads) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(thread.is_alive() for thread in threads)


def test_another_kind_of_worker_is_refused():
    with pytest.raises(ValueError, match="worker_type must be 'process' or 'thread'"):
        DataLoader(range(3), worker_type="fibre")
