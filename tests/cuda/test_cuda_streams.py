"""Streams and events: whose work goes where, and what waits for what."""
from __future__ import annotations

import gc

import pytest

import flambeau as torch


def test_a_stream_takes_the_work_of_a_block_only(gpu):
    stream, before = torch.cuda.Stream(), torch.cuda.current_stream()
    with torch.cuda.stream(stream):
        assert torch.cuda.current_stream() == stream
    assert torch.cuda.current_stream() == before == torch.cuda.default_stream()
    assert stream != before


def test_a_block_without_a_stream_changes_nothing(gpu):
    before = torch.cuda.current_stream()
    with torch.cuda.stream(None):
        assert torch.cuda.current_stream() == before


def test_a_stream_is_a_context_itself_and_may_be_entered_twice(gpu):
    stream, before = torch.cuda.Stream(), torch.cuda.current_stream()
    with stream, stream:
        assert torch.cuda.current_stream() == stream
    assert torch.cuda.current_stream() == before


def test_a_stream_of_another_gpu_makes_that_one_current_within_the_block(pretended):
    stream = torch.cuda.Stream(device="cuda:1")
    with torch.cuda.stream(stream):
        assert (torch.cuda.current_device(), torch.cuda.current_stream()) == (1, stream)
        assert torch.cuda.current_stream(0) == torch.cuda.default_stream(0)
    assert torch.cuda.current_device() == 0
    assert torch.cuda.current_stream(1) == torch.cuda.default_stream(1)


def test_a_stream_shows_what_pytorchs_shows(pretended):
    stream = torch.cuda.Stream(priority=-1)
    assert (str(stream.device), stream.device_index, stream.device_type, stream.priority) == ("cuda:0", 0, 1, -1)
    assert repr(stream) == f"<torch.cuda.Stream device=cuda:0 cuda_stream={stream.cuda_stream:#x}>"
    assert stream.cuda_stream == stream.stream_id == stream.native_handle and stream._inner.is_non_blocking
    assert stream._as_parameter_.value == stream.cuda_stream
    assert isinstance(stream, torch.Stream) and isinstance(torch.Stream("cuda:1"), torch.cuda.Stream)
    assert repr(torch.cuda.default_stream()) == "<torch.cuda.Stream device=cuda:0 cuda_stream=0x0>"


def test_a_stream_of_another_library_is_taken_by_its_address(pretended):
    stream = torch.cuda.get_stream_from_external(0xABC000, "cuda:1")
    assert (stream.cuda_stream, stream.device_index, type(stream)) == (0xABC000, 1, torch.cuda.ExternalStream)
    with torch.cuda.stream(stream):
        assert torch.cuda.current_stream() == stream == torch.cuda.ExternalStream(0xABC000, device=1)


def test_waiting_for_a_stream_is_waiting_for_a_mark_at_its_end(pretended):
    first, second = torch.cuda.Stream(), torch.cuda.Stream()
    second.wait_stream(first)
    assert second._inner.waits_for == [first.cuda_stream]
    torch.cuda.current_stream().wait_event(second.record_event())
    assert torch.cuda.current_stream()._inner.waits_for == [second.cuda_stream]


def test_times_are_taken_between_two_events_in_milliseconds(gpu):
    start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
    start.record()
    (torch.ones(8, device="cuda") @ torch.ones(8, device="cuda")).item()
    end.record()
    end.synchronize()
    assert end.query() and 0 < start.elapsed_time(end) < 60_000


@pytest.mark.parametrize(("timing", "message"), [(False, "created with argument 'enable_timing=True'"),
                                                 (True, "must be recorded before calculating elapsed time")])
def test_times_need_two_recorded_events_that_take_them(gpu, timing, message):
    with pytest.raises(ValueError, match=message):
        torch.cuda.Event(timing).elapsed_time(torch.cuda.Event(timing))


def test_an_event_is_made_when_it_is_recorded(gpu):
    event = torch.cuda.Event()
    assert (repr(event), event.cuda_event, event.query()) == ("<torch.cuda.Event uninitialized>", 0, True)
    event.synchronize()
    event.wait()
    event.record()
    assert repr(event) == f"<torch.cuda.Event {event.cuda_event:#x}>" and str(event.device) == "cuda:0"


def test_an_event_is_shown_to_another_process_by_its_handle(pretended):
    event = torch.cuda.Event(interprocess=True)
    handle = event.ipc_handle()
    assert len(handle) == 64
    assert torch.cuda.Event.from_ipc_handle(torch.device("cuda:1"), handle).cuda_event == event.cuda_event


def test_memory_that_a_stream_works_with_is_not_used_again_before_that_is_done(pretended):
    side, user = torch.cuda.Stream(), torch.cuda.Stream()
    with torch.cuda.stream(side):
        batch = torch.ones(4, device="cuda")
    batch.record_stream(user)
    view = batch[1:]
    del batch
    gc.collect()
    assert side._inner.waits_for == []  # a view still holds the memory
    del view
    gc.collect()
    assert side._inner.waits_for == [user.cuda_stream] and user._inner.waits_for == []


def test_only_streams_of_gpus_are_recorded(gpu):
    for stream in (None, torch.cpu.Stream()):
        with pytest.raises(RuntimeError, match="unknown parameter type"):
            torch.ones(1, device="cuda").record_stream(stream)
    torch.ones(1).record_stream(torch.cuda.Stream())  # the CPU's memory is nobody else's


def test_the_host_waits_for_copies_from_page_locked_memory_only(pretended):
    stream = torch.cuda.current_stream()._inner
    x = torch.ones(3)
    x.cuda()
    pinned = x.pin_memory()
    pinned.cuda(non_blocking=True)
    pinned.to("cuda", non_blocking=True)
    assert pinned.is_pinned() and not x.is_pinned() and stream.waited == 0
    assert pinned.cuda().cpu().tolist() == [1.0, 1.0, 1.0] and stream.waited == 1


def test_cuda_takes_gpus_only(gpu):
    with pytest.raises(RuntimeError, match=r"Invalid device, must be cuda device: cpu; use to\('cpu'\)"):
        torch.ones(1).cuda("cpu")


def test_handles_of_the_libraries_are_those_of_cupy(pretended):
    assert (torch.cuda.current_blas_handle(), torch.cuda.current_solver_handle()) == (0xB1A5, 0x501F)
