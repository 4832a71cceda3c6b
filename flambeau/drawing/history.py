"""The curves of a training run, a panel for each quantity."""
from __future__ import annotations

import io
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flambeau.drawing.picture import Picture, document, element, text

_COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b")
_PANEL, _HEIGHT, _LEFT, _TOP, _BOTTOM, _RIGHT = 360.0, 240.0, 58.0, 30.0, 34.0, 14.0
_PARTS = ("train", "training", "valid", "validation", "val", "test", "eval")
Points = list[tuple[float, float]]


class History(Picture):
    """What `plot_history` returns: `panels`, `svg()`, `save(path)` as .svg or .png; notebooks show it."""

    def __init__(self, panels: dict[str, dict[str, Points]]) -> None:
        self.panels = panels

    def svg(self) -> str:
        panels = [_panel(title, curves, number * _PANEL) for number, (title, curves) in enumerate(self.panels.items())]
        return document(_PANEL * max(len(panels), 1), _HEIGHT, panels)

    def writers(self) -> dict[str, Any]:
        return {**super().writers(), ".png": self.png}

    def png(self) -> bytes:
        """Return the picture as PNG, drawn by Matplotlib. Raises ModuleNotFoundError where that is not installed."""
        try:
            from matplotlib.figure import Figure
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError("a PNG is drawn by Matplotlib, which is not installed: pip install matplotlib, or save "
                                      "as .svg, which needs nothing") from error
        figure = Figure(figsize=(4.5 * max(len(self.panels), 1), 3.2), layout="constrained")
        for number, (title, curves) in enumerate(self.panels.items()):
            axes = figure.add_subplot(1, len(self.panels), number + 1)
            for name, points in curves.items():
                axes.plot([x for x, _ in points], [y for _, y in points], label=name)
            axes.set_title(title)
            axes.legend()
        content = io.BytesIO()
        figure.savefig(content, format="png")
        return content.getvalue()


def plot_history(history: Any, path: Any = None) -> History:
    """Draw the quantities of a training run over its steps; those of one name for training and validation together.

    `history`: a dict of lists (`{"loss": [...], "val_loss": [...]}`), a list of dicts, one for each step or epoch, or the
    folder of a `SummaryWriter`. `path`: where to save the picture, as .svg or .png.
    """
    curves = _curves(history)
    panels: dict[str, dict[str, Points]] = {}
    for name, points in curves.items():
        panels.setdefault(_quantity(name), {})[name] = points
    drawn = History(panels)
    if path is not None:
        drawn.save(path)
    return drawn


def _curves(history: Any) -> dict[str, Points]:
    if isinstance(history, str | os.PathLike):
        from flambeau.utils.tensorboard.reading import scalars

        return scalars(os.fspath(history))
    if isinstance(history, Mapping):
        return {str(name): _points(enumerate(_numbers(name, values))) for name, values in history.items()}
    if isinstance(history, Sequence) and all(isinstance(row, Mapping) for row in history):
        names = dict.fromkeys(name for row in history for name in row)
        return {str(name): _points((step, float(row[name])) for step, row in enumerate(history) if name in row)
                for name in names}
    raise TypeError("plot_history: expected a dict of lists, a list of dicts or a SummaryWriter's folder, but got "
                    f"{type(history).__name__}")


def _numbers(name: Any, values: Any) -> list[float]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"plot_history: {name!r} is to be a list of numbers, but is a {type(values).__name__}")
    return [float(value) for value in values]


def _points(pairs: Iterable[tuple[float, float]]) -> Points:
    return [(float(step), value) for step, value in pairs if math.isfinite(value)]


def _quantity(name: str) -> str:
    """Return the name without what says which part of the data it is of: 'val_loss' and 'loss/train' are 'loss'."""
    words = [word for word in name.replace("/", "_").split("_") if word.lower() not in _PARTS]
    return "_".join(words) or name


def _panel(title: str, curves: Mapping[str, Points], left: float) -> str:
    points = [point for curve in curves.values() for point in curve]
    xs, ys = _range([x for x, _ in points]), _range([y for _, y in points])
    width, height = _PANEL - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def place(x: float, y: float) -> tuple[float, float]:
        return (left + _LEFT + (x - xs[0]) / (xs[1] - xs[0]) * width,
                _TOP + height - (y - ys[0]) / (ys[1] - ys[0]) * height)

    parts = [text(title, left + _LEFT + width / 2, 18, text_anchor="middle", font_size=13, font_weight="bold"),
             element("rect", x=left + _LEFT, y=_TOP, width=width, height=height, fill="none", stroke="#999999")]
    for y in _ticks(*ys):
        parts += [element("line", x1=left + _LEFT, x2=left + _LEFT + width, y1=place(xs[0], y)[1], y2=place(xs[0], y)[1],
                          stroke="#e5e5e5"),
                  text(f"{y:.4g}", left + _LEFT - 5, place(xs[0], y)[1] + 4, text_anchor="end", font_size=10)]
    parts += [text(f"{x:.4g}", place(x, ys[0])[0], _TOP + height + 14, text_anchor="middle", font_size=10) for x in _ticks(*xs)]
    for number, (name, curve) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in curve))
        parts += [element("polyline", points=line, fill="none", stroke=colour, stroke_width=1.6),
                  text(name, left + _LEFT + width - 6, _TOP + 15 + 13 * number, text_anchor="end", font_size=11, fill=colour)]
    return "\n".join(parts)


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Return round numbers between two others."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step for step in (power, 2 * power, 5 * power, 10 * power) if step >= rough)
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]
