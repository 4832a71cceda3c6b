"""The demo's two pictures: curves of loss and accuracy, and the confusion matrix with the worst mistakes."""
from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any


def available() -> bool:
    return importlib.util.find_spec("matplotlib") is not None


def _new(width: float, height: float) -> Any:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def curves(path: Path, losses: list[float], train_accuracy: list[float], test_accuracy: list[float]) -> None:
    """Draw one point an epoch."""
    figure = _new(9, 3.5)
    left, right = figure.subplots(1, 2)
    epochs = range(1, len(losses) + 1)
    left.plot(epochs, losses, color="tab:red")
    left.set(xlabel="epoch", ylabel="training loss", yscale="log")
    right.plot(epochs, train_accuracy, label="training")
    right.plot(epochs, test_accuracy, label="test")
    right.set(xlabel="epoch", ylabel="accuracy", ylim=(min([0.8, *test_accuracy]), 1.0))
    right.legend()
    figure.savefig(path, dpi=120)


def confusion(path: Path, read: Any, true: Any, images: Any) -> None:
    """Draw how often each digit was read as each, and up to ten images that were read wrong."""
    import numpy

    counts = numpy.zeros((10, 10), int)
    numpy.add.at(counts, (true, read), 1)
    figure = _new(10, 5)
    left, right = figure.subfigures(1, 2)
    axes = left.subplots()
    axes.imshow(numpy.log1p(counts), cmap="Blues")
    for row, column in zip(*counts.nonzero(), strict=True):
        axes.text(column, row, counts[row, column], ha="center", va="center", fontsize=8,
                  color="white" if row == column else "black")
    axes.set(xlabel="read as", ylabel="is", xticks=range(10), yticks=range(10))
    wrong = numpy.flatnonzero(read != true)[:10]
    right.suptitle(f"{(read != true).sum()} of {len(true)} read wrong")
    for cell, index in zip(right.subplots(2, 5).flat, [*wrong, *[None] * 10], strict=False):
        cell.axis("off")
        if index is not None:
            cell.imshow(images[index], cmap="gray_r")
            cell.set_title(f"{true[index]} read as {read[index]}", fontsize=8)
    figure.savefig(path, dpi=120)
