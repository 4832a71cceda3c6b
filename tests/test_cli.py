"""The `flambeau` command."""
from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest

import flambeau as torch
from flambeau.cli import main, training
from flambeau.cli.bench.chart import chart
from flambeau.cli.bench.once import first_number, measure
from flambeau.cli.bench.ops import OPS
from flambeau.cli.bench.workloads import WORKLOADS


def test_the_demo_saves_a_checkpoint_that_reads_the_same(tmp_path, capsys):
    assert main(["demo", "--epochs", "1", "--out", str(tmp_path)]) == 0
    assert "reads every image the same" in capsys.readouterr().out
    assert torch.load(tmp_path / "checkpoint.pt")["epoch"] == 1


def test_a_folder_without_data_is_a_clear_error(tmp_path, capsys):
    assert main(["demo", "--data", str(tmp_path / "nowhere")]) == 2
    assert "Dataset not found: no train-images-idx3-ubyte" in capsys.readouterr().err


def test_a_device_that_is_not_there_is_a_clear_error(capsys):
    assert main(["demo", "--device", "tpu:0"]) == 2
    assert "Invalid device string: 'tpu:0'" in capsys.readouterr().err


def test_an_interrupt_saves_and_exits_cleanly(tmp_path, capsys, monkeypatch):
    def interrupted(*args):
        yield training.Progress(0, 1437, 1.0, 0.5)
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "train", interrupted)
    assert main(["demo", "--out", str(tmp_path)]) == 130
    assert "interrupted after 1 of 60 epochs; saved" in capsys.readouterr().out
    assert torch.load(tmp_path / "checkpoint.pt")["epoch"] == 1


def test_bench_names_what_is_missing(capsys):
    assert main(["bench", "matmul", "--size", "16", "--runs", "2"]) == 0
    out = capsys.readouterr().out
    assert "flambeau CPU" in out
    assert "GFLOP/s" in out


def test_info_names_versions(capsys):
    assert main(["info"]) == 0
    out = capsys.readouterr().out
    assert "numpy" in out
    assert "kernels" in out


@pytest.mark.parametrize("name", ["CNN 28x28, batch 144, Adam, MSE", "inference: MLP", "matmul 1024"])
def test_a_workload_is_timed(name):
    found = measure(torch, WORKLOADS[name], 0.0, {})
    assert found["ms"] > 0
    assert math.isfinite(found["first"])
    assert found["mb"] > 1


@pytest.mark.parametrize("name", [name for name in OPS if "56x56" not in name])
def test_an_op_runs_as_it_is_timed(name):
    torch.manual_seed(0)
    step = OPS[name].make(torch, {})
    first = first_number(step())
    assert math.isfinite(first)
    assert "randn" in name or "dropout" in name or first_number(step()) == first


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_workload_makes_a_step(name):
    torch.manual_seed(0)
    if "2048" not in name:
        assert math.isfinite(WORKLOADS[name].make(torch, {})())


def test_the_chart_has_a_bar_for_each_workload():
    found = {"ratio": 1.5, "ratio_from": 1.2, "ratio_to": 1.9}
    drawn = chart({"one": found, "a < b": {**found, "ratio": 0.5}})
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert drawn.count("<rect") == 3
    assert "a &lt; b" in drawn


def test_an_unknown_command_is_refused():
    with pytest.raises(SystemExit):
        main(["fly"])
