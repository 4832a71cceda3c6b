"""What runs in a worker process of a DataLoader."""
from __future__ import annotations

import os
import random
import signal
import threading
import traceback
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import numpy

from flambeau.utils.data.dataset import IterableDataset
from flambeau.utils.data.fetch import Recipe


@dataclass(frozen=True, slots=True)
class WorkerInfo:
    """Which worker this process is: its number, how many there are, its seed, and its copy of the dataset."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


@dataclass(frozen=True)
class Job:
    """What a worker is told at its start."""

    recipe: Recipe
    id: int
    num_workers: int
    base_seed: int
    init_fn: Any


@dataclass(frozen=True)
class Failure:
    """An exception in a worker, on its way to the loader."""

    kind: type[BaseException]
    text: str

    @classmethod
    def caught(cls, error: Exception, worker: int) -> Failure:
        where = f"Caught {type(error).__name__} in DataLoader worker process {worker}."
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


_info: WorkerInfo | None = None


def get_worker_info() -> WorkerInfo | None:
    """Return which worker this process is; None in the main process."""
    return _info


def run(connection: Any, job: Job, inherited: list[Any]) -> None:
    """Answer tasks from the loader until it says stop, or goes away.

    A task is (number, index) and is answered by (pass, number, batch). A number alone starts that pass over the dataset;
    None is the end. `inherited` are the loader's ends of lines, which a forked process has too: while it holds them,
    nobody learns that the loader is gone.
    """
    for line in inherited:
        line.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the loader ends its workers itself
    tasks: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_listen, args=(connection, tasks), daemon=True).start()
    fetch, failure = _prepared(job)
    current = 0
    while (task := tasks.get()) is not None:
        if isinstance(task, int):
            current, (fetch, failure) = task, _fetcher(job)
            continue
        number, index = task
        batch, failure = (failure, None) if failure is not None else (_batch(fetch, index, job), None)
        if not _send(connection, current, number, batch, job):
            return


def _listen(connection: Any, tasks: SimpleQueue[Any]) -> None:
    """Take tasks off the line, so that the loader never waits to hand one over; leave when the loader is gone."""
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            os._exit(1)
        tasks.put(task)
        if task is None:
            return


def _prepared(job: Job) -> tuple[Any, Failure | None]:
    """Seed this process as PyTorch does and let the user prepare it."""
    global _info
    seed = job.base_seed + job.id
    _seed_everything(seed, job)
    _info = WorkerInfo(job.id, job.num_workers, seed, job.recipe.dataset)
    try:
        if job.init_fn is not None:
            job.init_fn(job.id)
    except Exception as error:  # noqa: BLE001  all of them are the caller's
        return None, Failure.caught(error, job.id)
    return _fetcher(job)


def _seed_everything(seed: int, job: Job) -> None:
    from flambeau.core.random import manual_seed

    random.seed(seed)
    manual_seed(seed)
    entropy = [job.id, job.base_seed & 0xFFFFFFFF, job.base_seed >> 32, 0]
    numpy.random.seed(numpy.random.SeedSequence(entropy).generate_state(4))


def _fetcher(job: Job) -> tuple[Any, Failure | None]:
    try:
        return job.recipe.fetcher(), None
    except Exception as error:  # noqa: BLE001  all of them are the caller's
        return None, Failure.caught(error, job.id)


def _batch(fetch: Any, index: Any, job: Job) -> Any:
    try:
        return fetch(index)
    except StopIteration as error:
        return Ended() if isinstance(job.recipe.dataset, IterableDataset) else Failure.caught(error, job.id)
    except Exception as error:  # noqa: BLE001  all of them are the caller's
        return Failure.caught(error, job.id)


def _send(connection: Any, current: int, number: int, batch: Any, job: Job) -> bool:
    """Send an answer, or why it cannot be sent; say whether anybody is there to take it."""
    try:
        connection.send((current, number, batch))
    except (BrokenPipeError, ConnectionResetError):
        return False
    except Exception as error:  # noqa: BLE001  a batch, or an exception's class, that does not pickle
        text = batch.text if isinstance(batch, Failure) else (
            "A batch cannot be sent from its worker: it holds something that does not pickle. Return tensors and plain "
            f"values from the dataset and collate_fn.\n{Failure.caught(error, job.id).text}")
        connection.send((current, number, Failure(RuntimeError, text)))
    return True
