"""A sampler for programs that run several times at once, each on its share of the samples."""
from __future__ import annotations

import math
from collections.abc import Iterator, Sized
from typing import Any

from flambeau.utils.data.sampler import Sampler


class DistributedSampler(Sampler[int]):
    """Every `num_replicas`-th sample from the `rank`-th on; each replica gets as many, some twice unless `drop_last`.

    With `shuffle` the order follows from `seed` and from the epoch that `set_epoch` was told, in all replicas alike.
    """

    def __init__(self, dataset: Sized, num_replicas: int | None = None, rank: int | None = None, shuffle: bool = True,
                 seed: int = 0, drop_last: bool = False) -> None:
        if num_replicas is None or rank is None:
            raise RuntimeError("Requires distributed package to be available: there is no process group to ask; pass "
                               "num_replicas and rank")
        if not 0 <= rank < num_replicas:
            raise ValueError(f"Invalid rank {rank}, rank should be in the interval [0, {num_replicas - 1}]")
        self.dataset = dataset
        self.num_replicas = num_replicas
        self.rank = rank
        self.epoch = 0
        self.shuffle = shuffle
        self.seed = seed
        self.drop_last = drop_last
        size = len(dataset)
        self.num_samples = size // num_replicas if drop_last else math.ceil(size / num_replicas)
        self.total_size = self.num_samples * num_replicas

    def __iter__(self) -> Iterator[int]:
        order = self._order()
        missing = self.total_size - len(order)
        order += (order * math.ceil(missing / len(order)))[:missing] if missing > 0 else []
        return iter(order[self.rank:self.total_size:self.num_replicas])

    def _order(self) -> list[Any]:
        from flambeau.core.random import Generator
        from flambeau.ops.random import randperm

        size = len(self.dataset)
        if not self.shuffle:
            return list(range(size))
        order: list[Any] = randperm(size, generator=Generator().manual_seed(self.seed + self.epoch)).tolist()
        return order

    def __len__(self) -> int:
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Choose the order of the next pass; without it all passes have the same."""
        self.epoch = epoch
