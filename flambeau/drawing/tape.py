"""A drawing of the tape: how a tensor was computed, and from which leaves."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flambeau.core.tensor import TensorBase
from flambeau.drawing.layers import arranged
from flambeau.drawing.picture import Picture, document, element, text

_COLOURS = {"leaf": "#cfe8ff", "op": "#eeeeee", "function": "#ffe7c2", "output": "#d5f2d5"}
_LETTER = 6.6  # the width of one, at the size of type used here
_HEIGHT = 30.0


class Box(NamedTuple):
    """A leaf, an op or the output."""

    kind: str
    title: str
    remark: str


class TapeDrawing(Picture):
    """What `draw_graph` returns: `dot` for Graphviz, `svg()`, `save(path)` as .dot, .gv or .svg; notebooks show it."""

    def __init__(self, boxes: dict[int, Box], sources: dict[int, list[int]], order: list[int]) -> None:
        self.boxes, self.sources, self.order = boxes, sources, order

    @property
    def dot(self) -> str:
        """The graph in Graphviz's language."""
        lines = ["digraph tape {", '  node [shape=box, style="filled,rounded", fontname=Helvetica, fontsize=11];']
        for number in self.order:
            kind, title, remark = self.boxes[number]
            label = "\\n".join(part.replace("\\", "\\\\").replace('"', '\\"') for part in (title, remark) if part)
            lines.append(f'  n{number} [label="{label}", fillcolor="{_COLOURS[kind]}"];')
        lines += [f"  n{source} -> n{target};" for target in self.order for source in self.sources[target]]
        return "\n".join([*lines, "}", ""])

    def svg(self) -> str:
        widths = {number: _width(self.boxes[number]) for number in self.order}
        places = arranged(self.order, self.sources, widths)
        parts = [element("path", d=_curve(places[source], places[target]), stroke="#888888", fill="none",
                         marker_end="url(#tip)")
                 for target in self.order for source in self.sources[target]]
        boxes = [_drawn(self.boxes[number], places[number], widths[number]) for number in self.order]
        width = max((x + widths[number] / 2 for number, (x, _) in places.items()), default=0.0) + 16
        height = max((y for _, y in places.values()), default=0.0) + 36
        return document(width, height, [_TIP, *parts, *boxes])

    def writers(self) -> dict[str, Any]:
        return {**super().writers(), ".dot": lambda: self.dot, ".gv": lambda: self.dot}


_TIP = ("<defs><marker id='tip' viewBox='0 0 8 8' refX='8' refY='4' markerWidth='7' markerHeight='7' orient='auto'>"
        "<path d='M0,0 L8,4 L0,8 z' fill='#888888'/></marker></defs>")


def _width(box: Box) -> float:
    return max(len(box.title), len(box.remark)) * _LETTER + 18


def _curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    (x0, y0), (x1, y1) = (start[0], start[1] + _HEIGHT / 2), (end[0], end[1] - _HEIGHT / 2)
    bend = (y1 - y0) / 2
    return f"M{x0:.1f},{y0:.1f} C{x0:.1f},{y0 + bend:.1f} {x1:.1f},{y1 - bend:.1f} {x1:.1f},{y1:.1f}"


def _drawn(box: Box, place: tuple[float, float], width: float) -> str:
    x, y = place
    lines = [line for line in (box.title, box.remark) if line]
    parts = [element("rect", x=x - width / 2, y=y - _HEIGHT / 2, width=width, height=_HEIGHT, rx=5, fill=_COLOURS[box.kind],
                     stroke="#666666")]
    first = y + 4 - 6 * (len(lines) - 1)
    parts += [text(line, x, first + 12 * number, text_anchor="middle", font_size=11 if number == 0 else 10)
              for number, line in enumerate(lines)]
    return "\n".join(parts)


def draw_graph(tensor: Any, params: Mapping[str, Any] | None = None) -> TapeDrawing:
    """Draw how `tensor` (or each tensor of a list) was computed, as far as the tape knows.

    `params`: names of leaves, such as `dict(model.named_parameters())`. Raises RuntimeError for a tensor that is not on
    the tape.
    """
    outputs = [tensor] if isinstance(tensor, TensorBase) else list(tensor)
    if any(output.grad_fn is None for output in outputs):
        raise RuntimeError("draw_graph: the tensor is not on the tape: it needs no gradient, or was made under no_grad or "
                           "detached")
    names = {id(leaf): name for name, leaf in (params or {}).items()}
    boxes: dict[int, Box] = {}
    sources: dict[int, list[int]] = {}
    order = _sources_first([output.grad_fn for output in outputs])
    numbers = {id(node): number for number, node in enumerate(order)}
    for number, node in enumerate(order):
        boxes[number] = _box(node, names)
        sources[number] = [numbers[id(source)] for source, _ in node.next_functions if source is not None]
    for output in outputs:
        number = len(boxes)
        boxes[number] = Box("output", "output", _shape(output))
        sources[number] = [numbers[id(output.grad_fn)]]
    return TapeDrawing(boxes, sources, list(boxes))


def _sources_first(ends: list[Any]) -> list[Any]:
    """Return the nodes that lead to `ends`, each after all that it comes from."""
    order: list[Any] = []
    known: set[int] = set()
    kept: list[Any] = []  # what next_functions makes must live as long as its id is known
    stack = [(node, False) for node in reversed(ends)]
    while stack:
        node, is_done = stack.pop()
        if is_done:
            order.append(node)
            continue
        if id(node) in known:
            continue
        known.add(id(node))
        kept.append(node)
        stack.append((node, True))
        stack += [(source, False) for source, _ in node.next_functions if source is not None and id(source) not in known]
    return order


def _box(node: Any, names: Mapping[int, str]) -> Box:
    leaf = getattr(node, "variable", None)
    if leaf is not None:
        return Box("leaf", names.get(id(leaf), "leaf"), _shape(leaf))
    return Box("function" if node.op is None else "op", node.name(), "")


def _shape(tensor: Any) -> str:
    return "(" + ", ".join(map(str, tensor.shape)) + ")"
