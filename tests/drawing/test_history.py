"""Curves of training runs."""
from __future__ import annotations

import importlib.util
import xml.etree.ElementTree as ElementTree

import pytest

from flambeau.utils import plot_history
from flambeau.utils.tensorboard import SummaryWriter

RUN = {"loss": [3.0, 2.0, 1.5], "val_loss": [3.1, 2.5, 2.4], "acc": [0.1, 0.4, 0.6]}


def test_training_and_validation_share_a_panel():
    assert {title: list(curves) for title, curves in plot_history(RUN).panels.items()} == {
        "loss": ["loss", "val_loss"], "acc": ["acc"]}
    assert list(plot_history({"train/loss": [1], "test/loss": [2]}).panels) == ["loss"]


def test_a_list_of_dicts_is_a_history_too():
    rows = [{"loss": 3.0}, {"loss": 2.0, "acc": 0.5}, {"loss": 1.0}]
    panels = plot_history(rows).panels
    assert panels["loss"]["loss"] == [(0.0, 3.0), (1.0, 2.0), (2.0, 1.0)]
    assert panels["acc"]["acc"] == [(1.0, 0.5)]


def test_the_svg_has_a_line_for_each_curve(tmp_path):
    history = plot_history(RUN, tmp_path / "run.svg")
    tree = ElementTree.fromstring((tmp_path / "run.svg").read_text())
    lines = tree.findall("{http://www.w3.org/2000/svg}polyline")
    assert [len(line.get("points").split()) for line in lines] == [3, 3, 3]
    ys = [float(point.split(",")[1]) for point in lines[0].get("points").split()]
    assert ys == sorted(ys)  # a falling loss falls: y grows downwards
    assert history._repr_svg_() == history.svg()


def test_a_writers_folder_is_a_history(tmp_path):
    with SummaryWriter(str(tmp_path)) as writer:
        for step in range(3):
            writer.add_scalar("loss", 1 / (step + 1), step * 10)
        writer.add_text("note", "no scalar")
    assert plot_history(tmp_path).panels["loss"]["loss"] == [(0.0, 1.0), (10.0, 0.5), (20.0, pytest.approx(1 / 3))]
    (file,) = tmp_path.glob("events*")
    file.write_bytes(file.read_bytes()[:-60])  # a program that was killed while it wrote
    assert plot_history(tmp_path).panels["loss"]["loss"][0] == (0.0, 1.0)


def test_odd_histories_are_drawn():
    for history in ({}, {"loss": []}, {"loss": [1.0]}, {"loss": [float("nan"), float("inf")]}, {"loss": [2.0, 2.0]}):
        ElementTree.fromstring(plot_history(history).svg())


@pytest.mark.parametrize("history", [3, [1, 2], {"loss": 3.0}, {"loss": "abc"}])
def test_what_is_no_history_is_refused(history):
    with pytest.raises(TypeError, match="plot_history"):
        plot_history(history)
    with pytest.raises(FileNotFoundError, match="no event files"):
        plot_history("nowhere")


def test_png_needs_matplotlib_and_says_so(tmp_path):
    if importlib.util.find_spec("matplotlib") is None:
        with pytest.raises(ModuleNotFoundError, match="pip install matplotlib"):
            plot_history(RUN, tmp_path / "run.png")
    else:
        plot_history(RUN, tmp_path / "run.png")
        assert (tmp_path / "run.png").read_bytes().startswith(b"\x89PNG")
