"""`torch.accelerator`, `torch.cpu` and `torch.get_device_module`: programs that do not say what they run on."""
from __future__ import annotations

import os

import pytest

import flambeau as torch

WITHOUT_A_GPU = pytest.mark.skipif(torch.cuda.is_available(), reason="is about machines without a GPU")


def test_the_accelerator_is_cuda(pretended):
    accelerator = torch.accelerator
    assert (accelerator.is_available(), accelerator.device_count(), str(accelerator.current_accelerator())) == (True, 2, "cuda")
    accelerator.set_device_index("cuda:1")
    assert accelerator.current_device_index() == 1 == torch.cuda.current_device()
    with accelerator.device_index(0):
        assert accelerator.current_device_idx() == 0
    assert torch.cuda.current_device() == 1
    accelerator.synchronize()
    with pytest.raises(RuntimeError, match="cpu doesn't match the current accelerator cuda"):
        accelerator.current_stream("cpu")


def test_work_goes_to_the_stream_that_is_set(pretended):
    stream = torch.Stream(device="cuda:1")
    torch.accelerator.set_stream(stream)
    assert torch.accelerator.current_stream() == stream and torch.accelerator.current_device_index() == 1
    with pytest.raises(TypeError, match="takes a torch.Stream, got NoneType"):
        torch.accelerator.set_stream(None)


def test_memory_is_counted_as_by_cuda(pretended):
    x = torch.ones(256, device="cuda")
    memory = torch.accelerator
    assert memory.memory_allocated() == memory.max_memory_allocated() == x.nbytes
    assert memory.memory_reserved(0) == memory.max_memory_reserved("cuda:0") == x.nbytes
    assert memory.memory_stats(0)["allocated_bytes.all.peak"] == x.nbytes
    memory.reset_peak_memory_stats()
    memory.reset_accumulated_memory_stats()
    memory.empty_cache()
    memory.empty_host_cache()
    assert memory.get_memory_info() == torch.cuda.mem_get_info()
    assert torch.bfloat16 in memory.get_device_capability()["supported_dtypes"]


def test_a_graph_is_captured_on_the_current_stream(gpu):
    x = torch.zeros(2, device="cuda")
    graph = torch.accelerator.Graph()
    with torch.Stream(), graph:
        y = x + 1.0
    x.fill_(2.0)
    graph.replay()
    assert y.tolist() == [3.0, 3.0] and graph.pool()
    graph.reset()


@WITHOUT_A_GPU
@pytest.mark.parametrize("name", ["current_device_index", "current_stream", "synchronize", "empty_cache", "empty_host_cache",
                                  "memory_stats", "memory_allocated", "reset_peak_memory_stats", "get_memory_info"])
def test_without_an_accelerator_all_else_is_refused(name):
    assert torch.accelerator.current_accelerator() is None and torch.accelerator.device_count() == 0
    with pytest.raises(RuntimeError, match="Cannot access accelerator device when none is available"):
        getattr(torch.accelerator, name)()


def test_each_kind_of_device_has_its_page(gpu):
    assert torch.get_device_module() is torch.cuda is torch.get_device_module(torch.device("cuda", 1))
    assert torch.get_device_module("cpu") is torch.cpu
    for unknown, message in ((3, "Invalid value of device '3'"), ("meta", "does not have a corresponding module"),
                             ("nowhere", "Invalid device string")):
        with pytest.raises(RuntimeError, match=message):
            torch.get_device_module(unknown)


@WITHOUT_A_GPU
def test_streams_and_events_of_the_cpu_have_nothing_to_wait_for():
    stream, event = torch.Stream(), torch.Event(enable_timing=True)
    assert repr(stream) == "torch.Stream device_type=cpu, device_index=-1, stream_id=0"
    assert repr(event) == "torch.Event device_type=cpu, device_index=-1, event_flag=1, event_id=0"
    assert stream == torch.Stream("cpu") and {stream, torch.Stream("cpu")} == {stream} and stream != torch.Stream("meta")
    assert stream.query() and event.query() and not stream.is_capturing()
    stream.wait_event(event)
    with stream as entered:
        assert entered is stream
    for call in (stream.record_event, event.record, lambda: stream.wait_stream(stream)):
        with pytest.raises(RuntimeError, match="cpu backend doesn't support events"):
            call()
    with pytest.raises(ValueError, match="must be recorded"):
        event.elapsed_time(event)


def test_the_cpu_answers_to_the_names_of_a_gpu():
    cpu = torch.cpu
    assert (cpu.is_available(), cpu.is_initialized(), cpu.device_count(), cpu.current_device()) == (True, True, 1, "cpu")
    stream, before = cpu.Stream(), cpu.current_stream()
    with cpu.stream(stream), cpu.stream(None):
        assert cpu.current_stream() is stream
    assert cpu.current_stream() is before
    stream.wait_stream(before)
    event = cpu.Event()
    event.record()
    cpu.set_device(0)
    cpu.synchronize()
    assert event.query() and stream.record_event() is None


def test_the_processor_says_what_it_can_do():
    found = torch.cpu.get_capabilities()
    assert found["num_logical_cores"] == os.cpu_count() and found["architecture"]
    with pytest.raises(TypeError):
        found["avx2"] = True


def test_the_cpus_autocast_is_autocast():
    with torch.cpu.amp.autocast():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.bfloat16
