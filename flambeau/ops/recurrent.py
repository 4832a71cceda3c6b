"""Recurrent networks: layers over sequences, stacked and in both directions, and their cells."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.tensor import TensorBase
from flambeau.dispatch import casting
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.op import composite
from flambeau.dispatch.views import on_its_own
from flambeau.ops.dropout import dropout as dropped
from flambeau.ops.joining import cat, stack
from flambeau.ops.permutation import transpose
from flambeau.ops.recurrence import recurrent_layer
from flambeau.ops.recurrent_cells import CELLS
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Sizes = tuple[int, ...]
Weights = tuple[Any, Any, Any, Any, Any]


@composite
def lstm(*args: Any, **kwargs: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Run a long short-term memory: (output, last hidden states, last cell states).

    `lstm(input, (h0, c0), params, has_biases, num_layers, dropout, train, bidirectional, batch_first)`, or with the data and
    batch sizes of a packed sequence `lstm(data, batch_sizes, (h0, c0), params, has_biases, num_layers, dropout, train,
    bidirectional)`. `params` are, for each layer and direction, the input's and the state's weights, then their biases,
    then the projection's weight if the states differ in width.

    >>> lstm(randn(3, 2, 2), [randn(1, 2, 3)] * 2, [randn(12, 2), randn(12, 3), *[randn(12)] * 2], True, 1, 0.0, *[False] * 3)
    >>> lstm(randn(2, 3, 2), [randn(1, 3, 1), randn(1, 3, 2)], [randn(8, 2), randn(8, 1), randn(1, 2)], False, 1, *[False] * 4)
    >>> lstm(randn(5, 2), tensor([3, 2]), [randn(2, 3, 1)] * 2, [randn(4, 2), randn(4, 1)] * 2, False, 1, 0.0, False, True)
    """
    return _run("lstm", args, kwargs)


@composite
def gru(*args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
    """Run a gated recurrent unit: (output, last hidden states); arguments as of `lstm`, with h0 alone.

    >>> gru(randn(2, 3, 2), randn(1, 2, 3), [randn(9, 2), randn(9, 3), *[randn(9)] * 2], True, 1, 0.0, *[False] * 2, True)
    >>> gru(randn(5, 2), tensor([3, 2]), randn(2, 3, 1), [randn(3, 2), randn(3, 1)] * 2, False, 1, 0.0, False, True)
    """
    return _run("gru", args, kwargs)[:2]


@composite
def rnn_tanh(*args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
    """Run an Elman network with tanh: (output, last hidden states); arguments as of `gru`.

    >>> rnn_tanh(randn(3, 2, 2), randn(2, 2, 3), [randn(3, 2), *[randn(3, 3)] * 3], False, 2, 0.0, *[False] * 3)
    """
    return _run("tanh", args, kwargs)[:2]


@composite
def rnn_relu(*args: Any, **kwargs: Any) -> tuple[Tensor, Tensor]:
    """Run an Elman network with ReLU: (output, last hidden states); arguments as of `gru`.

    >>> rnn_relu(randn(5, 2), tensor([3, 2]), randn(1, 3, 2), [randn(2, 2), randn(2, 2)], False, 1, 0.0, False, False)
    """
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
    if input.ndim != 3:
        raise IndexError(f"a recurrent network takes an input of 3 dims, steps, batch and features, not of {input.ndim}")
    if batch_first:
        input = transpose(input, 0, 1)
    length, batch = input.shape[:2]
    if not length:
        raise RuntimeError("Expected sequence length to be larger than 0 in RNN")
    rows = reshape(input, (length * batch, input.shape[2]))
    output, hn, cn = stacked(kind, rows, (batch,) * length, hx, params, has_biases, num_layers, dropout, train, bidirectional)
    output = reshape(output, (length, batch, output.shape[1]))
    return on_its_own(transpose(output, 0, 1) if batch_first else output), hn, cn


def stacked(kind: str, rows: Any, batch_sizes: Sizes, hx: Any, params: Sequence[Any], has_biases: bool, num_layers: int,
            dropout: float, train: bool, bidirectional: bool) -> tuple[Any, Any, Any]:
    """Run layers over packed rows, with dropout between them: (rows of the last one, hidden states, cell states)."""
    states = _states(kind, hx)
    directions = 2 if bidirectional else 1
    weights = iter(_by_layer(params, has_biases, num_layers * directions, states))
    last: list[Any] = []
    for layer in range(num_layers):
        outputs = []
        for direction in range(directions):
            first = [state[len(last)] for state in states]
            output, *ended = _one_layer(kind, rows, first, *next(weights), batch_sizes, direction == 1)
            outputs.append(output)
            last.append(ended)
        rows = cat(outputs, 1) if bidirectional else outputs[0]
        if dropout and train and layer < num_layers - 1:
            rows = dropped(rows, dropout, True)
    return rows, stack([h for h, _ in last]), stack([c for _, c in last]) if kind == "lstm" else None


def _states(kind: str, hx: Any) -> list[Any]:
    """Return hidden states, and an LSTM's cell states."""
    if kind != "lstm":
        return [hx]
    if len(hx) != 2:
        raise RuntimeError(f"lstm expects two hidden states, for the hidden state and the cell, but got {len(hx)}")
    return list(hx)


def _by_layer(params: Sequence[Any], has_biases: bool, layers: int, states: list[Any]) -> list[Weights]:
    """Return for each layer and direction its weights, biases and projection, None where there is none."""
    is_projected = len(states) == 2 and states[0].shape[-1] != states[1].shape[-1]
    each = 2 + 2 * has_biases + is_projected
    if len(params) != each * layers:
        raise RuntimeError(f"got an incorrect number of RNN parameters: {len(params)}, but each of {layers} layers and "
                           f"directions takes {each}")
    if any(state.shape[0] != layers for state in states):
        raise RuntimeError(f"Expected more hidden states in stacked_rnn, or fewer: {layers} for layers and directions, but "
                           f"got {', '.join(str(state.shape[0]) for state in states)}")
    found = []
    for start in range(0, len(params), each):
        w_ih, w_hh, *rest = params[start:start + each]
        b_ih, b_hh = rest[:2] if has_biases else (None, None)
        found.append((w_ih, w_hh, b_ih, b_hh, rest[-1] if is_projected else None))
    return found


def _one_layer(kind: str, rows: Any, states: Sequence[Any], w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any, w_hr: Any,
               batch_sizes: Sizes, reverse: bool) -> tuple[Any, Any, Any]:
    _check(kind, rows, states, w_ih, w_hh, w_hr, batch_sizes[0])
    hx, cx = (*states, None)[:2]
    return recurrent_layer(rows, hx, cx, w_ih, w_hh, b_ih, b_hh, w_hr, kind, batch_sizes, reverse)[:3]


def _check(kind: str, rows: Any, states: Sequence[Any], w_ih: Any, w_hh: Any, w_hr: Any, batch: int) -> None:
    """Raise RuntimeError for sizes or dtypes that do not go together."""
    gates, width = CELLS[kind].gates, (states[0] if w_hr is None else w_hr).shape[1]
    if rows.shape[1] != w_ih.shape[1]:
        raise RuntimeError(f"input has inconsistent input_size: got {rows.shape[1]} expected {w_ih.shape[1]}")
    for number, (state, size) in enumerate(zip(states, (w_hh.shape[1], width), strict=False)):
        if state.shape[0] != batch:
            raise RuntimeError(f"Input batch size {batch} doesn't match hidden{number} batch size {state.shape[0]}")
        if state.shape[1] != size:
            raise RuntimeError(f"hidden{number} has inconsistent hidden_size: got {state.shape[1]}, expected {size}")
    for name, weight in (("weight_ih", w_ih), ("weight_hh", w_hh)):
        if weight.shape[0] != gates * width:
            raise RuntimeError(f"{name} first dim must be {gates} * hidden_size = {gates * width}, but got {weight.shape[0]}")
    for tensor in (*states, w_ih, w_hh):
        if tensor._array.dtype != rows._array.dtype and not casting.is_on():
            raise RuntimeError(f"mat1 and mat2 must have the same dtype, but got {pytorch_name(rows._array.dtype)} and "
                               f"{pytorch_name(tensor._array.dtype)}; convert input, states and weights to one")


# ------------------------------------------------------------------------------------- one step


@composite
def lstm_cell(input: Tensor, hx: Sequence[Tensor], w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None,
              b_hh: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Take one step of a long short-term memory: (hidden state, cell state), from (batch, in) and two (batch, hidden).

    >>> lstm_cell(randn(2, 3), (randn(2, 4), randn(2, 4)), randn(16, 3), randn(16, 4), randn(16), randn(16))
    >>> lstm_cell(randn(2, 3), (randn(2, 1), randn(2, 1)), randn(4, 3), randn(4, 1))
    """
    if len(hx) != 2:
        raise RuntimeError(f"lstm_cell expects two hidden states, for the hidden state and the cell, but got {len(hx)}")
    hidden, memory = _one_step("lstm", input, hx, w_ih, w_hh, b_ih, b_hh)
    return hidden, memory


@composite
def gru_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None,
             b_hh: Tensor | None = None) -> Tensor:
    """Take one step of a gated recurrent unit: from (batch, in) and (batch, hidden) to (batch, hidden).

    >>> gru_cell(randn(2, 3), randn(2, 4), randn(12, 3), randn(12, 4), randn(12), randn(12))
    >>> gru_cell(randn(2, 3), randn(2, 1), randn(3, 3), randn(3, 1))
    """
    return _one_step("gru", input, [hx], w_ih, w_hh, b_ih, b_hh)[0]


@composite
def rnn_tanh_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None,
                  b_hh: Tensor | None = None) -> Tensor:
    """Take one step of an Elman network with tanh: from (batch, in) and (batch, hidden) to (batch, hidden).

    >>> rnn_tanh_cell(randn(2, 3), randn(2, 4), randn(4, 3), randn(4, 4), randn(4), randn(4))
    """
    return _one_step("tanh", input, [hx], w_ih, w_hh, b_ih, b_hh)[0]


@composite
def rnn_relu_cell(input: Tensor, hx: Tensor, w_ih: Tensor, w_hh: Tensor, b_ih: Tensor | None = None,
                  b_hh: Tensor | None = None) -> Tensor:
    """Take one step of an Elman network with ReLU: from (batch, in) and (batch, hidden) to (batch, hidden).

    >>> rnn_relu_cell(randn(2, 3), randn(2, 4), randn(4, 3), randn(4, 4), randn(4), randn(4))
    """
    return _one_step("relu", input, [hx], w_ih, w_hh, b_ih, b_hh)[0]


def _one_step(kind: str, input: Any, states: Sequence[Any], w_ih: Any, w_hh: Any, b_ih: Any, b_hh: Any) -> tuple[Any, ...]:
    """Return the states after a step."""
    if input.ndim != 2:
        error = RuntimeError if input.ndim > 2 else IndexError
        raise error(f"a recurrent cell takes a batch of 2 dims, (batch, in), not an input of {input.ndim}")
    for number, state in enumerate(states):
        if state.ndim != 2:
            raise RuntimeError(f"hidden{number} must have 2 dims, (batch, hidden), but has {state.ndim}")
    return _one_layer(kind, input, states, w_ih, w_hh, b_ih, b_hh, None, (input.shape[0],), False)[1:]
