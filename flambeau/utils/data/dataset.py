"""Datasets: things with samples, by number or one after the other."""
from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from flambeau.core.tensor import TensorBase

Sample_co = TypeVar("Sample_co", covariant=True)


class Dataset(Generic[Sample_co]):
    """Something with samples: a subclass adds `__getitem__(index)` and, for most loaders, `__len__`.

    It may add `__getitems__(indices)`, which returns the list of a batch's samples where that is faster.
    """

    def __getitem__(self, index: Any) -> Sample_co:
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __add__(self, other: Dataset[Any]) -> Dataset[Any]:
        return ConcatDataset([self, other])


class IterableDataset(Dataset[Sample_co], Iterable[Sample_co]):
    """Samples that come one after the other: a subclass adds `__iter__`.

    With several workers each has a copy; `get_worker_info()` says which part is whose.
    """

    def __add__(self, other: Dataset[Any]) -> ChainDataset:
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple[Any, ...]]):
    """Tensors of as many samples, the i-th sample being the tuple of their i-th rows.

    `transform` (not in PyTorch) is called with that tuple, and what it returns is the sample.
    """

    def __init__(self, *tensors: Any, transform: Callable[[Any], Any] | None = None) -> None:
        sizes = [tensor.size(0) for tensor in tensors]
        if len(set(sizes)) > 1:
            raise AssertionError(f"Size mismatch between tensors: they have {sizes} rows")
        self.tensors = tensors
        self.transform = transform

    def __getitem__(self, index: Any) -> Any:
        sample = tuple(tensor[index] for tensor in self.tensors)
        return sample if self.transform is None else self.transform(sample)

    def __len__(self) -> int:
        return int(self.tensors[0].size(0))


class StackDataset(Dataset[Any]):
    """Datasets of as many samples side by side: the i-th sample is the tuple of theirs, or a dict of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if args and kwargs:
            raise ValueError("Supported either ``tuple``- (via ``args``) or ``dict``- (via ``kwargs``) like input/output, "
                             "but both types are given.")
        if not args and not kwargs:
            raise ValueError("At least one dataset should be passed")
        self.datasets: tuple[Any, ...] | dict[str, Any] = args or kwargs
        sizes = [len(dataset) for dataset in self._each()]
        if len(set(sizes)) > 1:
            raise ValueError(f"Size mismatch between datasets: they have {sizes} samples")
        self._length = sizes[0]

    def _each(self) -> Iterable[Any]:
        return self.datasets.values() if isinstance(self.datasets, dict) else self.datasets

    def _joined(self, parts: Iterable[Any]) -> Any:
        return dict(zip(self.datasets, parts, strict=True)) if isinstance(self.datasets, dict) else tuple(parts)

    def __getitem__(self, index: Any) -> Any:
        return self._joined(dataset[index] for dataset in self._each())

    def __getitems__(self, indices: list[Any]) -> list[Any]:
        columns = [samples_of(dataset, indices) for dataset in self._each()]
        for column in columns:
            if len(column) != len(indices):
                raise ValueError("Nested dataset's output size mismatch. Expected "
                                 f"{len(indices)}, got {len(column)}")
        return [self._joined(row) for row in zip(*columns, strict=True)]

    def __len__(self) -> int:
        return self._length


class ConcatDataset(Dataset[Sample_co]):
    """Datasets one after the other."""

    @staticmethod
    def cumsum(sequence: Iterable[Any]) -> list[int]:
        """Return where each dataset ends."""
        return list(itertools.accumulate(len(dataset) for dataset in sequence))

    def __init__(self, datasets: Iterable[Dataset[Sample_co]]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise AssertionError("datasets should not be an empty iterable")
        if any(isinstance(dataset, IterableDataset) for dataset in self.datasets):
            raise AssertionError("ConcatDataset does not support IterableDataset; use ChainDataset")
        self.cumulative_sizes = self.cumsum(self.datasets)

    def __getitem__(self, idx: int) -> Sample_co:
        if idx < 0:
            if -idx > len(self):
                raise ValueError("absolute value of index should not exceed dataset length: "
                                 f"{idx} of {len(self)}")
            idx += len(self)
        place = bisect.bisect_right(self.cumulative_sizes, idx)
        return self.datasets[place][idx - (self.cumulative_sizes[place - 1] if place else 0)]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


class ChainDataset(IterableDataset[Any]):
    """Iterable datasets one after the other."""

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = datasets

    def _checked(self) -> Iterator[Any]:
        for dataset in self.datasets:
            if not isinstance(dataset, IterableDataset):
                raise AssertionError("ChainDataset only supports IterableDataset, not "  # noqa: TRY004
                                     f"{type(dataset).__name__}; use ConcatDataset")
            yield dataset

    def __iter__(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(self._checked())

    def __len__(self) -> int:
        return sum(len(dataset) for dataset in self._checked())


class Subset(Dataset[Sample_co]):
    """Some samples of a dataset, by their numbers."""

    def __init__(self, dataset: Dataset[Sample_co], indices: Sequence[int]) -> None:
        self.dataset = dataset
        self.indices = indices
        kind = type(self)
        if kind.__getitem__ is not Subset.__getitem__ and kind.__getitems__ is Subset.__getitems__:
            raise NotImplementedError(f"{kind.__name__} overrides __getitem__ but not __getitems__, which DataLoader "
                                      "calls; add: def __getitems__(self, indices): return [self[i] for i in indices]")

    def __getitem__(self, idx: Any) -> Sample_co:
        if isinstance(idx, list):
            return self.dataset[[self.indices[i] for i in idx]]
        return self.dataset[self.indices[idx]]

    def __getitems__(self, indices: list[int]) -> list[Any]:
        return samples_of(self.dataset, [self.indices[index] for index in indices])

    def __len__(self) -> int:
        return len(self.indices)


def samples_of(dataset: Any, indices: list[Any]) -> list[Any]:
    """Return several samples, all at once where the dataset can."""
    at_once = getattr(dataset, "__getitems__", None)
    samples: list[Any] = at_once(indices) if callable(at_once) else [dataset[index] for index in indices]
    return samples


def rows_of(dataset: Any, indices: list[Any]) -> list[Any] | None:
    """Return the batch of a plain TensorDataset, or of a Subset of one, by indexing each tensor once.

    None where that would not give what stacking gives: other classes, a transform, recorded gradients, other strides.
    """
    while type(dataset) is Subset:
        dataset, indices = dataset.dataset, [dataset.indices[index] for index in indices]
    if type(dataset) is not TensorDataset or dataset.transform is not None:
        return None
    for tensor in dataset.tensors:
        if type(tensor) is not TensorBase._public or tensor.requires_grad or not tensor.is_contiguous():
            return None
    return [tensor[indices] for tensor in dataset.tensors]


def random_split(dataset: Dataset[Sample_co], lengths: Sequence[int | float], generator: Any = None) -> list[Subset[Sample_co]]:
    """Deal the samples out at random, without repeats, into subsets of the given lengths or fractions.

    Raises ValueError unless the lengths add up to the dataset's, or the fractions to 1.
    """
    from flambeau.ops.random import randperm

    size = len(dataset)  # type: ignore[arg-type]  # a dataset to split has a length
    counts = _counts(size, lengths)
    if sum(counts) != size:
        raise ValueError("Sum of input lengths does not equal the length of the input dataset! "
                         f"{list(lengths)} add up to {sum(counts)}, not {size}")
    order = randperm(size, generator=generator).tolist()
    return [Subset(dataset, order[end - count:end])
            for end, count in zip(itertools.accumulate(counts), counts, strict=True)]


def _counts(size: int, lengths: Sequence[int | float]) -> list[int]:
    """Turn fractions into lengths, what is left over going to the first ones; leave lengths as they are."""
    import math
    import warnings

    if not (math.isclose(sum(lengths), 1) and sum(lengths) <= 1):
        return list(lengths)  # type: ignore[arg-type]  # whole numbers then
    for place, fraction in enumerate(lengths):
        if not 0 <= fraction <= 1:
            raise ValueError(f"Fraction at index {place} is not between 0 and 1")
    counts = [math.floor(size * fraction) for fraction in lengths]
    for extra in range(size - sum(counts)):
        counts[extra % len(counts)] += 1
    for place, count in enumerate(counts):
        if count == 0:
            warnings.warn(f"Length of split at index {place} is 0. This might result in an empty dataset.", stacklevel=3)
    return counts
