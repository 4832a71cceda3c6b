"""The `flambeau` command."""
from __future__ import annotations

import pytest

import flambeau as torch
from flambeau.cli import main, training


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
    assert "numpy" in capsys.readouterr().out


def test_an_unknown_command_is_refused():
    with pytest.raises(SystemExit):
        main(["fly"])
