"""A table of a model: its layers, what goes in and comes out, their parameters and their work."""
from __future__ import annotations

import math
from typing import Any, NamedTuple

from flambeau.autograd.mode import no_grad
from flambeau.core.tensor import TensorBase
from flambeau.nn.convolution import ConvNd
from flambeau.nn.linear import Linear
from flambeau.nn.recurrent import RNNBase
from flambeau.ops.creation import zeros


class Row(NamedTuple):
    """One layer: its depth and name in the model, its class, shapes, own parameters and multiply-adds."""

    depth: int
    name: str
    kind: str
    input_shape: str
    output_shape: str
    parameters: int
    multiply_adds: int


class Summary:
    """What `summary` found: `rows`, `total_params`, `trainable_params`, `total_mult_adds`; printed as a table."""

    def __init__(self, rows: list[Row], total_params: int, trainable_params: int, total_bytes: int) -> None:
        self.rows, self.total_bytes = rows, total_bytes
        self.total_params, self.trainable_params = total_params, trainable_params
        self.total_mult_adds = sum(row.multiply_adds for row in rows)

    def __str__(self) -> str:
        head = ("Layer", "Input", "Output", "Parameters", "Multiply-adds")
        lines = [(f"{'  ' * row.depth}{row.kind}" + (f": {row.name}" if row.name else ""), row.input_shape, row.output_shape,
                  f"{row.parameters:,}" if row.parameters else "-", f"{row.multiply_adds:,}" if row.multiply_adds else "-")
                 for row in self.rows]
        widths = [max(len(line[column]) for line in [head, *lines]) for column in range(5)]
        table = ["  ".join(cell.rjust(width) if column > 2 else cell.ljust(width)
                           for column, (cell, width) in enumerate(zip(line, widths, strict=True))).rstrip()
                 for line in [head, *lines]]
        rule = "-" * max(map(len, table))
        return "\n".join([table[0], rule, *table[1:], rule,
                          f"Parameters: {self.total_params:,}, of which {self.trainable_params:,} are trained "
                          f"({self.total_bytes / 1e6:.2f} MB)", f"Multiply-adds: {self.total_mult_adds:,}"])

    __repr__ = __str__


def summary(model: Any, input: Any = None, *, input_size: Any = None) -> Summary:
    """Run a model once and return a table of its layers.

    `input`: what it is called with, a tensor or a tuple of arguments; or `input_size`, the shape of one tensor of zeros.
    The model is left as it was: in its mode, without gradients, its running statistics too. Raises ValueError without input.
    """
    if (input is None) == (input_size is None):
        raise ValueError("give the model's input, or the input_size of one, but not both")
    if input is None:
        first = next(iter(model.parameters()), None)
        input = zeros(*input_size, device=None if first is None else first.device)
    args = input if isinstance(input, tuple) else (input,)
    rows: list[Any] = []
    handles = [handle for depth, name, module in _walk(model) for handle in _watch(module, depth, name, rows)]
    training = {module: module.training for module in model.modules()}
    try:
        model.eval()
        with no_grad():
            model(*args)
    finally:
        for handle in handles:
            handle.remove()
        for module, mode in training.items():
            module.training = mode
    parameters = list(model.parameters())
    return Summary([row for row in rows if isinstance(row, Row)], sum(p.numel() for p in parameters),
                   sum(p.numel() for p in parameters if p.requires_grad), sum(p.nbytes for p in parameters))


def _walk(model: Any, depth: int = 0, name: str = "") -> Any:
    yield depth, name, model
    for child_name, child in model.named_children():
        yield from _walk(child, depth + 1, child_name)


def _watch(module: Any, depth: int, name: str, rows: list[Any]) -> list[Any]:
    """Keep a place in the table when a module is entered, and fill it when it is left."""
    places: list[int] = []

    def enter(_: Any, args: Any) -> None:
        places.append(len(rows))
        rows.append(None)

    def leave(_: Any, args: Any, output: Any) -> None:
        own = sum(p.numel() for p in module._parameters.values() if p is not None)
        rows[places.pop()] = Row(depth, name, type(module).__name__, _shapes(args), _shapes(output), own,
                                 _multiply_adds(module, args, output))

    return [module.register_forward_pre_hook(enter), module.register_forward_hook(leave)]


def _shapes(value: Any) -> str:
    if isinstance(value, TensorBase):
        return str(tuple(value.shape)).replace(",)", ")")
    if isinstance(value, list | tuple):
        found = [text for text in map(_shapes, value) if text]
        return ", ".join(found)
    if isinstance(value, dict):
        return _shapes(list(value.values()))
    return ""


def _multiply_adds(module: Any, args: Any, output: Any) -> int:
    """The products of a layer's weights with what goes through it; of layers without such products, 0."""
    weights = [p.numel() for p in module._parameters.values() if p is not None and p.dim() > 1]
    if isinstance(module, Linear) and isinstance(output, TensorBase):
        return module.in_features * output.numel()
    if isinstance(module, ConvNd):
        through = args[0] if module.transposed else output  # each element meets all weights of its channel's windows
        places = through.numel() // (module.in_channels if module.transposed else module.out_channels)
        return sum(weights) * places
    if isinstance(module, RNNBase) and isinstance(args[0], TensorBase):
        return sum(weights) * math.prod(args[0].shape[:-1])
    return 0
