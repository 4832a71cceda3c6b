"""What runs in a worker of a DataLoader: a process, or a thread."""
from __future__ import annotations

import os
import random
import signal
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import numpy

from flambeau.core import random as core_random
from flambeau.core.threads import set_num_threads
from flambeau.utils.data import blocks
from flambeau.utils.data.dataset import IterableDataset


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """Which worker this process or thread is: its number, how many there are, its seed, and its dataset."""

    id: int
    num_workers: int
    seed: int
    dataset: Any
    worker_method: str = "multiprocessing"  # or "thread"


@dataclass(frozen=True)
class Job:
    """What a worker is told at its start."""

    recipe: Any  # a `Recipe`, or what unpickles as one
    id: int
    num_workers: int
    base_seed: int
    init_fn: Any
    kind: str = "process"


@dataclass(frozen=True)
class Failure:
    """An exception in a worker, on its way to the loader."""

    kind: type[BaseException]
    text: str

    @classmethod
    def caught(cls, error: Exception, job: Job) -> Failure:
        where = f"Caught {type(error).__name__} in DataLoader worker {job.kind} {job.id}."
        return cls(type(error), f"{where}\nOriginal {traceback.format_exc()}")

    def reraise(self) -> None:
        """Raise an exception of the same class whose message is the worker's traceback."""
        text: Any = _Verbatim(self.text) if issubclass(self.kind, KeyError) else self.text
        try:
            error = self.kind(text)
        except Exception:  # noqa: BLE001  a class that wants other arguments may raise anything
            error = RuntimeError(text)
        raise error


class _Verbatim(str):
    """A message that KeyError, which shows the repr of its argument, shows line by line."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Ended:
    """Stands for a batch where an iterable dataset has no more."""


class _Here(threading.local):
    info: WorkerInfo | None = None


_here = _Here()


def get_worker_info() -> WorkerInfo | None:
    """Return which worker this is; None in the main process."""
    return _here.info


def run(connection: Any, job: Job, inherited: list[Any]) -> None:
    """Be a worker process: answer tasks from the loader until it says stop, or goes away.

    `inherited` are the loader's ends of lines, which a forked process has too: while it holds them, nobody learns that the
    loader is gone.
    """
    for line in inherited:
        line.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the loader ends its workers itself
    tasks: SimpleQueue[Any] = SimpleQueue()
    freed: SimpleQueue[list[int]] = SimpleQueue()
    packer = blocks.Packer()
    threading.Thread(target=_listen, args=(connection, tasks, freed), daemon=True).start()

    def give(current: int, number: int, batch: Any) -> bool:
        while not freed.empty():
            packer.released(freed.get())
        return _send(connection, packer, (current, number), batch, job)

    random.seed(job.base_seed + job.id)
    _seed_numpy(job)
    core_random.manual_seed(job.base_seed + job.id)
    answer(tasks.get, give, job)


def answer(take: Callable[[], Any], give: Callable[[int, int, Any], bool], job: Job) -> None:
    """Make batches until there is no more to do, or nobody to give them to.

    A task is (number, index) and is answered by (pass, number, batch). A number alone starts that pass over the dataset;
    None is the end.
    """
    fetch, failure = _prepared(job)
    current = 0
    while (task := take()) is not None:
        if isinstance(task, int):
            current, (fetch, failure) = task, _fetcher(job)
            continue
        number, index = task
        batch, failure = (failure, None) if failure is not None else (_batch(fetch, index, job), None)
        if not give(current, number, batch):
            return


def _listen(connection: Any, tasks: SimpleQueue[Any], freed: SimpleQueue[list[int]]) -> None:
    """Take tasks off the line, so that the loader never waits to hand one over; leave when the loader is gone."""
    while True:
        try:
            task, numbers = connection.recv()
        except (EOFError, OSError):
            os._exit(1)
        freed.put(numbers)
        tasks.put(task)
        if task is None:
            return


def _prepared(job: Job) -> tuple[Any, Failure | None]:
    """Say who this worker is and let the user prepare it."""
    method = "thread" if job.kind == "thread" else "multiprocessing"
    _here.info = WorkerInfo(job.id, job.num_workers, job.base_seed + job.id, job.recipe.dataset, method)
    if method == "multiprocessing":
        set_num_threads(1)  # workers share the cores among them
    try:
        if job.init_fn is not None:
            job.init_fn(job.id)
    except Exception as error:  # noqa: BLE001  all of them are the caller's
        return None, Failure.caught(error, job)
    return _fetcher(job)


def _seed_numpy(job: Job) -> None:
    """Seed NumPy's global generator as PyTorch does."""
    entropy = [job.id, job.base_seed & 0xFFFFFFFF, job.base_seed >> 32, 0]
    numpy.random.seed(numpy.random.SeedSequence(entropy).generate_state(4))


def _fetcher(job: Job) -> tuple[Any, Failure | None]:
    try:
        return job.recipe.fetcher(), None
    except Exception as error:  # noqa: BLE001  all of them are the caller's
        return None, Failure.caught(error, job)


def _batch(fetch: Any, index: Any, job: Job) -> Any:
    try:
        return fetch(index)
    except StopIteration as error:
        return Ended() if isinstance(job.recipe.dataset, IterableDataset) else Failure.caught(error, job)
    except Exception as error:  # noqa: BLE001  all of them are the caller's
        return Failure.caught(error, job)


def _send(connection: Any, packer: blocks.Packer, which: tuple[int, int], batch: Any, job: Job) -> bool:
    """Send an answer, or why it cannot be sent; say whether anybody is there to take it."""
    try:
        if blocks.ARE_AVAILABLE:
            parcel, descriptor = packer.pack(batch)
            blocks.send(connection, (*which, parcel), descriptor)
        else:
            connection.send((*which, batch))
    except (BrokenPipeError, ConnectionResetError):
        return False
    except Exception as error:  # noqa: BLE001  a batch, or an exception's class, that does not pickle
        text = batch.text if isinstance(batch, Failure) else (
            "A batch cannot be sent from its worker: it holds something that does not pickle. Return tensors and plain "
            f"values from the dataset and collate_fn.\n{Failure.caught(error, job).text}")
        connection.send((*which, Failure(RuntimeError, text)))
    return True
