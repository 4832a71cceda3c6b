"""Where memory comes from: CuPy's pool, the driver itself, or functions of a shared library; and taking some by hand."""
from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from flambeau.core import device as devices
from flambeau.cuda.devices import is_initialized, present
from flambeau.cuda.memory.amounts import allocator as counting_allocator

_taken: dict[int, Any] = {}  # what was taken by hand: CuPy frees what nobody holds
_chosen: list[CUDAPluggableAllocator] = []  # the one in use, if any


def caching_allocator_alloc(size: int, device: Any = None, stream: Any = None) -> int:
    """Take bytes from the pool for a stream, by default the current one, and return their address.

    Raises TypeError for what is neither a stream nor the address of one.
    """
    from flambeau.cuda.current import StreamContext, current_stream
    from flambeau.cuda.streams import ExternalStream

    with present(device) as place:
        user = current_stream() if stream is None else stream
        if not hasattr(user, "cuda_stream"):
            if not isinstance(user, int):
                raise TypeError("Invalid type for stream argument, must be `torch.cuda.Stream` or `int` representing a pointer "
                                f"to an existing stream, got {type(user).__name__}")
            user = ExternalStream(user, place.id)
        with StreamContext(user):
            memory = devices.cupy().cuda.alloc(size)
    _taken[int(memory.ptr)] = memory
    return int(memory.ptr)


def caching_allocator_delete(mem_ptr: int) -> None:
    """Give back what `caching_allocator_alloc` took. Raises RuntimeError for another address."""
    devices.cupy()
    if _taken.pop(mem_ptr, None) is None:
        raise RuntimeError(f"invalid device pointer: {mem_ptr:#x} was not taken by caching_allocator_alloc, or is back by now")


def caching_allocator_enable(value: bool = True) -> None:
    """Take memory from the pool, or with False from the driver itself; nothing changes before a GPU is in use."""
    if is_initialized():
        devices.cupy().cuda.set_allocator(counting_allocator().malloc if value else None)


@contextlib.contextmanager
def caching_allocator_disabled() -> Iterator[None]:
    """Take memory from the driver itself within the block, in all threads."""
    cuda = devices.cupy().cuda
    before = cuda.get_allocator()
    caching_allocator_enable(False)
    try:
        yield
    finally:
        cuda.set_allocator(before)


class CUDAPluggableAllocator:
    """Functions of a shared library that take memory and give it back.

    `alloc_fn_name`: `void* f(ssize_t size, int device, cudaStream_t stream)`; `free_fn_name`: `void f(void* ptr, ssize_t size,
    int device, cudaStream_t stream)`.
    """

    def __init__(self, path_to_so_file: str, alloc_fn_name: str, free_fn_name: str) -> None:
        """Raises OSError for a file that is no library, AttributeError for a name that is not in it."""
        import ctypes

        library = ctypes.CDLL(path_to_so_file)
        self._alloc, self._free = getattr(library, alloc_fn_name), getattr(library, free_fn_name)
        self._alloc.restype, self._free.restype = ctypes.c_void_p, None
        self._alloc.argtypes = [ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p]
        self._free.argtypes = [ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p]
        self._sizes: dict[int, int] = {}
        self._inner: Any = None

    def allocator(self) -> Any:
        """Return the allocator as CuPy takes it."""
        if self._inner is None:
            self._inner = devices.cupy().cuda.PythonFunctionAllocator(self._take, self._give_back)
        return self._inner

    def _take(self, size: int, device: int) -> int:
        pointer = self._alloc(size, device, _stream_pointer(device))
        if not pointer:
            raise devices.cupy().cuda.memory.OutOfMemoryError(size, sum(self._sizes.values()))
        self._sizes[pointer] = size
        return int(pointer)

    def _give_back(self, pointer: int, device: int) -> None:
        self._free(pointer, self._sizes.pop(pointer), device, _stream_pointer(device))


def _stream_pointer(device: int) -> int:
    return int(devices.cupy().cuda.get_current_stream(device).ptr)


def change_current_allocator(allocator: Any) -> None:
    """Take all memory by another allocator from now on. Raises RuntimeError once the pool has given some out."""
    inner = allocator.allocator()
    counting = counting_allocator()
    if _chosen or counting.total_bytes():
        raise RuntimeError("Can't swap an already initialized allocator: choose it before anything is put on a GPU")
    devices.cupy().cuda.set_allocator(inner.malloc)
    _chosen.append(allocator)


def get_allocator_backend() -> str:
    """Return "native" for CuPy's pool, "pluggable" for what `change_current_allocator` chose."""
    devices.cupy()
    return "pluggable" if _chosen else "native"
