"""`DataLoader`: batches from a dataset."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from flambeau.utils.data.collate import default_collate, default_convert
from flambeau.utils.data.dataset import Dataset, IterableDataset
from flambeau.utils.data.fetch import Recipe
from flambeau.utils.data.iterators import InProcess, LoaderIterator, WithWorkers
from flambeau.utils.data.sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler

Sample_co = TypeVar("Sample_co", covariant=True)

_FIXED = frozenset({"batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers"})


class _DatasetKind:
    """Whether samples are asked for by number or come one after the other. Libraries around PyTorch look at this."""

    Map, Iterable = 0, 1


class DataLoader(Generic[Sample_co]):
    """Iterates over a dataset in batches, each pass anew.

    `shuffle` mixes the samples, `sampler` or `batch_sampler` say exactly which ones; `batch_size=None` yields single
    samples. `collate_fn` makes a batch of a list of samples. `num_workers` processes make batches ahead, each
    `prefetch_factor` of them, in order unless `in_order=False`; `timeout` limits how long one batch may take. A worker is
    seeded with its own seed and may be prepared by `worker_init_fn(id)`; `persistent_workers` live on between passes.
    `pin_memory` is accepted; batches stay in ordinary memory.

    Two options are not in PyTorch. `transform` is called with each sample, and what it returns takes the sample's place.
    `worker_type="thread"` has threads do the workers' job: they start at once and share the dataset, and suit samples that
    are waited for or made by NumPy. `torch`'s random numbers are those of worker processes; the generators of `random` and
    NumPy are shared with the rest of the program.
    """

    _is_complete = False

    def __init__(
        self, dataset: Dataset[Sample_co], batch_size: int | None = 1, shuffle: bool | None = None,
        sampler: Sampler[Any] | Iterable[Any] | None = None,
        batch_sampler: Sampler[list[Any]] | Iterable[list[Any]] | None = None, num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None, pin_memory: bool = False, drop_last: bool = False,
        timeout: float = 0, worker_init_fn: Callable[[int], None] | None = None, multiprocessing_context: Any = None,
        generator: Any = None, *, prefetch_factor: int | None = None, persistent_workers: bool = False,
        pin_memory_device: str = "", in_order: bool = True, transform: Callable[[Any], Any] | None = None,
        worker_type: str = "process",
    ) -> None:
        _check_worker_options(num_workers, timeout, prefetch_factor, persistent_workers)
        _check_order_options(isinstance(dataset, IterableDataset), batch_size, shuffle, sampler, batch_sampler, drop_last)
        self.dataset = dataset
        self.num_workers = num_workers
        self.prefetch_factor = 2 if num_workers > 0 and prefetch_factor is None else prefetch_factor
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        if worker_type not in ("process", "thread"):
            raise ValueError(f"worker_type must be 'process' or 'thread', not {worker_type!r}")
        self.worker_type = worker_type
        self.multiprocessing_context = _context(multiprocessing_context, num_workers)
        self.in_order = in_order
        self.generator = generator
        self.persistent_workers = persistent_workers
        self.transform = transform
        self.sampler = self._default_sampler(shuffle) if sampler is None else sampler
        self.batch_size = None if batch_sampler is not None else batch_size
        self.drop_last = drop_last
        if batch_sampler is None and batch_size is not None:
            batch_sampler = BatchSampler(self.sampler, batch_size, drop_last)
        self.batch_sampler = batch_sampler
        self.collate_fn = collate_fn or (default_collate if self._auto_collation else default_convert)
        self._iterator: WithWorkers | None = None
        self._reported_length: int | None = None  # of an iterable dataset, once it was asked for
        self._is_complete = True

    def _default_sampler(self, shuffle: bool | None) -> Any:
        if isinstance(self.dataset, IterableDataset):
            return _Endless()
        if shuffle:
            return RandomSampler(self.dataset, generator=self.generator)  # type: ignore[arg-type]  # these have lengths
        return SequentialSampler(self.dataset)  # type: ignore[arg-type]  # these have lengths

    def __setattr__(self, name: str, value: Any) -> None:
        if self._is_complete and name in _FIXED:
            raise ValueError(f"{name} attribute should not be set after {type(self).__name__} is initialized")
        super().__setattr__(name, value)

    def __iter__(self) -> LoaderIterator:
        if self.num_workers == 0:
            return InProcess(self)
        _warn_of_many_workers(self.num_workers)
        if not self.persistent_workers:
            return WithWorkers(self)
        if self._iterator is None or not self._iterator.is_alive:
            self._iterator = WithWorkers(self)
            return self._iterator
        return self._iterator.restart()

    @property
    def _dataset_kind(self) -> int:
        return _DatasetKind.Iterable if isinstance(self.dataset, IterableDataset) else _DatasetKind.Map

    @property
    def _auto_collation(self) -> bool:
        return self.batch_sampler is not None

    @property
    def _index_sampler(self) -> Any:
        """What is gone through in a pass: lists of numbers, or single ones."""
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def _recipe(self) -> Recipe:
        return Recipe(self.dataset, self._auto_collation, self.collate_fn, self.drop_last, self.transform)

    def __len__(self) -> int:
        if not isinstance(self.dataset, IterableDataset):
            return len(self._index_sampler)
        length = len(self.dataset)  # type: ignore[arg-type]  # those without raise TypeError
        if self.batch_size is not None:
            length = length // self.batch_size if self.drop_last else -(-length // self.batch_size)
        self._reported_length = length
        return length


class _Endless(Sampler[None]):
    """Yields None for ever: an iterable dataset itself knows where it ends."""

    def __iter__(self) -> Iterator[None]:
        while True:
            yield None


def _check_worker_options(num_workers: int, timeout: float, prefetch_factor: int | None, persistent: bool) -> None:
    if num_workers < 0:
        raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
    if timeout < 0:
        raise ValueError("timeout option should be non-negative")
    if num_workers == 0 and prefetch_factor is not None:
        raise ValueError("prefetch_factor option could only be specified in multiprocessing. let num_workers > 0 to enable "
                         "multiprocessing, otherwise set prefetch_factor to None.")
    if prefetch_factor is not None and prefetch_factor < 1:
        raise ValueError("prefetch_factor option should be non-negative, and at least 1 for a worker to have work")
    if persistent and num_workers == 0:
        raise ValueError("persistent_workers option needs num_workers > 0")


def _check_order_options(is_iterable: bool, batch_size: int | None, shuffle: bool | None, sampler: Any,
                         batch_sampler: Any, drop_last: bool) -> None:
    given = {"shuffle": shuffle or None, "sampler": sampler, "batch_sampler": batch_sampler}
    for name, value in given.items() if is_iterable else ():
        if value is not None:
            raise ValueError(f"DataLoader with IterableDataset: expected unspecified {name} option, but got "
                             f"{name}={value}")
    if sampler is not None and shuffle:
        raise ValueError("sampler option is mutually exclusive with shuffle")
    if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
        raise ValueError("batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last")
    if batch_size is None and drop_last:
        raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")


def _context(wanted: Any, num_workers: int) -> Any:
    """Return the way to start processes that was asked for; None is Python's default."""
    if wanted is None:
        return None
    import multiprocessing
    from multiprocessing.context import BaseContext

    if num_workers == 0:
        raise ValueError("multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got "
                         f"num_workers={num_workers}")
    methods = multiprocessing.get_all_start_methods()
    if isinstance(wanted, str) and wanted not in methods:
        raise ValueError(f"multiprocessing_context option should specify a valid start method in {methods!r}, but got "
                         f"multiprocessing_context={wanted!r}")
    if not isinstance(wanted, str | BaseContext):
        raise TypeError("multiprocessing_context option should be a valid context object or a string specifying the start "
                        f"method, but got multiprocessing_context={wanted}")
    return multiprocessing.get_context(wanted) if isinstance(wanted, str) else wanted


def _warn_of_many_workers(num_workers: int) -> None:
    import os
    import warnings

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if num_workers > cores:
        warnings.warn(f"This DataLoader will create {num_workers} worker processes in total. Our suggested max number of "
                      f"worker in current system is {cores}, which is smaller than what this DataLoader is going to "
                      "create.", stacklevel=3)
