"""`autograd.grad(is_grads_batched=True)`: a pass for each row of the gradients, and the results in rows."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any


def by_row(gradients: Callable[[list[Any], bool], list[Any]], outputs: list[Any], weights: list[Any],
           keep: bool) -> list[Any]:
    """Call `gradients(row of the weights, whether to keep the tape)` for each row; return the results as rows."""
    count = _rows_in(outputs, weights)
    found = [gradients([weight[i] for weight in weights], keep or i + 1 < count) for i in range(count)]
    return [None if rows[0] is None else _stacked(rows) for rows in zip(*found, strict=True)]


def _rows_in(outputs: list[Any], weights: list[Any]) -> int:
    """Raises RuntimeError where a weight is not rows of its output's shape, ValueError where their numbers differ."""
    for output, weight in zip(outputs, weights, strict=True):
        if weight is None or weight.shape[1:] != output.shape or not weight.ndim:
            raise RuntimeError(
                "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch dimension. "
                "The sizes of the remaining dimensions are expected to match the shape of corresponding output, but a "
                f"mismatch was detected: grad_output has a shape of {None if weight is None else list(weight.shape)} and "
                f"output has a shape of {list(output.shape)}")
    counts = {len(weight) for weight in weights}
    if len(counts) != 1 or counts == {0}:
        raise ValueError(f"grad: expected grad_outputs with as many rows each, at least one, but got {sorted(counts)}")
    return counts.pop()


def _stacked(rows: tuple[Any, ...]) -> Any:
    result = rows[0].new_zeros((len(rows), *rows[0].shape))
    for i, row in enumerate(rows):
        result[i] = row
    return result
