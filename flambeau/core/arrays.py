"""What both array libraries can do, and which of the two owns an array."""
from __future__ import annotations

import sys
from typing import Any

import numpy

Array = Any  # numpy.ndarray or cupy.ndarray

_namespace_of_type: dict[type, Any] = {numpy.ndarray: numpy}


def namespace_of(array: Array) -> Any:
    """Return `numpy` or `cupy`, whichever made `array`; numbers belong to NumPy."""
    try:
        return _namespace_of_type[type(array)]
    except KeyError:
        cupy = sys.modules.get("cupy")
        is_cupy = cupy is not None and isinstance(array, cupy.ndarray)
        return _namespace_of_type.setdefault(type(array), cupy if is_cupy else numpy)


def is_array(value: Any) -> bool:
    """Say whether `value` is an array or a NumPy scalar, the raw forms that ops also take."""
    return isinstance(value, numpy.ndarray | numpy.generic) or namespace_of(value) is not numpy


def as_array(value: Any) -> Array:
    """Return `value` as an array; NumPy hands out scalars where a 0-d array is meant."""
    return value if type(value) is not numpy.ndarray and namespace_of(value) is not numpy else numpy.asarray(value)


def owner_of(array: Array) -> Array:
    """Return the array that holds the memory `array` looks at."""
    while (base := _base_of(array)) is not None:
        array = base
    return array


def _base_of(array: Array) -> Array | None:
    """Return the array that `array` is a view of. NumPy's `as_strided` puts an object of its own between the two."""
    base = getattr(array, "base", None)
    if base is not None and not hasattr(base, "strides"):
        base = getattr(base, "base", None)
    return base if hasattr(base, "strides") else None


def shares_memory(one: Array, other: Array) -> bool:
    """Say whether one array was made as a view of the other, or both of a third."""
    return owner_of(one) is owner_of(other)


def address_of(array: Array) -> int:
    """Return where in memory the first element lies."""
    interface = getattr(array, "__cuda_array_interface__", None) or array.__array_interface__
    return int(interface["data"][0])


def strided_view(array: Array, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """Look at the memory of `array` with another shape and other strides (in bytes), from its first element."""
    return namespace_of(array).lib.stride_tricks.as_strided(array, shape, strides)


def strides_in_elements(array: Array) -> tuple[int, ...]:
    """How many elements apart neighbours along each dim are. (An array library has none to give for no elements.)"""
    item = array.itemsize
    return tuple([step // item for step in array.strides]) if array.size else row_major(array.shape)


def row_major(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the strides of a contiguous array of `shape`, in elements."""
    strides = []
    step = 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    return tuple(reversed(strides))


def laid_out(array: Array, strides: tuple[int, ...]) -> Array:
    """Copy `array` into memory of its own, its elements `strides` (in elements) apart."""
    reach = sum((n - 1) * step for n, step in zip(array.shape, strides, strict=True)) + 1 if array.size else 0
    memory = namespace_of(array).empty(reach, array.dtype)
    result = strided_view(memory, array.shape, tuple(step * array.itemsize for step in strides))
    result[...] = array
    return result


def reshaped_view(array: Array, shape: tuple[int, ...]) -> Array | None:
    """Return `array` in another shape without copying, or None where the strides do not allow it."""
    view = array.view()
    try:
        view.shape = shape
    except (AttributeError, ValueError):
        return None
    return view


def _quiet_state() -> tuple[Any, Any]:
    """Return NumPy's context variable for floating-point warnings, and the value that silences them all.

    `numpy.errstate` sets this same variable but takes 0.7 µs to do so, a third of a small op's whole time.
    """
    from numpy._core import umath

    return umath._extobj_contextvar, umath._make_extobj(all="ignore")


class _QuietByErrstate:
    """The public, slower way, for a NumPy that keeps that variable elsewhere."""

    def set(self, _: Any) -> Any:
        state = numpy.errstate(all="ignore")
        state.__enter__()
        return state

    def reset(self, state: Any) -> None:
        state.__exit__(None, None, None)


# An op may divide by zero or overflow without a word, as PyTorch's do: `token = QUIET.set(SILENT)` … `QUIET.reset(token)`
QUIET: Any
SILENT: Any
try:
    QUIET, SILENT = _quiet_state()
except (ImportError, AttributeError, TypeError):
    QUIET, SILENT = _QuietByErrstate(), None


def _keep_freed_blocks() -> None:
    """Have glibc reuse blocks of up to 32 MiB instead of handing each back to the kernel and faulting it in again.

    Its malloc maps large blocks afresh, from a threshold that rises to the size of any such block it sees freed
    (mallopt(3), M_MMAP_THRESHOLD). One block just under the largest threshold, never touched, raises it for good;
    a training step then makes next to no page faults. Other allocators do not mind.
    """
    numpy.empty((32 << 20) - 8192, "u1")


_keep_freed_blocks()
