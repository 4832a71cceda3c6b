"""The pool of threads that kernels share."""
from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading

import numpy
import pytest

import flambeau as torch
from flambeau.kernels.cpu.native import native

pytestmark = pytest.mark.skipif(native is None, reason="the extension is not built")
LARGE = numpy.linspace(-1, 1, 1_000_003, dtype=numpy.float32)


def right(array: numpy.ndarray = LARGE) -> bool:
    return numpy.array_equal(native.relu(array), numpy.maximum(array, 0))


@pytest.fixture(autouse=True)
def as_before():
    count = torch.get_num_threads()
    yield
    torch.set_num_threads(count)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 64])
def test_any_number_of_threads_gives_the_same(count: int) -> None:
    torch.set_num_threads(count)
    assert torch.get_num_threads() == native.thread_count() == count
    assert all(right() for _ in range(20))


def test_work_from_several_python_threads_at_once_is_right() -> None:
    torch.set_num_threads(4)
    found: list[bool] = []
    users = [threading.Thread(target=lambda: found.extend(right() for _ in range(50))) for _ in range(4)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    assert found == [True] * 200


def _in_child(found) -> None:
    found.put(all(right() for _ in range(20)))


def test_a_forked_child_computes_on_and_so_does_its_parent() -> None:
    torch.set_num_threads(3)
    assert right()
    context = multiprocessing.get_context("fork")
    found = context.Queue()
    children = [context.Process(target=_in_child, args=(found,)) for _ in range(3)]
    for child in children:
        child.start()
    assert right()
    assert [found.get(timeout=60) for _ in children] == [True] * 3
    for child in children:
        child.join(60)
        assert child.exitcode == 0
    assert right()


def asked(**environment: str) -> int:
    code = "import flambeau as torch; torch.relu(torch.ones(2)); print(torch.get_num_threads())"
    clean = {key: value for key, value in os.environ.items() if not key.endswith("_NUM_THREADS")}
    return int(subprocess.run([sys.executable, "-c", code], env={**clean, **environment}, check=True, capture_output=True,
                              text=True).stdout)


def test_the_environment_says_how_many_threads() -> None:
    assert asked(OMP_NUM_THREADS="3") == 3
    assert asked(OMP_NUM_THREADS="3", FLAMBEAU_NUM_THREADS="2") == 2
    assert asked(OMP_NUM_THREADS="5,2") == 5
    assert asked(OMP_NUM_THREADS="many") == asked()


def test_workers_of_a_loader_use_one_thread() -> None:
    class Threads(torch.utils.data.Dataset):
        def __len__(self) -> int:
            return 2

        def __getitem__(self, index: int) -> int:
            return torch.get_num_threads()

    loader = torch.utils.data.DataLoader(Threads(), num_workers=2)
    assert [int(batch) for batch in loader] == [1, 1]
