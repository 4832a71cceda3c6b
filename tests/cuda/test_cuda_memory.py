"""What is counted about memory, and where memory is taken from."""
from __future__ import annotations

import gc
import subprocess
import sys
import sysconfig

import pytest

import flambeau as torch
from flambeau.cuda.memory.summary import memory_summary

MIB = 1 << 20


def test_live_tensors_and_the_most_there_were_are_counted(gpu):
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    x = torch.zeros(MIB, dtype=torch.uint8, device="cuda")
    y = torch.zeros(3 * MIB, dtype=torch.uint8, device="cuda")
    del y
    gc.collect()
    assert torch.cuda.memory_allocated() - before == MIB
    assert torch.cuda.max_memory_allocated() - before == 4 * MIB
    assert torch.cuda.memory_reserved() >= 4 * MIB <= torch.cuda.max_memory_reserved()
    torch.cuda.reset_peak_memory_stats()
    assert torch.cuda.max_memory_allocated() - before == MIB == x.nbytes


def test_each_gpu_has_counts_of_its_own(pretended):
    torch.zeros(MIB, dtype=torch.uint8, device="cuda:1")
    gc.collect()
    assert torch.cuda.max_memory_allocated(0) == 0 == torch.cuda.memory_reserved("cuda:0")
    assert torch.cuda.max_memory_allocated(1) == MIB == torch.cuda.memory_reserved("cuda:1")


def test_stats_bear_pytorchs_keys(pretended):
    x = torch.zeros(1000, dtype=torch.uint8, device="cuda")
    stats = torch.cuda.memory_stats()
    assert list(stats) == sorted(stats)
    assert [stats[f"allocated_bytes.all.{name}"] for name in ("current", "peak", "allocated", "freed")] == [1024, 1024, 1024, 0]
    assert (stats["requested_bytes.all.allocated"], stats["allocation.all.allocated"], stats["num_ooms"]) == (1000, 1, 0)
    assert torch.cuda.memory_stats_as_nested_dict()["reserved_bytes"]["all"]["peak"] == 1024
    del x
    gc.collect()
    assert torch.cuda.memory_stats()["allocated_bytes.all.freed"] == 1024
    torch.cuda.reset_accumulated_memory_stats()
    assert torch.cuda.memory_stats()["allocated_bytes.all.allocated"] == 0


def test_page_locked_memory_has_pytorchs_keys(pretended):
    stats = torch.cuda.host_memory_stats()
    assert set(stats.values()) == {0} and {"allocations.peak", "host_alloc_time.avg", "num_host_alloc"} <= set(stats)
    torch.cuda.reset_peak_host_memory_stats()
    torch.cuda.reset_accumulated_host_memory_stats()


def test_the_summary_is_pytorchs_table(pretended, monkeypatch):
    stats = torch.cuda.memory_stats()
    stats |= {"allocated_bytes.all.current": 5 << 30, "allocated_bytes.small_pool.current": 3 << 20,
              "allocation.all.peak": 1_234_567, "num_ooms": 2}
    monkeypatch.setattr("flambeau.cuda.memory.summary.memory_stats", lambda device: stats)
    lines = memory_summary(abbreviated=True).splitlines()
    assert {len(line) for line in lines} == {77} and len(lines) == 29
    assert lines[1] == "|                  PyTorch CUDA memory summary, device ID 0                 |"
    assert lines[3] == "|            CUDA OOMs: 2            |        cudaMalloc retries: 0         |"
    assert lines[7] == "| Allocated memory      |   5120 MiB |      0 B   |      0 B   |      0 B   |"
    assert lines[17] == "| Allocations           |       0    |    1234 K  |       0    |       0    |"
    full = memory_summary().splitlines()
    assert full[9] == "|       from small pool |      3 MiB |      0 B   |      0 B   |      0 B   |" and len(full) == 47


def test_a_limit_is_a_part_of_all_memory(pretended):
    assert torch.cuda.get_per_process_memory_fraction() == 1.0
    torch.cuda.set_per_process_memory_fraction(0.25)
    assert torch.cuda.get_per_process_memory_fraction() == 0.25
    assert torch.cuda.get_per_process_memory_fraction("cuda:1") == 1.0
    with pytest.raises(torch.OutOfMemoryError, match=r"CUDA out of memory. Tried to allocate 512.00 MiB on cuda:0"):
        torch.zeros(512 * MIB, dtype=torch.uint8, device="cuda")
    assert torch.cuda.memory_stats()["num_ooms"] == 1


def test_an_op_without_room_for_its_result_says_what_it_was_given(pretended):
    x = torch.zeros(200 * MIB, dtype=torch.uint8, device="cuda")
    torch.cuda.set_per_process_memory_fraction(0.25)
    with pytest.raises(torch.cuda.OutOfMemoryError, match=r"add\(.*CUDA out of memory. Tried to allocate 200.00 MiB"):
        x + 1
    with pytest.raises(MemoryError):  # as which CuPy looks for it
        pretended.cuda.alloc(512 * MIB)


@pytest.mark.parametrize(("fraction", "error"), [(1, TypeError), ("0.5", TypeError), (1.5, ValueError), (-0.1, ValueError)])
def test_a_limit_outside_of_0_to_1_is_refused(gpu, fraction, error):
    with pytest.raises(error, match="Invalid"):
        torch.cuda.set_per_process_memory_fraction(fraction)


def test_memory_taken_by_hand_is_held_until_it_is_given_back(gpu):
    before = torch.cuda.memory_allocated()
    pointer = torch.cuda.caching_allocator_alloc(1024, stream=torch.cuda.Stream())
    assert pointer and torch.cuda.memory_allocated() - before == 1024
    torch.cuda.caching_allocator_delete(pointer)
    assert torch.cuda.memory_allocated() == before
    with pytest.raises(RuntimeError, match="invalid device pointer"):
        torch.cuda.caching_allocator_delete(pointer)
    with pytest.raises(TypeError, match="Invalid type for stream argument"):
        torch.cuda.caching_allocator_alloc(8, stream="fast")


def test_without_the_pool_memory_comes_from_the_driver(gpu):
    before = torch.cuda.memory_allocated()
    with torch.cuda.memory.caching_allocator_disabled():
        x = torch.ones(1000, device="cuda")
        assert torch.cuda.memory_allocated() == before
    y = torch.ones(1000, device="cuda")
    assert torch.cuda.memory_allocated() > before and x.equal(y)


def test_a_private_pool_keeps_its_memory_apart(gpu):
    pool = torch.cuda.MemPool()
    with torch.cuda.use_mem_pool(pool):
        x = torch.zeros(MIB, dtype=torch.uint8, device="cuda")
        assert pool.use_count() == 2
    torch.zeros(MIB, dtype=torch.uint8, device="cuda")
    [entry] = pool.snapshot()
    assert (entry["allocated_size"], entry["segment_pool_id"], pool.use_count()) == (MIB, pool.id, 1)
    assert torch.cuda.memory_allocated() >= MIB == x.nbytes
    assert {entry["segment_pool_id"] for entry in torch.cuda.memory_snapshot()} == {pool.id, (0, 0)}


def test_a_pool_that_is_gone_is_counted_no_more(pretended):
    torch.cuda.MemPool()
    gc.collect()
    assert len(torch.cuda.memory.allocators.counting_allocator().pools) == 1


LIBRARY = """
#include <stdlib.h>
#include <sys/types.h>
static int live = 0;
void* take(ssize_t size, int device, void* stream) { live++; return malloc(size); }
void give_back(void* ptr, ssize_t size, int device, void* stream) { live--; free(ptr); }
int count(void) { return live; }
"""


@pytest.fixture
def library(tmp_path):
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    source, path = tmp_path / "allocator.c", tmp_path / "allocator.so"
    source.write_text(LIBRARY)
    try:
        subprocess.run([compiler, "-shared", "-fPIC", "-o", path, source], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs a C compiler")
    return str(path)


@pytest.mark.skipif(sys.platform == "win32", reason="a library for Linux or macOS")
def test_memory_may_come_from_functions_of_a_library(pretended, library):
    import ctypes

    pluggable = torch.cuda.memory.CUDAPluggableAllocator(library, "take", "give_back")
    count = ctypes.CDLL(library).count
    assert torch.cuda.get_allocator_backend() == "native"
    torch.cuda.memory.change_current_allocator(pluggable)
    x = torch.ones(10, device="cuda")
    assert (torch.cuda.get_allocator_backend(), count() > 0, x.sum().item()) == ("pluggable", True, 10.0)
    del x
    gc.collect()
    assert count() == 0
    with pytest.raises(RuntimeError, match="Can't swap an already initialized allocator"):
        torch.cuda.memory.change_current_allocator(pluggable)


@pytest.mark.skipif(sys.platform == "win32", reason="a library for Linux or macOS")
def test_a_pool_may_take_its_blocks_from_a_library(pretended, library):
    pool = torch.cuda.MemPool(torch.cuda.memory.CUDAPluggableAllocator(library, "take", "give_back").allocator())
    with torch.cuda.use_mem_pool(pool):
        assert torch.ones(10, device="cuda").sum().item() == 10.0


def test_an_allocator_is_chosen_before_memory_is_used(pretended):
    x = torch.ones(3, device="cuda")
    with pytest.raises(RuntimeError, match="Can't swap an already initialized allocator"):
        torch.cuda.memory.change_current_allocator(type("A", (), {"allocator": lambda self: None})())
    assert x.numel() == 3


def test_names_of_old_warn_of_their_successors(gpu):
    with pytest.warns(FutureWarning, match=r"memory_cached.*torch.cuda.memory_reserved"):
        assert torch.cuda.memory_cached() == torch.cuda.memory_reserved()
    with pytest.warns(FutureWarning, match="max_memory_reserved"):
        torch.cuda.max_memory_cached()
    for name in ("reset_max_memory_allocated", "reset_max_memory_cached"):
        with pytest.warns(FutureWarning, match="reset_peak_memory_stats"):
            getattr(torch.cuda, name)()


def test_a_program_that_chose_an_allocator_of_cupy_keeps_it(pretended):
    from flambeau.core.gpu_memory import CountingAllocator

    chosen = pretended.cuda.MemoryPool().malloc
    pretended.cuda.set_allocator(chosen)
    CountingAllocator(pretended)
    assert pretended.cuda.get_allocator() == chosen


def test_free_and_all_memory_are_the_drivers(pretended):
    x = torch.zeros(MIB, dtype=torch.uint8, device="cuda")
    free, total = torch.cuda.mem_get_info()
    assert total - free == MIB == x.nbytes
    torch.cuda.ipc_collect()  # CuPy has nothing to collect
