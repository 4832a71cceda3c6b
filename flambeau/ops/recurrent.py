"""Recurrent networks: layers over sequences, stacked and in both directions, and their cells."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.tensor import TensorBase
from flambeau.ops.dropout import dropout as dropped
from flambeau.ops.joining import cat, stack
from flambeau.ops.permutation import transpose
from flambeau.ops.recurrence import recurrent_layer
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Sizes = tuple[int, ...]


def lstm(*args: Any, **kwargs: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Run a long short-term memory: (output, last hidden states, last cell states).

    `lstm(input, (h0, c0), params, has_biases, num_layers, dropout, train, bidirectional, batch_first)`, or with the data and
    batch sizes of a packed sequence `lstm(data, batch_sizes, (h0, c0), params, has_biases, num_layers, dropout, train,
    bidirectional)`. `params` are, for each layer and direction, the input's and the state's weights, then their biases,
    then the projection's weight if the states differ in width.
    """
    return _run("lstm", args, kwargs)


def gru(*args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
    """Run a gated recurrent unit: (output, last hidden states); arguments as of `lstm`, with h0 alone."""
    return _run("gru", args, kwargs)[:2]


def rnn_tanh(*args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
    """Run an Elman network with tanh: (output, last hidden states); arguments as of `gru`."""
    return _run("tanh", args, kwargs)[:2]


def rnn_relu(*args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
    """Run an Elman network with ReLU: (output, last hidden states); arguments as of `gru`."""
    return _run("relu", args, kwargs)[:2]


def _run(kind: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    """Tell the two ways of calling apart."""
    second = args[1] if len(args) > 1 else None
    is_packed = "batch_sizes" in kwargs or isinstance(second, TensorBase) and second.ndim == 1
    return (_packed if is_packed else _padded)(kind, *args, **kwargs)


def _packed(kind: str, data: Tensor, batch_sizes: Tensor, hx: Any, params: Sequence[Tensor], has_biases: bool,
            num_layers: int, dropout: float, train: bool, bidirectional: bool) -> tuple[Any, ...]:
    return stacked(kind, data, tuple(batch_sizes.tolist()), hx, params, has_biases, num_layers, dropout, train, bidirectional)


def _padded(kind: str, input: Tensor, hx: Any, params: Sequence[Tensor], has_biases: bool, num_layers: int, dropout: float,
            train: bool, bidirectional: bool, batch_first: bool) -> tuple[Any, ...]:
    if batch_first:
        input = transpose(input, 0, 1)
    length, batch = input.shape[:2]
    if not length:
        raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
    rows = reshape(input, (length * batch, input.shape[2]))
    output, hn, cn = stacked(kind, rows, (batch,) * length, hx, params, has_biases, num_layers, dropout, train, bidirectional)
    output = reshape(output, (length, batch, output.shape[1]))
    return transpose(output, 0, 1) if batch_first else output, hn, cn


def stacked(kind: str, rows: Any, batch_sizes: Sizes, hx: Any, params: Sequence[Any], has_biases: bool, num_layers: int,
            dropout: float, train: bool, bidirectional: bool) -> tuple[Any, Any, Any]:
    """Run layers over packed rows, with dropout between them: (rows of the last one, hidden states, cell states)."""
    hidden, memory = (hx[0], hx[1]) if kind == "lstm" else (hx, None)
    directions = 2 if bidirectional else 1
    per_cell = len(params) // (num_layers * directions)
    last: list[tuple[Any, Any]] = []
    for layer in range(num_layers):
        outputs = []
        for direction in range(directions):
            number = layer * directions + direction
            weights = params[number * per_cell:(number + 1) * per_cell]
            output, *states = _one_layer(kind, rows, hidden[number], None if memory is None else memory[number], weights,
                                         has_biases, batch_sizes, direction == 1)
            outputs.append(output)
            last.append((states[0], states[1]))
        rows = cat(outputs, 1) if bidirectional else outputs[0]
        if dropout and train and layer < num_layers - 1:
            rows = dropped(rows, dropout, True)
    return rows, stack([h for h, _ in last]), None if memory is None else stack([c for _, c in last])


def _one_layer(kind: str, rows: Any, hx: Any, cx: Any, weights: Sequence[Any], has_biases: bool, batch_sizes: Sizes,
               reverse: bool) -> tuple[Any, Any, Any]:
    weight_ih, weight_hh, *rest = weights
    bias_ih, bias_hh, *rest = rest if has_biases else (None, None, *rest)
    return recurrent_layer(rows, hx, cx, weight_ih, weight_hh, bias_ih, bias_hh, *(rest or [None]), kind, batch_sizes,
                           reverse)[:3]


# ------------------------------------------------------------------------------------- one step


def lstm_cell(input: Tensor, hx: Sequence[Tensor], w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None,
              b_hh: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Take one step of a long short-term memory: (hidden state, cell state), from (batch, in) and two (batch, hidden).

    >>> lstm_cell(randn(2, 3), (randn(2, 4), randn(2, 4)), randn(16, 3), randn(16, 4), randn(16), randn(16))
    >>> lstm_cell(randn(2, 3), (randn(2, 1), randn(2, 1)), randn(4, 3), randn(4, 1))
    """
    _, hidden, memory = _one_step("lstm", input, hx[0], hx[1], w_ih, w_hh, b_ih, b_hh)
    return hidden, memory


def gru_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None,
             b_hh: Tensor | None = None) -> Tensor:
    """Take one step of a gated recurrent unit: from (batch, in) and (batch, hidden) to (batch, hidden).

    >>> gru_cell(randn(2, 3), randn(2, 4), randn(12, 3), randn(12, 4), randn(12), randn(12))
    >>> gru_cell(randn(2, 3), randn(2, 1), randn(3, 3), randn(3, 1))
    """
    return _one_step("gru", input, hx, None, w_ih, w_hh, b_ih, b_hh)[1]


def rnn_tanh_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None,
                  b_hh: Tensor | None = None) -> Tensor:
    """Take one step of an Elman network with tanh: from (batch, in) and (batch, hidden) to (batch, hidden).

    >>> rnn_tanh_cell(randn(2, 3), randn(2, 4), randn(4, 3), randn(4, 4), randn(4), randn(4))
    """
    return _one_step("tanh", input, hx, None, w_ih, w_hh, b_ih, b_hh)[1]


def rnn_relu_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None,
                  b_hh: Tensor | None = None) -> Tensor:
    """Take one step of an Elman network with ReLU: from (batch, in) and (batch, hidden) to (batch, hidden).

    >>> rnn_relu_cell(randn(2, 3), randn(2, 4), randn(4, 3), randn(4, 4), randn(4), randn(4))
    """
    return _one_step("relu", input, hx, None, w_ih, w_hh, b_ih, b_hh)[1]


def _one_step(kind: str, input: Any, hidden: Any, memory: Any, w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> Any:
    if (b_ih is None) != (b_hh is None):
        raise RuntimeError(f"{kind} cell: give both biases or none")
    biases = [] if b_ih is None else [b_ih, b_hh]
    return _one_layer(kind, input, hidden, memory, [w_ih, w_hh, *biases], bool(biases), (input.shape[0],), False)
