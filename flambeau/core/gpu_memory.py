"""How much of a GPU's memory was in use at most, counted as CuPy hands it out."""
from __future__ import annotations

from collections import defaultdict
from typing import Any

from flambeau.core.errors import OutOfMemoryError


class Counts:
    """What the arrays of one GPU have taken since the counting began or was reset."""

    __slots__ = ("allocations", "grown", "ooms", "peak_reserved", "peak_used", "requested", "reserved", "taken")

    def __init__(self) -> None:
        self.peak_used = self.peak_reserved = self.reserved = 0  # bytes; `reserved` is what the pools held when last looked at
        self.forget_sums()

    def forget_sums(self) -> None:
        """Begin again to add up: how often memory was taken, how much of it, and by how much the pools grew."""
        self.allocations = self.requested = self.taken = self.grown = self.ooms = 0


class CountingAllocator:
    """Hands out the memory of CuPy's pools and keeps count.

    Memory is in use most when some was just taken, so looking then finds the peak. CuPy's own hooks would see one thread only.
    """

    def __init__(self, cupy: Any) -> None:
        default = cupy.get_default_memory_pool()
        self.pools = [default]  # private ones, of graphs and of programs, join it
        self.of_gpu: dict[int, Counts] = defaultdict(Counts)
        self._current_gpu = cupy.cuda.runtime.getDevice
        self.malloc = self.counted(default.malloc)
        if cupy.cuda.get_allocator() == default.malloc:  # another one was chosen by the program, which knows why
            cupy.cuda.set_allocator(self.malloc)

    def counted(self, malloc: Any) -> Any:
        """Return a function that allocates by `malloc` and notes it."""
        def allocate(size: int) -> Any:
            try:
                pointer = malloc(size)
            except MemoryError as error:  # after CuPy has tried all it can
                index = self._current_gpu()
                self.of_gpu[index].ooms += 1
                raise _out_of_memory(error, size, index) from error
            self._note(self.of_gpu[pointer.device_id], size, pointer.mem.size)
            return pointer

        return allocate

    def _note(self, counts: Counts, size: int, taken: int) -> None:
        counts.allocations += 1
        counts.requested += size
        counts.taken += taken
        used, reserved = self.used_bytes(), self.total_bytes()
        if used > counts.peak_used:
            counts.peak_used = used
        if reserved != counts.reserved:
            counts.grown += max(reserved - counts.reserved, 0)
            counts.reserved = reserved
            counts.peak_reserved = max(counts.peak_reserved, reserved)

    def used_bytes(self) -> int:
        """Count the bytes that arrays on the current GPU hold."""
        return sum([pool.used_bytes() for pool in self.pools])

    def total_bytes(self) -> int:
        """Count the bytes that the pools hold on the current GPU, in use or ready to be used again."""
        return sum([pool.total_bytes() for pool in self.pools])


def _out_of_memory(error: MemoryError, size: int, index: int) -> Exception:
    """PyTorch's error, which is CuPy's as well: CuPy looks for its own and then tries to do with less."""
    kind = type("OutOfMemoryError", (OutOfMemoryError, type(error)), {"__module__": OutOfMemoryError.__module__})
    return kind(f"CUDA out of memory. Tried to allocate {size / 2**20:.2f} MiB on cuda:{index}: {error} Smaller batches need "
                "less; torch.cuda.memory_summary() shows what is held")


_latest: tuple[Any, CountingAllocator] | None = None


def allocator_of(cupy: Any) -> CountingAllocator:
    """Return what counts the memory that CuPy hands out, from the first call on."""
    global _latest
    if _latest is None or _latest[0] is not cupy:
        _latest = cupy, CountingAllocator(cupy)
    return _latest[1]
