"""Drawings of the tape, as DOT and as SVG."""
from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

import flambeau as torch
from flambeau import nn
from flambeau.drawing.layers import arranged
from flambeau.utils import draw_graph

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def drawing():
    model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 1))
    return draw_graph(model(torch.ones(2, 4)).sum(), dict(model.named_parameters()))


def titles(drawing):
    return [box.title for box in drawing.boxes.values()]


def test_ops_leaves_and_the_output_have_boxes(drawing):
    assert sorted(titles(drawing)) == sorted([
        "AddmmBackward0", "ReluBackward0", "AddmmBackward0", "SumBackward0", "output", "0.weight", "0.bias", "2.weight",
        "2.bias", *[title for title in titles(drawing) if title == "TBackward0"]])
    remarks = {box.title: box.remark for box in drawing.boxes.values()}
    assert remarks["0.weight"] == "(3, 4)"
    assert remarks["output"] == "()"


def test_arrows_lead_from_what_was_used_to_what_was_made(drawing):
    for target, sources in drawing.sources.items():
        assert all(drawing.order.index(source) < drawing.order.index(target) for source in sources)
    output = drawing.order[-1]
    assert [drawing.boxes[source].title for source in drawing.sources[output]] == ["SumBackward0"]


def test_the_svg_has_every_box_and_arrow(drawing):
    tree = ElementTree.fromstring(drawing.svg())
    assert len(tree.findall(f"{SVG}rect")) == len(drawing.boxes) + 1  # and the paper
    assert len(tree.findall(f"{SVG}path")) == sum(map(len, drawing.sources.values()))
    assert "0.weight" in [part.text for part in tree.iter(f"{SVG}text")]
    assert drawing._repr_svg_() == drawing.svg()


def test_boxes_do_not_cover_each_other(drawing):
    widths = dict.fromkeys(drawing.order, 100.0)
    places = arranged(drawing.order, drawing.sources, widths)
    for one in places:
        for other in places:
            if one < other and places[one][1] == places[other][1]:
                assert abs(places[one][0] - places[other][0]) >= 100
    for target, sources in drawing.sources.items():
        assert all(places[source][1] < places[target][1] for source in sources)


def test_it_is_saved_as_the_name_says(drawing, tmp_path):
    drawing.save(tmp_path / "tape.dot")
    drawing.save(tmp_path / "tape.svg")
    assert (tmp_path / "tape.dot").read_text().startswith("digraph tape {")
    assert '[label="0.weight\\n(3, 4)"' in (tmp_path / "tape.dot").read_text()
    assert (tmp_path / "tape.svg").read_text() == drawing.svg()
    with pytest.raises(ValueError, match=r"\.svg or \.dot"):
        drawing.save(tmp_path / "tape.png")


def test_a_leaf_used_twice_is_drawn_once():
    x = torch.ones(2, requires_grad=True)
    drawing = draw_graph((x * x).sum() + x.sum())
    assert titles(drawing).count("leaf") == 1


def test_a_users_function_has_its_name():
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    drawing = draw_graph(Double.apply(torch.ones(1, requires_grad=True)))
    assert {box.title: box.kind for box in drawing.boxes.values()}["DoubleBackward"] == "function"


def test_thousands_of_ops_are_drawn_without_recursion():
    x = torch.ones(1, requires_grad=True)
    y = x
    for _ in range(5000):
        y = y + 1
    drawing = draw_graph(y)
    assert len(drawing.boxes) == 5002
    assert drawing.svg().count("<rect") == 5003


def test_a_tensor_that_is_not_on_the_tape_is_refused():
    with pytest.raises(RuntimeError, match="not on the tape"):
        draw_graph(torch.ones(1))
