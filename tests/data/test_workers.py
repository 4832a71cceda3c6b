"""`DataLoader` with worker processes: the same batches, nothing left behind, nothing hanging."""
from __future__ import annotations

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time

import numpy
import pytest

import flambeau as torch
from flambeau.utils.data import DataLoader, Dataset, IterableDataset, get_worker_info

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning", "ignore:This DataLoader will create")
METHODS = multiprocessing.get_all_start_methods()


class Noisy(Dataset):
    """Numbers beside draws of every generator."""

    def __len__(self):
        return 5

    def __getitem__(self, index):
        return index, random.random(), float(numpy.random.rand()), torch.rand(())


class Shared(IterableDataset):
    """Seven numbers, dealt out among the workers."""

    def __iter__(self):
        worker = get_worker_info()
        return iter(range(worker.id, 7, worker.num_workers))


class Troubled(Dataset):
    """Ten numbers, with something happening at the sixth."""

    def __init__(self, trouble):
        self.trouble = trouble

    def __len__(self):
        return 10

    def __getitem__(self, index):
        if index == 5:
            self.trouble()
        return index


def raise_value_error():
    raise ValueError("sample 5 is broken")


def raise_key_error():
    raise KeyError("missing")


class Demanding(Exception):
    def __init__(self, one, two):
        super().__init__(one, two)


def raise_demanding():
    raise Demanding(1, 2)


def exit_at_once():
    os._exit(3)


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def sleep():
    time.sleep(60)


def nothing():
    pass


def fail(worker):
    raise RuntimeError("no disk")


def unpicklable(samples):
    return lambda: samples


def batches(loader):
    return [[column.tolist() for column in batch] for batch in loader]


@pytest.mark.parametrize("method", METHODS)
def test_batches_come_in_order_however_processes_start(method):
    loader = DataLoader(range(7), 2, num_workers=2, multiprocessing_context=method)
    assert [batch.tolist() for batch in loader] == [[0, 1], [2, 3], [4, 5], [6]]


def test_order_and_random_numbers_are_pytorchs():
    torch.manual_seed(0)
    loader = DataLoader(Noisy(), 2, shuffle=True, num_workers=2)
    recorded = [
        [[1, 4], [0.213153405, 0.276448586], [0.837164051, 0.387578351], [0.782139897, 0.0535989999]],
        [[2, 3], [0.773386149, 0.163422001], [0.670270496, 0.0758968764], [0.693817854, 0.297958970]],
        [[0], [0.925720953], [0.373280335], [0.988786936]],
    ]
    for ours, theirs in zip(batches(loader), recorded, strict=True):
        assert ours[0] == theirs[0]
        numpy.testing.assert_allclose(ours[1:], theirs[1:], rtol=1e-6)


def test_an_iterable_dataset_is_shared_and_may_be_gone_through_again():
    loader = DataLoader(Shared(), 2, num_workers=2, persistent_workers=True)
    for _ in range(2):
        assert [batch.tolist() for batch in loader] == [[0, 2], [1, 3], [4, 6], [5]]


def test_a_pass_that_was_left_early_does_not_show_in_the_next():
    loader = DataLoader(range(20), 2, num_workers=2, persistent_workers=True)
    for batch in loader:
        if batch[0] == 4:
            break
    assert [batch[0].item() for batch in loader] == list(range(0, 20, 2))


def test_out_of_order_all_batches_come():
    loader = DataLoader(range(20), 2, num_workers=2, in_order=False)
    assert sorted(batch[0].item() for batch in loader) == list(range(0, 20, 2))


@pytest.mark.parametrize(("trouble", "error"), [
    (raise_value_error, ValueError), (raise_key_error, KeyError), (raise_demanding, RuntimeError)])
def test_an_exception_arrives_with_the_workers_traceback(trouble, error):
    with pytest.raises(error, match=rf"(?s)in DataLoader worker process 0.*Original Traceback.*in {trouble.__name__}"):
        list(DataLoader(Troubled(trouble), 2, num_workers=2, collate_fn=list))


def test_loading_goes_on_after_an_exception():
    passing = iter(DataLoader(Troubled(raise_value_error), 2, num_workers=2))
    assert [next(passing)[0].item() for _ in range(2)] == [0, 2]
    with pytest.raises(ValueError, match="sample 5 is broken"):
        next(passing)
    assert [batch[0].item() for batch in passing] == [6, 8]


@pytest.mark.parametrize(("trouble", "message"), [
    (exit_at_once, r"pid\(s\) \d+\) exited unexpectedly with exit code 3"), (kill, "killed by SIGKILL")])
def test_a_dead_worker_is_an_error_at_once(trouble, message):
    start = time.monotonic()
    with pytest.raises(RuntimeError, match=message):
        list(DataLoader(Troubled(trouble), 2, num_workers=2))
    assert time.monotonic() - start < 5


def test_persistent_workers_are_replaced_when_one_died():
    loader = DataLoader(Troubled(exit_at_once), 2, num_workers=1, persistent_workers=True)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="exited unexpectedly"):
            list(loader)


def test_a_batch_may_take_too_long():
    with pytest.raises(RuntimeError, match=r"DataLoader timed out after 0\.2 seconds"):
        list(DataLoader(Troubled(sleep), 2, num_workers=1, timeout=0.2))


def test_what_prepares_a_worker_may_fail():
    with pytest.raises(RuntimeError, match="(?s)worker process 0.*no disk"):
        list(DataLoader(range(4), num_workers=1, worker_init_fn=fail))


def test_a_batch_that_cannot_be_sent_is_an_error():
    with pytest.raises(RuntimeError, match="does not pickle"):
        list(DataLoader(range(4), num_workers=1, collate_fn=unpicklable))


def test_workers_end_with_the_pass_and_with_its_iterator():
    passing = iter(DataLoader(range(100), num_workers=2))
    next(passing)
    workers = list(passing._crew.processes)
    assert all(worker.is_alive() for worker in workers)
    del passing
    assert not any(worker.is_alive() for worker in workers)


def test_in_the_main_process_there_is_no_worker_info():
    assert get_worker_info() is None


LOOP = """
import signal, sys, time
from flambeau.utils.data import DataLoader
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell has what it runs in the background ignore Ctrl-C
    loader = iter(DataLoader(range(1000), num_workers=2, persistent_workers=True))
    next(loader)
    print(*[worker.pid for worker in loader._crew.processes], flush=True)
    time.sleep(float(sys.argv[1]))
"""


def started(tmp_path, seconds):
    """Start a program that has workers; return it and their numbers."""
    script = tmp_path / "loop.py"
    script.write_text(LOOP)
    program = subprocess.Popen([sys.executable, "-W", "ignore", str(script), str(seconds)], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, start_new_session=True,
                               env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    return program, [int(pid) for pid in program.stdout.readline().split()]


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks for processes in /proc")
@pytest.mark.parametrize("end", ["exit", "ctrl-c", "kill"])
def test_no_worker_outlives_the_program(tmp_path, end):
    program, workers = started(tmp_path, 0 if end == "exit" else 60)
    assert len(workers) == 2
    if end != "exit":
        os.killpg(program.pid, signal.SIGINT) if end == "ctrl-c" else program.kill()
    with program:
        program.wait(20)
    for _ in range(50):
        if not any(map(is_running, workers)):
            return
        time.sleep(0.1)
    pytest.fail(f"workers {workers} are still there")
