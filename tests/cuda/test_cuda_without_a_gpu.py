"""What programs that ask for a GPU see where there is none: PyTorch's answers and classes of errors."""
from __future__ import annotations

import pytest

import flambeau as torch

pytestmark = pytest.mark.skipif(torch.cuda.is_available(), reason="is about machines without a GPU")


@pytest.mark.parametrize(("question", "answer"), [
    ("is_available", False), ("is_initialized", False), ("device_count", 0), ("get_arch_list", []), ("get_gencode_flags", ""),
    ("memory_allocated", 0), ("max_memory_allocated", 0), ("memory_reserved", 0), ("max_memory_reserved", 0),
    ("memory_stats", {}), ("memory_stats_as_nested_dict", {}), ("host_memory_stats", {}), ("empty_cache", None),
    ("host_memory_stats_as_nested_dict", {}), ("is_bf16_supported", False), ("is_tf32_supported", False),
    ("caching_allocator_enable", None),
])
def test_questions_are_answered(question, answer):
    assert getattr(torch.cuda, question)() == answer


@pytest.mark.parametrize("name", [
    "init", "current_device", "get_device_name", "get_device_properties", "current_stream", "default_stream", "synchronize",
    "current_blas_handle", "get_sync_debug_mode", "mem_get_info", "ipc_collect", "initial_seed", "get_rng_state", "cudart",
    "get_per_process_memory_fraction", "reset_peak_memory_stats", "memory_summary", "memory_snapshot",
])
def test_what_needs_a_gpu_says_so(name):
    with pytest.raises((AssertionError, RuntimeError), match="Torch not compiled with CUDA enabled|no NVIDIA GPU|No CUDA GPUs"):
        getattr(torch.cuda, name)()


@pytest.mark.parametrize("make", [
    torch.cuda.Stream, torch.cuda.Event, torch.cuda.CUDAGraph, torch.cuda.MemPool, torch.cuda.graph_pool_handle,
    torch.cuda.is_current_stream_capturing, lambda: torch.cuda.graph(None), lambda: torch.Stream("cuda"),
    lambda: torch.Event("cuda"), lambda: torch.cuda.make_graphed_callables(torch.nn.Linear(1, 1), (torch.ones(1),)),
    lambda: torch.cuda.nvtx.mark("here"), torch.accelerator.Graph,
])
def test_what_pytorch_cannot_make_is_a_runtime_error(make):
    with pytest.raises(RuntimeError):
        make()


def test_blocks_that_choose_nothing_may_be_entered():
    for block in (torch.cuda.stream(None), torch.cuda.device(-1), torch.cuda.device(None),
                  torch.cuda.device_of(torch.ones(1)), torch.accelerator.device_index(None)):
        with block:
            pass
    torch.cuda.set_device(-1)
    torch.cuda.set_stream(None)
    assert torch.cuda.default_generators == ()
