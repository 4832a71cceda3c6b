"""Steps of samples that come one after the other."""
from __future__ import annotations

import copy
import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flambeau.utils.data.collate import default_collate
from flambeau.utils.data.datapipes.datapipe import DataChunk, IterDataPipe
from flambeau.utils.data.datapipes.decorators import functional_datapipe
from flambeau.utils.data.sampler import SequentialSampler, draw_seed


class IterableWrapper(IterDataPipe):
    """The items of an iterable; of a copy of it, unless `deepcopy=False`."""

    def __init__(self, iterable: Iterable[Any], deepcopy: bool = True) -> None:
        self.iterable, self.deepcopy = iterable, deepcopy

    def __iter__(self) -> Iterator[Any]:
        yield from copy.deepcopy(self.iterable) if self.deepcopy else self.iterable

    def __len__(self) -> int:
        return len(self.iterable)  # type: ignore[arg-type]


class _OfOne(IterDataPipe):
    """A step after one other, of the same length."""

    def __init__(self, datapipe: Any) -> None:
        self.datapipe = datapipe

    def __len__(self) -> int:
        return len(self.datapipe)


@functional_datapipe("map")
class Mapper(_OfOne):
    """`fn` of each sample; of its column `input_col` (or columns), and put into `output_col`, where these are given."""

    def __init__(self, datapipe: Any, fn: Callable[..., Any], input_col: Any = None, output_col: Any = None) -> None:
        super().__init__(datapipe)
        if input_col is None and output_col is not None:
            raise ValueError("`output_col` must be None when `input_col` is None.")
        self.fn, self.input_col, self.output_col = fn, input_col, output_col

    def __iter__(self) -> Iterator[Any]:
        return map(self._changed, self.datapipe)

    def _changed(self, sample: Any) -> Any:
        if self.input_col is None:
            return self.fn(sample)
        result = self.fn(*_columns(sample, self.input_col))
        target = self.input_col if self.output_col is None else self.output_col
        changed = list(sample) if isinstance(sample, tuple) else copy.copy(sample)
        if isinstance(target, list | tuple):
            if self.output_col is None:
                changed[target[0]] = result
                for column in sorted(target[1:], reverse=True):
                    del changed[column]
            else:
                changed[target[0]] = result
        elif target == -1 and self.output_col is not None:
            changed.append(result)
        else:
            changed[target] = result
        return tuple(changed) if isinstance(sample, tuple) else changed


def _columns(sample: Any, columns: Any) -> list[Any]:
    return [sample[column] for column in columns] if isinstance(columns, list | tuple) else [sample[columns]]


@functional_datapipe("filter")
class Filter(IterDataPipe):
    """The samples (or of each its column `input_col`) for which `filter_fn` says True."""

    def __init__(self, datapipe: Any, filter_fn: Callable[..., Any], input_col: Any = None) -> None:
        self.datapipe, self.filter_fn, self.input_col = datapipe, filter_fn, input_col

    def __iter__(self) -> Iterator[Any]:
        for sample in self.datapipe:
            keep = self.filter_fn(*([sample] if self.input_col is None else _columns(sample, self.input_col)))
            if not isinstance(keep, bool) and getattr(keep, "dtype", None) is None:
                raise ValueError(f"Boolean output is required for `filter_fn` of FilterIterDataPipe, got {type(keep)}")
            if keep:
                yield sample


@functional_datapipe("batch")
class Batcher(IterDataPipe):
    """Samples in lists of `batch_size`."""

    def __init__(self, datapipe: Any, batch_size: int, drop_last: bool = False, wrapper_class: type = DataChunk) -> None:
        assert batch_size > 0, "Batch size is required to be larger than 0!"
        self.datapipe, self.batch_size = datapipe, batch_size
        self.drop_last, self.wrapper_class = drop_last, wrapper_class

    def __iter__(self) -> Iterator[Any]:
        samples = iter(self.datapipe)
        while batch := list(itertools.islice(samples, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield self.wrapper_class(batch)

    def __len__(self) -> int:
        count = len(self.datapipe)
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


@functional_datapipe("unbatch")
class UnBatcher(IterDataPipe):
    """The samples of batches; of batches within batches as many levels down as `unbatch_level` says, or all for -1."""

    def __init__(self, datapipe: Any, unbatch_level: int = 1) -> None:
        if unbatch_level < -1:
            raise ValueError("unbatch_level must be -1 or >= 0")
        self.datapipe, self.unbatch_level = datapipe, unbatch_level

    def __iter__(self) -> Iterator[Any]:
        for sample in self.datapipe:
            yield from _flat(sample, self.unbatch_level)


def _flat(sample: Any, levels: int) -> Iterator[Any]:
    if levels == 0 or levels == -1 and not isinstance(sample, list):
        yield sample
        return
    if not isinstance(sample, list):
        raise IndexError(f"unbatch_level {levels} exceeds the depth of the DataPipe")
    for part in sample:
        yield from _flat(part, levels if levels == -1 else levels - 1)


@functional_datapipe("collate")
class Collator(_OfOne):
    """Batches made into tensors by `collate_fn`."""

    def __init__(self, datapipe: Any, conversion: Any = None, collate_fn: Callable[[Any], Any] | None = None) -> None:
        super().__init__(datapipe)
        self.collate_fn = collate_fn or (conversion if callable(conversion) else default_collate)

    def __iter__(self) -> Iterator[Any]:
        return map(self.collate_fn, self.datapipe)


@functional_datapipe("shuffle")
class Shuffler(_OfOne):
    """Samples mixed, as far as a buffer of `buffer_size` allows; in the order that PyTorch's seed gives."""

    def __init__(self, datapipe: Any, *, buffer_size: int = 10000, unbatch_level: int = 0) -> None:
        if buffer_size <= 0:
            raise ValueError("buffer_size should be larger than 0")
        super().__init__(datapipe if unbatch_level == 0 else UnBatcher(datapipe, unbatch_level))
        self.buffer_size = buffer_size
        self._enabled, self._seed = True, None

    def set_shuffle(self, shuffle: bool = True) -> Shuffler:
        self._enabled = shuffle
        return self

    def set_seed(self, seed: int) -> Shuffler:
        self._seed = seed  # type: ignore[assignment]
        return self

    def __iter__(self) -> Iterator[Any]:
        if not self._enabled:
            yield from self.datapipe
            return
        dice = random.Random(draw_seed(None) if self._seed is None else self._seed)
        self._seed = None
        buffer: list[Any] = []
        for sample in self.datapipe:
            if len(buffer) < self.buffer_size:
                buffer.append(sample)
                continue
            place = dice.randint(0, len(buffer) - 1)
            buffer[place], drawn = sample, buffer[place]
            yield drawn
        while buffer:
            yield buffer.pop(dice.randint(0, len(buffer) - 1))


@functional_datapipe("concat")
class Concater(IterDataPipe):
    """One pipe after the other."""

    def __init__(self, *datapipes: Any) -> None:
        _refuse_none(datapipes)
        self.datapipes = datapipes

    def __iter__(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(self.datapipes)

    def __len__(self) -> int:
        return sum(map(len, self.datapipes))


@functional_datapipe("zip")
class Zipper(Concater):
    """Tuples of a sample from each pipe, as long as all have one."""

    def __iter__(self) -> Iterator[Any]:
        return zip(*self.datapipes, strict=False)

    def __len__(self) -> int:
        return min(map(len, self.datapipes))


@functional_datapipe("mux")
class Multiplexer(Concater):
    """A sample from each pipe in turn, until the first has no more."""

    def __iter__(self) -> Iterator[Any]:
        return itertools.chain.from_iterable(zip(*self.datapipes, strict=False))

    def __len__(self) -> int:
        return min(map(len, self.datapipes)) * len(self.datapipes)


def _refuse_none(datapipes: tuple[Any, ...]) -> None:
    if not datapipes:
        raise ValueError("Expected at least one DataPipe, but got nothing")
    if not all(isinstance(pipe, IterDataPipe) for pipe in datapipes):
        raise TypeError("Expected all inputs to be `IterDataPipe`")


@functional_datapipe("groupby")
class Grouper(IterDataPipe):
    """Batches of samples of one key; a group is handed out when it is full, the rest at the end."""

    def __init__(self, datapipe: Any, group_key_fn: Callable[[Any], Any], *, group_size: int | None = None,
                 drop_remaining: bool = False) -> None:
        self.datapipe, self.group_key_fn = datapipe, group_key_fn
        self.group_size, self.drop_remaining = group_size, drop_remaining

    def __iter__(self) -> Iterator[Any]:
        groups: defaultdict[Any, list[Any]] = defaultdict(list)
        for sample in self.datapipe:
            key = self.group_key_fn(sample)
            groups[key].append(sample)
            if self.group_size is not None and len(groups[key]) == self.group_size:
                yield DataChunk(groups.pop(key))
        if not self.drop_remaining:
            yield from map(DataChunk, groups.values())


@functional_datapipe("sharding_filter")
class ShardingFilter(IterDataPipe):
    """Every n-th sample: those of one worker, or process, out of n."""

    def __init__(self, source_datapipe: Any, sharding_group_filter: Any = None) -> None:
        self.source_datapipe = source_datapipe
        self.num_of_instances, self.instance_id = 1, 0

    def is_shardable(self) -> bool:
        return True

    def apply_sharding(self, num_of_instances: int, instance_id: int, sharding_group: Any = None) -> None:
        if instance_id >= num_of_instances:
            raise ValueError(f"instance_id({instance_id}) should be smaller than num_of_instances({num_of_instances})")
        self.num_of_instances, self.instance_id = num_of_instances, instance_id

    def __iter__(self) -> Iterator[Any]:
        return itertools.islice(iter(self.source_datapipe), self.instance_id, None, self.num_of_instances)

    def __len__(self) -> int:
        return (len(self.source_datapipe) - self.instance_id + self.num_of_instances - 1) // self.num_of_instances


class Sampler(IterDataPipe):
    """The samples of a dataset in the order of a sampler."""

    def __init__(self, datapipe: Any, sampler: type = SequentialSampler, sampler_args: Any = None,
                 sampler_kwargs: dict[str, Any] | None = None) -> None:
        self.datapipe = datapipe
        self.sampler = sampler(*(sampler_args or ()), data_source=datapipe, **(sampler_kwargs or {}))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.sampler)

    def __len__(self) -> int:
        return len(self.sampler)
