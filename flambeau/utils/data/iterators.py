"""One pass of a DataLoader over its dataset: in this process, or with worker processes."""
from __future__ import annotations

import itertools
import warnings
import weakref
from typing import TYPE_CHECKING, Any

from flambeau.autograd import listeners
from flambeau.utils.data.sampler import draw_seed

if TYPE_CHECKING:
    from flambeau.utils.data.loader import DataLoader


class LoaderIterator:
    """Yields batches; a subclass adds `_next_batch`."""

    name_in_profiles: str  # PyTorch's class of this kind

    def __init__(self, loader: DataLoader[Any]) -> None:
        self._loader = loader
        self._indices = iter(loader._index_sampler)
        self._base_seed = draw_seed(loader.generator)  # even without workers, so that the same seed gives the same order
        self._yielded = 0
        if loader.pin_memory:
            _warn_of_pinning()

    def __iter__(self) -> LoaderIterator:
        return self

    def __next__(self) -> Any:
        if not listeners.count:
            return self._next()
        with listeners.span(f"enumerate(DataLoader)#{self.name_in_profiles}.__next__"):
            return self._next()

    def _next(self) -> Any:
        batch = self._next_batch()
        self._yielded += 1
        self._check_length()
        return batch

    def _next_batch(self) -> Any:
        raise NotImplementedError

    def __len__(self) -> int:
        return len(self._loader._index_sampler)

    def _check_length(self) -> None:
        """Warn of an iterable dataset that is longer than it says."""
        reported = self._loader._reported_length
        if reported is not None and self._yielded > reported:
            warnings.warn(f"Length of IterableDataset {self._loader.dataset} was reported to be {reported} (when accessing "
                          f"len(dataloader)), but {self._yielded} samples have been fetched. With several workers this "
                          "could be caused by each of them going through the whole dataset; see get_worker_info().",
                          stacklevel=3)


class InProcess(LoaderIterator):
    """Makes each batch when it is asked for."""

    name_in_profiles = "_SingleProcessDataLoaderIter"

    def __init__(self, loader: DataLoader[Any]) -> None:
        super().__init__(loader)
        if loader.timeout != 0:
            raise AssertionError("timeout is for workers; with num_workers=0 leave it at 0")
        self._fetch = loader._recipe().fetcher()

    def _next_batch(self) -> Any:
        return self._fetch(next(self._indices))


class WithWorkers(LoaderIterator):
    """Keeps workers busy with the next batches, and yields them in order."""

    name_in_profiles = "_MultiProcessingDataLoaderIter"

    def __init__(self, loader: DataLoader[Any]) -> None:
        from flambeau.utils.data.crew import Processes, Threads
        from flambeau.utils.data.worker import Job

        super().__init__(loader)
        recipe, count = loader._recipe(), loader.num_workers
        kind = loader.worker_type
        jobs = [Job(recipe, number, count, self._base_seed, loader.worker_init_fn, kind) for number in range(count)]
        self._crew = Threads(jobs) if kind == "thread" else Processes(jobs, loader.multiprocessing_context)
        self._close = weakref.finalize(self, self._crew.close)
        self._pass = 0
        self._begin()

    @property
    def is_alive(self) -> bool:
        """Whether the workers are there for another pass."""
        return self._close.alive

    def restart(self) -> WithWorkers:
        """Begin another pass with the same workers."""
        self._indices = iter(self._loader._index_sampler)
        self._yielded = 0
        self._pass += 1
        for number in range(self._loader.num_workers):
            self._crew.send(number, self._pass)
        self._begin()
        return self

    def _begin(self) -> None:
        count = self._loader.num_workers
        self._active = [True] * count  # who may have more of an iterable dataset
        self._turns = itertools.cycle(range(count))
        self._sent = self._due = 0  # how many tasks were given out; which is to be yielded next
        self._asked: dict[int, int] = {}  # number of a task -> worker
        self._answered: dict[int, Any] = {}  # number of a task -> batch
        for _ in range(count * self._loader.prefetch_factor):  # type: ignore[operator]  # set when there are workers
            self._give_out()

    def _give_out(self) -> None:
        """Give the next index to the next worker that can use it."""
        try:
            index = next(self._indices)
        except StopIteration:
            return
        for number in itertools.islice(self._turns, len(self._active)):
            if self._active[number]:
                self._crew.send(number, (self._sent, index))
                self._asked[self._sent] = number
                self._sent += 1
                return

    def _next_batch(self) -> Any:
        from flambeau.utils.data.worker import Failure

        try:
            number = self._ready()
        except RuntimeError:  # a worker is dead or too slow: do not wait for the others either
            self._crew.patience = 0.0
            self._close()
            raise
        if number is None:
            if not self._loader.persistent_workers:
                self._close()
            raise StopIteration
        batch = self._answered.pop(number)
        self._give_out()
        if isinstance(batch, Failure):
            batch.reraise()
        return batch

    def _ready(self) -> int | None:
        """Wait until the batch that is due is there, and return its number; None at the end."""
        while True:
            while self._due < self._sent and self._due not in self._asked and self._due not in self._answered:
                self._due += 1  # yielded already, or there was no such batch
            if self._due in self._answered:
                return self._due
            if self._answered and not self._loader.in_order:
                return next(number for number in self._answered)
            if not self._asked:
                return None
            self._take_answer()

    def _take_answer(self) -> None:
        from flambeau.utils.data.worker import Ended

        belongs_to, number, batch = self._crew.receive(self._loader.timeout)
        if belongs_to != self._pass:
            return  # of a pass that was left early
        worker = self._asked.pop(number)
        if isinstance(batch, Ended):
            self._active[worker] = False
            self._give_out()
        else:
            self._answered[number] = batch


def _warn_of_pinning() -> None:
    from flambeau.core.device import cuda_device_count

    if cuda_device_count() == 0:
        warnings.warn("'pin_memory' argument is set as true but no accelerator is found, then device pinned memory won't "
                      "be used.", stacklevel=4)
