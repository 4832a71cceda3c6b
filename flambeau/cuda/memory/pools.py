"""Pools of their own for some tensors, and for graphs."""
from __future__ import annotations

import contextlib
import itertools
import weakref
from collections.abc import Iterator
from typing import Any

from flambeau.core import device as devices
from flambeau.core.gpu_memory import CountingAllocator
from flambeau.cuda.devices import device_count, needed_for, present
from flambeau.cuda.memory.amounts import allocator as counting_allocator

PoolId = tuple[int, int]

_numbers = itertools.count(1)
_pools: weakref.WeakValueDictionary[PoolId, PrivatePool] = weakref.WeakValueDictionary()


def new_id() -> PoolId:
    return 0, next(_numbers)


class PrivatePool:
    """A pool whose memory serves nothing but the work done within `in_use()`, as long as the pool lives."""

    def __init__(self, id: PoolId, source: Any = None) -> None:
        """`source`: a function as CuPy's pools have, where blocks come from; by default the driver."""
        self.id = id
        self._inner = devices.cupy().cuda.MemoryPool(source) if source is not None else devices.cupy().cuda.MemoryPool()
        self.uses = 0
        owner = counting_allocator()
        owner.pools.append(self._inner)
        self._malloc = owner.counted(self._inner.malloc)
        weakref.finalize(self, _forget, owner, self._inner)
        _pools[id] = self

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Take all memory from here that this thread asks for within the block."""
        self.uses += 1
        try:
            with devices.cupy().cuda.using_allocator(self._malloc):
                yield
        finally:
            self.uses -= 1


def _forget(owner: CountingAllocator, pool: Any) -> None:
    owner.pools[:] = [other for other in owner.pools if other is not pool]


def pool_with(id: PoolId) -> PrivatePool:
    """Return the pool that goes by `id`; a new one if nobody holds one."""
    found = _pools.get(id)
    return PrivatePool(id) if found is None else found


class MemPool:
    """A pool of memory for what is done within `use_mem_pool`, kept apart from all other memory.

    `allocator`: what `CUDAPluggableAllocator.allocator()` returns, to take blocks from. `use_on_oom` and `no_split` are taken
    for PyTorch's sake: CuPy's pools never help each other out, and split as they see fit.
    """

    def __init__(self, allocator: Any = None, use_on_oom: bool = False, no_split: bool = False) -> None:
        """Raises RuntimeError without a GPU."""
        needed_for("Tried to instantiate dummy base class MemPool: it")
        self._allocator = allocator
        self._pool = PrivatePool(new_id(), None if allocator is None else allocator.malloc)

    @property
    def id(self) -> PoolId:
        """The two numbers by which the pool is known, also as the `pool` of a graph."""
        return self._pool.id

    @property
    def allocator(self) -> Any:
        return self._allocator

    def use_count(self) -> int:
        """Count who uses the pool: this object, and `use_mem_pool` blocks and captures under way."""
        return 1 + self._pool.uses

    def snapshot(self, include_traces: bool = True) -> list[dict[str, Any]]:
        """Return how much the pool holds, see `memory_snapshot`."""
        return memory_snapshot(self.id, include_traces)


@contextlib.contextmanager
def use_mem_pool(pool: MemPool, device: Any = None) -> Iterator[None]:
    """Take memory from a pool, in this thread and within the block."""
    with present(device), pool._pool.in_use():
        yield


def memory_snapshot(mempool_id: Any = None, include_traces: bool = True) -> list[dict[str, Any]]:
    """Return how much each pool holds on each GPU, under PyTorch's keys: one entry for a pool, or for that with an id.

    CuPy does not tell where in memory its blocks are, so there is no list of them.
    """
    known = {(0, 0): devices.cupy().get_default_memory_pool()} | {id: pool._inner for id, pool in list(_pools.items())}
    wanted = known if mempool_id is None else {tuple(mempool_id): known[tuple(mempool_id)]}
    entries = [_entry(id, pool, index) for id, pool in wanted.items() for index in range(device_count())]
    return [entry for entry in entries if entry["total_size"]]


def _entry(id: PoolId, pool: Any, index: int) -> dict[str, Any]:
    with present(index):
        used, total = int(pool.used_bytes()), int(pool.total_bytes())
    return {"device": index, "address": 0, "total_size": total, "allocated_size": used, "requested_size": used,
            "active_size": used, "stream": 0, "segment_type": "large", "segment_pool_id": id, "is_expandable": False,
            "frames": [], "blocks": []}
