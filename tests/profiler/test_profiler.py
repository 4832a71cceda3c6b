"""Profiles: what is recorded, what tables and traces say, and that nothing is left behind."""
from __future__ import annotations

import gzip
import json
import threading

import pytest

import flambeau as torch
from flambeau import nn
from flambeau.autograd import listeners
from flambeau.profiler import (
    ProfilerAction,
    ProfilerActivity,
    profile,
    record_function,
    schedule,
    tensorboard_trace_handler,
)

CPU = [ProfilerActivity.CPU]


@pytest.fixture
def train():
    model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def step():
        optimizer.zero_grad()
        with record_function("forward"):
            loss = model(torch.ones(2, 4)).sum()
        loss.backward()
        optimizer.step()

    return step


@pytest.fixture(autouse=True)
def nothing_left():
    yield
    assert listeners.count == 0


def test_ops_nodes_optimizers_and_named_ranges_are_recorded(train):
    with profile(activities=CPU) as prof:
        train()
    names = {event.name for event in prof.events()}
    assert {"aten::linear", "aten::relu", "AddmmBackward0", "ReluBackward0", "Optimizer.step#SGD.step", "forward"} <= names


def test_spans_lie_within_those_that_were_open(train):
    with profile(activities=CPU) as prof:
        train()
    forward = next(event for event in prof.events() if event.name == "forward")
    assert [child.name for child in forward.cpu_children] == ["aten::linear", "aten::relu", "aten::linear", "aten::sum"]
    for event in prof.events():
        for child in event.cpu_children:
            assert event.time_range.start <= child.time_range.start <= child.time_range.end <= event.time_range.end
        assert event.self_cpu_time_total >= 0


def test_averages_are_taken_by_name_and_by_shapes():
    with profile(activities=CPU, record_shapes=True) as prof:
        for size in (2, 2, 3):
            torch.ones(size).exp()
    average = next(row for row in prof.key_averages() if row.key == "aten::exp")
    assert (average.count, average.cpu_time) == (3, average.cpu_time_total / 3)
    rows = prof.key_averages(group_by_input_shape=True)
    assert {row.input_shapes: row.count for row in rows if row.key == "aten::exp"} == {"[[2]]": 2, "[[3]]": 1}
    assert prof.key_averages().total_average().count == len(prof.events())


def test_the_table_shows_the_largest_first(train):
    with profile(activities=CPU, record_shapes=True, profile_memory=True, with_flops=True) as prof:
        train()
    lines = prof.key_averages().table(sort_by="cpu_time_total", row_limit=2, header="Title").split("\n")
    assert len([line for line in lines if "us" in line and "%" in line]) == 2
    assert lines[0] == "Title"
    lines = prof.key_averages().table(sort_by="count").split("\n")
    lines.insert(0, "")
    assert [title in lines[2] for title in ("Self CPU %", "CPU time avg", "CPU Mem", "# of Calls", "FLOPs")] == [True] * 5
    assert lines[-2].startswith("Self CPU time total: ")
    with pytest.raises(AttributeError, match="sort_by='speed' is not known"):
        prof.key_averages().table(sort_by="speed")


def test_work_and_memory_of_a_product_are_counted():
    left, right = torch.ones(4, 5), torch.ones(5, 6)
    with profile(activities=CPU, with_flops=True, profile_memory=True, record_shapes=True) as prof:
        torch.mm(left, right)
    event = prof.events()[0]
    assert (event.name, event.flops, event.cpu_memory_usage) == ("aten::matmul", 240, 96)
    assert event.input_shapes == [[4, 5], [5, 6]]


@pytest.mark.parametrize("name", ["trace.json", "trace.json.gz"])
def test_a_trace_is_what_chrome_reads(train, tmp_path, name):
    with profile(activities=CPU, record_shapes=True) as prof:
        train()
    prof.add_metadata("run", "7")
    prof.export_chrome_trace(str(tmp_path / name))
    content = (tmp_path / name).read_bytes()
    trace = json.loads(gzip.decompress(content) if name.endswith("gz") else content)
    spans = [event for event in trace["traceEvents"] if event["ph"] == "X"]
    assert len(spans) == len(prof.events())
    assert all({"name", "cat", "ts", "dur", "pid", "tid"} <= event.keys() for event in spans)
    assert {event["cat"] for event in spans} == {"cpu_op", "user_annotation"}
    assert trace["run"] == "7"


def test_stacks_lead_to_the_line_that_called(tmp_path):
    with profile(activities=CPU, with_stack=True) as prof:
        torch.ones(100, 100) @ torch.ones(100, 100)
    event = next(event for event in prof.events() if event.name == "aten::matmul")
    assert event.stack[0].endswith("test_stacks_lead_to_the_line_that_called") or any(
        "test_profiler.py" in place for place in event.stack)
    assert not any("recorder.py" in place for place in event.stack)
    prof.export_stacks(str(tmp_path / "stacks.txt"))
    assert "aten::matmul " in (tmp_path / "stacks.txt").read_text()
    with pytest.raises(ValueError, match="metric"):
        prof.export_stacks(str(tmp_path / "x"), "speed")


def test_a_schedule_says_which_steps_are_recorded():
    action = schedule(wait=1, warmup=1, active=2, repeat=2, skip_first=1)
    none, warm, record, save = ProfilerAction
    assert [action(step) for step in range(11)] == [none, none, warm, record, save, none, warm, record, save, none, none]
    with pytest.raises(ValueError, match="active is 1 or more"):
        schedule(wait=0, warmup=0, active=0)


def test_each_round_is_handed_over(train, tmp_path):
    rounds = []
    with profile(activities=CPU, schedule=schedule(wait=1, warmup=1, active=2, repeat=2),
                 on_trace_ready=lambda prof: rounds.append([event.name for event in prof.events()])) as prof:
        for _ in range(9):
            train()
            prof.step()
    assert [round.count("Optimizer.step#SGD.step") for round in rounds] == [2, 2]
    assert "ProfilerStep#2" in rounds[0]
    assert "ProfilerStep#3" in rounds[0]


def test_traces_go_to_tensorboards_folder(train, tmp_path):
    with profile(activities=CPU, on_trace_ready=tensorboard_trace_handler(str(tmp_path / "log"), "me")):
        train()
    (file,) = (tmp_path / "log").iterdir()
    assert file.name.startswith("me.")
    assert file.name.endswith(".pt.trace.json")


def test_a_profile_within_a_profile_is_refused():
    with profile(activities=CPU), pytest.raises(RuntimeError, match="already"), profile(activities=CPU):
        pass


def test_an_error_in_the_block_ends_the_recording():
    with pytest.raises(ZeroDivisionError), profile(activities=CPU) as prof, record_function("fails"):
        raise ZeroDivisionError
    assert [event.name for event in prof.events()] == ["fails"]
    with pytest.raises(RuntimeError, match="nothing was recorded"):
        profile(activities=CPU).events()


def test_other_threads_are_left_alone():
    def work():
        torch.ones(3).exp()

    with profile(activities=CPU) as prof:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert [event.name for event in prof.events()] == []


def test_batches_of_a_loader_are_recorded():
    loader = torch.utils.data.DataLoader(list(range(4)), batch_size=2)
    with profile(activities=CPU) as prof:
        list(loader)
    names = [event.name for event in prof.events()]
    assert names.count("enumerate(DataLoader)#_SingleProcessDataLoaderIter.__next__") == 3  # two batches, and the end


def test_a_function_can_be_named():
    @record_function("named")
    def function(value):
        return value + 1

    with profile(activities=CPU) as prof:
        assert function(1) == 2
    assert [event.name for event in prof.events()] == ["named"]
    assert function(2) == 3
