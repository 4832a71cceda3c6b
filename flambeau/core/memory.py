"""Where arrays lie in memory: whether two of them meet, and what room there is behind one."""
from __future__ import annotations

from flambeau.core.arrays import Array, namespace_of, owner_of, strided_view


def address_of(array: Array) -> int:
    """Return the address of the first element."""
    if hasattr(array, "__cuda_array_interface__"):  # which says 0 of an array without elements
        return int(array.data.ptr)
    return int(array.__array_interface__["data"][0])


def reach_of(array: Array) -> tuple[int, int]:
    """Return the addresses of the first byte and behind the last, of an array whose strides are not negative."""
    start = address_of(array)
    if array.size == 0:
        return start, start
    last = sum((size - 1) * stride for size, stride in zip(array.shape, array.strides, strict=True))
    return start, start + last + array.itemsize


def is_dense(array: Array) -> bool:
    """Say whether the elements fill a piece of memory without gaps, each once, in whatever order of the dims."""
    step = array.itemsize
    for stride, size in sorted((stride, size) for stride, size in zip(array.strides, array.shape, strict=True) if size != 1):
        if stride != step:
            return False
        step *= size
    return True


def meets_itself(array: Array) -> bool:
    """Say whether several elements are one place in memory, as in an expanded array."""
    return array.size > 0 and any(
        stride == 0 and size > 1 for stride, size in zip(array.strides, array.shape, strict=True))


def is_same(one: Array, other: Array) -> bool:
    """Say whether two arrays are the same elements in the same order."""
    return bool(one.shape == other.shape and one.dtype == other.dtype and address_of(one) == address_of(other)
                and all(here == there or n == 1 for n, here, there in zip(one.shape, one.strides, other.strides, strict=True)))


def meet_in_part(one: Array, other: Array) -> bool:
    """Say whether two arrays share memory but are not the same. Nothing is known of arrays with gaps: they may interleave."""
    if not one.size or not other.size or owner_of(one) is not owner_of(other) or is_same(one, other):
        return False
    (start, end), (first, last) = reach_of(one), reach_of(other)
    return start < last and first < end and is_dense(one) and is_dense(other)


def with_room_for(array: Array, count: int) -> Array:
    """Return `count` elements in a row, from where `array` starts: its own memory while that has room.

    Otherwise they are in new memory: first those of the old, then zeros.
    """
    behind = _behind(array)
    if behind.size >= count:
        return behind[:count]
    xp = namespace_of(array)
    return xp.concatenate((behind, xp.zeros(count - behind.size, array.dtype)))


def _behind(array: Array) -> Array:
    """Return the memory from the first element of `array` to the end of what its owner holds, in one dim."""
    owner = owner_of(array)
    if owner is array and array.flags.c_contiguous:
        return array.reshape(-1)
    if not is_dense(owner):
        return array.reshape(-1)
    everything = strided_view(owner, (owner.size,), (owner.itemsize,)).view("u1")
    rest = everything[address_of(array) - address_of(owner):]
    return rest[:len(rest) // array.itemsize * array.itemsize].view(array.dtype)
