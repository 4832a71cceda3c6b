"""The cache that the memory of arrays comes from."""
from __future__ import annotations

import gc

import numpy
import pytest

from flambeau.kernels.cpu.native import native

pytestmark = pytest.mark.skipif(native is None, reason="the extension is not built")
MEGABYTE = 2**18  # float32 numbers


def address(array: numpy.ndarray) -> int:
    return array.__array_interface__["data"][0]


@pytest.mark.parametrize("count", [1, 5, 300, 1000, 70_000, MEGABYTE * 5])
def test_memory_of_a_freed_array_is_used_again(count: int) -> None:
    array = numpy.empty(count, numpy.float32)
    place = address(array)
    assert place % 64 == 0
    del array
    assert address(numpy.empty(count, numpy.float32)) == place


def test_zeros_are_zeros_in_used_memory() -> None:
    for count in (3, 1000, MEGABYTE * 3):
        array = numpy.full(count, 7.0, numpy.float32)
        del array
        assert not numpy.zeros(count, numpy.float32).any()


def test_resized_arrays_keep_their_numbers() -> None:
    array = numpy.arange(10.0)
    for size in (11, 5000, 3_000_000, 20):
        array.resize(size, refcheck=False)
        assert array[:10].tolist() == list(range(10))


def test_what_waits_is_never_more_than_was_in_use() -> None:
    gc.collect()
    for _ in range(40_000):  # what was in use long ago is forgotten
        numpy.empty(1)
    native.empty_cache()
    for count in range(1, 40):  # a new size each time: none can be used again
        numpy.empty(count * MEGABYTE // 4, numpy.float32)
    assert native.empty_cache() <= 40 * MEGABYTE + (9 << 20)


def test_arrays_of_all_sizes_hold_their_numbers() -> None:
    rng = numpy.random.default_rng(3)
    kept: list[tuple[int, numpy.ndarray]] = []
    for number in range(3000):
        kept.append((number, numpy.full(int(2 ** rng.uniform(0, 17)), number, numpy.int64)))
        if len(kept) > 40:
            mark, array = kept.pop(int(rng.integers(len(kept))))
            assert (array == mark).all()
