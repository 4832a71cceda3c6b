"""`cupy.cuda` of the stand-in for CuPy: devices, streams, events, memory pools and graphs that keep books as CuPy does.

Work is done at once, so streams are always empty; what waits for what, and which memory is whose, is noted for tests to see.
"""
from __future__ import annotations

import itertools
import threading
import time
import types
import weakref
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy

GPUS = 2
MEMORY = 1 << 30  # of each
UNIT = 512  # what sizes are rounded up to

_addresses = itertools.count(0x1000, 0x1000)


class CUDARuntimeError(RuntimeError):
    def __init__(self, status: int) -> None:
        super().__init__(f"cudaErrorPretended: error number {status}")
        self.status = status


class OutOfMemoryError(MemoryError):
    def __init__(self, size: int, total: int, limit: int = 0) -> None:
        super().__init__(f"Out of memory allocating {size:,} bytes (allocated so far: {total:,} bytes).")


# ---------------------------------------------------------------------------------------------- devices


class Device:
    """`cupy.cuda.Device`."""

    current = 0

    def __init__(self, device: Any = None) -> None:
        self.id = Device.current if device is None else int(device)
        self.pci_bus_id = f"0000:0{self.id}:00.0"
        self.cublas_handle, self.cusolver_handle = 0xB1A5, 0x501F

    def __int__(self) -> int:
        return self.id

    def __enter__(self) -> Device:
        self.before, Device.current = Device.current, self.id
        return self

    def __exit__(self, *error: object) -> None:
        Device.current = self.before

    def use(self) -> Device:
        Device.current = self.id
        return self

    def synchronize(self) -> None:
        pass

    @property
    def mem_info(self) -> tuple[int, int]:
        return MEMORY - sum(pool.total[self.id] for pool in MemoryPool.all), MEMORY


# ----------------------------------------------------------------------------------- streams and events


class _Current(threading.local):
    def __init__(self) -> None:
        self.streams: dict[int, Any] = {}


_current = _Current()


class Stream:
    """`cupy.cuda.Stream`."""

    null: Stream

    def __init__(self, null: bool = False, non_blocking: bool = False, ptds: bool = False, priority: int | None = None) -> None:
        self.ptr = 0 if null else next(_addresses)
        self.device_id = -1 if null else Device.current
        self.priority, self.is_non_blocking = priority or 0, non_blocking
        self.waits_for: list[int] = []  # addresses of streams, by events
        self.graph: Graph | None = None
        self.waited = 0

    @classmethod
    def from_external(cls, source: Any) -> Stream:
        version, pointer = source.__cuda_stream__()
        assert version == 0
        made = cls(null=True)
        made.ptr = pointer
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream) and self.ptr == other.ptr

    def __hash__(self) -> int:
        return self.ptr

    done = True

    def use(self) -> Stream:
        if self.device_id not in (-1, Device.current):
            raise RuntimeError("The device that the stream is created on does not match with the current device")
        _current.streams[Device.current] = self
        return self

    def record(self, event: Event | None = None) -> Event:
        event = Event() if event is None else event
        event.stream, event.time = self.ptr, time.perf_counter()
        return event

    def wait_event(self, event: Event) -> None:
        self.waits_for.append(event.stream)

    def synchronize(self) -> None:
        self.waited += 1

    def begin_capture(self, mode: Any = None) -> None:
        if self.ptr in (0, 1):
            raise RuntimeError("cannot capture on the default (legacy) stream")
        self.graph = Graph()

    def end_capture(self) -> Graph:
        graph, self.graph = self.graph, None
        if graph is None:
            raise CUDARuntimeError(900)
        return graph

    def is_capturing(self) -> bool:
        return self.graph is not None


def get_current_stream(device_id: int = -1) -> Stream:
    return _current.streams.get(Device.current if device_id == -1 else device_id, Stream.null)


class Event:
    """`cupy.cuda.Event`."""

    done = True

    def __init__(self, block: bool = False, disable_timing: bool = False, interprocess: bool = False) -> None:
        if interprocess and not disable_timing:
            raise ValueError("Timing must be disabled for interprocess events")
        self.ptr, self.stream, self.time = next(_addresses), -1, 0.0
        self.takes_time = not disable_timing

    def record(self, stream: Stream | None = None) -> None:
        (stream or get_current_stream()).record(self)

    def synchronize(self) -> None:
        pass


def get_elapsed_time(start: Event, end: Event) -> float:
    if not (start.takes_time and end.takes_time):
        raise CUDARuntimeError(400)
    return (end.time - start.time) * 1000


# ----------------------------------------------------------------------------------------------- graphs


class Graph:
    """`cupy.cuda.Graph`: calls with their results. Unlike on a GPU they are also done while they are noted."""

    def __init__(self) -> None:
        self.calls: list[tuple[Callable[[], Any], Any]] = []
        self.graph, self.graphExec = next(_addresses), next(_addresses)

    def launch(self, stream: Stream | None = None) -> None:
        for call, result in self.calls:
            write_over(result, call())

    def debug_dot_str(self, flags: int = 0) -> str:
        return f"digraph {{ /* {len(self.calls)} nodes */ }}"


def write_over(result: Any, value: Any) -> None:
    if isinstance(result, list | tuple):
        for one, other in zip(result, value, strict=True):
            write_over(one, other)
    elif isinstance(result, numpy.ndarray) and not numpy.may_share_memory(result, value):
        result[...] = value


def done(call: Callable[[], Any]) -> Any:
    """Do something; note it where a graph is captured."""
    result = call()
    if isinstance(result, numpy.generic):
        result = numpy.asarray(result)  # CuPy has memory for single numbers too
    graph = get_current_stream().graph
    if graph is not None:
        graph.calls.append((call, result))
    return result


def refuse_in_capture() -> None:
    if get_current_stream().is_capturing():
        raise RuntimeError("the current stream is capturing, so D2H transfers are disallowed")


# ----------------------------------------------------------------------------------------------- memory


class Memory:
    """A block, which goes back where it came from when nobody holds it."""

    def __init__(self, size: int, give_back: Callable[[Memory], None], source: Any = None) -> None:
        self.size, self.device_id, self.source = size, Device.current, source
        self.ptr = next(_addresses) if source is None else source.ptr
        self._give_back = give_back

    def __del__(self) -> None:
        self._give_back(self)


class MemoryPointer:
    def __init__(self, mem: Memory) -> None:
        self.mem, self.ptr, self.device_id = mem, mem.ptr, mem.device_id


class MemoryPool:
    """`cupy.cuda.MemoryPool`, without splitting."""

    all: weakref.WeakSet[MemoryPool] = weakref.WeakSet()

    def __init__(self, allocator: Any = None) -> None:
        self.source = allocator
        self.used: Counter[int] = Counter()
        self.total: Counter[int] = Counter()
        self.limit: Counter[int] = Counter()
        self.free: dict[int, list[tuple[int, Any]]] = defaultdict(list)
        MemoryPool.all.add(self)

    def malloc(self, size: int) -> MemoryPointer:
        gpu, rounded = Device.current, -(-size // UNIT) * UNIT
        cached = next((block for block in self.free[gpu] if block[0] == rounded), None)
        if cached is not None:
            self.free[gpu].remove(cached)
        elif self.limit[gpu] and self.total[gpu] + rounded > self.limit[gpu] or rounded > MEMORY:
            raise OutOfMemoryError(size, self.total[gpu], self.limit[gpu])
        else:
            cached = rounded, self.source(rounded) if self.source is not None else None
            self.total[gpu] += rounded
        self.used[gpu] += rounded
        return MemoryPointer(Memory(rounded, self.take_back, cached[1]))

    def take_back(self, memory: Memory) -> None:
        self.used[memory.device_id] -= memory.size
        self.free[memory.device_id].append((memory.size, memory.source))

    def free_all_blocks(self, stream: Any = None) -> None:
        Pools.freed += 1
        self.total[Device.current] -= sum(size for size, _ in self.free.pop(Device.current, []))

    def used_bytes(self) -> int:
        return self.used[Device.current]

    def total_bytes(self) -> int:
        return self.total[Device.current]

    def set_limit(self, size: int | None = None, fraction: float | None = None) -> None:
        self.limit[Device.current] = int(fraction * MEMORY) if fraction is not None else size or 0

    def get_limit(self) -> int:
        return self.limit[Device.current]


class PinnedMemoryPool:
    def free_all_blocks(self) -> None:
        Pools.freed += 1


class PinnedMemoryPointer(bytearray):
    """Page-locked memory, which NumPy reads as a buffer."""


class Pools:
    """What CuPy has one of."""

    freed = 0
    default = MemoryPool()
    pinned = PinnedMemoryPool()
    allocator: Any = default.malloc
    of_thread: Any = None


def alloc(size: int) -> MemoryPointer:
    return get_allocator()(size)


def get_allocator() -> Any:
    return Pools.of_thread or Pools.allocator


def set_allocator(allocator: Any = None) -> None:
    if Pools.of_thread is not None:
        raise ValueError("Can't change the global allocator inside `using_allocator` context manager")
    Pools.allocator = allocator or (lambda size: MemoryPointer(Memory(size, lambda memory: None)))


@contextmanager
def using_allocator(allocator: Any = None) -> Iterator[None]:
    before, Pools.of_thread = Pools.of_thread, allocator
    try:
        yield
    finally:
        Pools.of_thread = before


class PythonFunctionAllocator:
    """`cupy.cuda.PythonFunctionAllocator`."""

    def __init__(self, malloc_func: Any, free_func: Any) -> None:
        self.take, self.give_back = malloc_func, free_func

    def malloc(self, size: int) -> MemoryPointer:
        memory = Memory(size, lambda memory: self.give_back(memory.ptr, memory.device_id))
        memory.ptr = self.take(size, Device.current)
        return MemoryPointer(memory)


_blocks: dict[int, MemoryPointer] = {}  # of arrays by the id of what owns their memory


def block_of(array: numpy.ndarray[Any, Any]) -> MemoryPointer:
    """The block that an array's elements are in; taken when first asked for, given back with the array."""
    owner: Any = array
    while isinstance(numpy.ndarray.base.__get__(owner), numpy.ndarray):
        owner = numpy.ndarray.base.__get__(owner)
    if id(owner) not in _blocks:
        _blocks[id(owner)] = alloc(owner.nbytes)
        weakref.finalize(owner, _blocks.pop, id(owner), None).atexit = False
    return _blocks[id(owner)]


# ----------------------------------------------------------------------------------------------- module


def properties(index: int) -> dict[str, Any]:
    return {
        "name": b"Pretended GPU", "major": 9, "minor": 0, "multiProcessorCount": 132, "maxThreadsPerMultiProcessor": 2048,
        "totalGlobalMem": MEMORY, "maxThreadsPerBlock": 1024, "warpSize": 32, "regsPerMultiprocessor": 65536,
        "sharedMemPerBlock": 49152, "sharedMemPerBlockOptin": 232448, "sharedMemPerMultiprocessor": 233472,
        "clockRate": 1980000, "memoryClockRate": 3201000, "memoryBusWidth": 6144, "l2CacheSize": 50 << 20,
        "pciBusID": index, "pciDeviceID": 0,
        "pciDomainID": 0, "isMultiGpuBoard": 0, "integrated": 0, "uuid": bytes(range(1, 17)),
    }


def make() -> Any:
    MemoryPool.all.clear()
    Pools.default, Pools.pinned, Pools.of_thread = MemoryPool(), PinnedMemoryPool(), None
    Pools.allocator = Pools.default.malloc
    _current.streams.clear()
    Device.current, Stream.null = 0, Stream(null=True)
    runtime = types.SimpleNamespace(
        getDeviceCount=lambda: GPUS, getDevice=lambda: Device.current, getDeviceProperties=properties,
        deviceCanAccessPeer=lambda one, other: int(one != other), CUDARuntimeError=CUDARuntimeError,
        eventDestroy=lambda event: None, ipcGetEventHandle=lambda event: event.to_bytes(64, "little"),
        ipcOpenEventHandle=lambda handle: int.from_bytes(handle, "little"), profilerStart=lambda: None,
        profilerStop=lambda: None)
    spans: list[str] = []
    nvtx = types.SimpleNamespace(spans=spans, RangePush=spans.append, RangePop=lambda: spans.append("pop"), Mark=spans.append,
                                 RangeStart=lambda message, color: 7, RangeEnd=lambda id: None)
    return types.SimpleNamespace(
        runtime=runtime, nvtx=nvtx, Device=Device, Stream=Stream, Event=Event, Graph=Graph, MemoryPool=MemoryPool,
        PythonFunctionAllocator=PythonFunctionAllocator, alloc=alloc, get_allocator=get_allocator, set_allocator=set_allocator,
        using_allocator=using_allocator, alloc_pinned_memory=PinnedMemoryPointer, get_current_stream=get_current_stream,
        get_elapsed_time=get_elapsed_time,
        memory=types.SimpleNamespace(OutOfMemoryError=OutOfMemoryError))


Stream.null = Stream(null=True)
