"""Recurrent layers and cells."""
from __future__ import annotations

import math
import numbers
import warnings
from typing import Any

from flambeau.nn import init
from flambeau.nn.module import Module
from flambeau.nn.parameter import Parameter
from flambeau.nn.utils.rnn import PackedSequence
from flambeau.ops import recurrent
from flambeau.ops.creation import empty, zeros
from flambeau.ops.rows import index_select
from flambeau.ops.shape import squeeze, unsqueeze

_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}
_KINDS = {"LSTM": "lstm", "GRU": "gru", "RNN_TANH": "tanh", "RNN_RELU": "relu"}


class RNNBase(Module):
    """What RNN, LSTM and GRU share: their parameters, the forms of their input, and the walk over it.

    Input: (steps, batch, in), (batch, steps, in) with `batch_first`, (steps, in) for a single sequence, or a
    `PackedSequence`; and the first states (layers × directions, batch, hidden), zeros when left out.
    Output: (steps, batch, directions × hidden) in the form of the input, and the last states.
    `dropout`: between layers, while training. `proj_size`: the width of an LSTM's output, if smaller than its state.
    """

    def __init__(self, mode: str, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
                 batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0,
                 device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        _check_types(input_size=input_size, hidden_size=hidden_size, num_layers=num_layers, bias=bias,
                     batch_first=batch_first, bidirectional=bidirectional)
        _check_sizes(input_size, hidden_size, num_layers, dropout, proj_size, mode)
        self.mode = mode
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional, self.proj_size = bidirectional, proj_size
        self._names: list[list[str]] = []  # of the parameters, for each layer and direction
        for layer in range(num_layers):
            for suffix in ("", "_reverse")[:self._directions]:
                self._names.append(self._add_parameters(layer, suffix, device, dtype))
        self.reset_parameters()

    def _add_parameters(self, layer: int, suffix: str, device: Any, dtype: Any) -> list[str]:
        rows, out = _GATES[self.mode] * self.hidden_size, self.proj_size or self.hidden_size
        columns = self.input_size if layer == 0 else out * self._directions
        shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, columns), "weight_hh": (rows, out)}
        if self.bias:
            shapes |= {"bias_ih": (rows,), "bias_hh": (rows,)}
        if self.proj_size:
            shapes["weight_hr"] = (self.proj_size, self.hidden_size)
        names = [f"{name}_l{layer}{suffix}" for name in shapes]
        for name, shape in zip(names, shapes.values(), strict=True):
            self.register_parameter(name, Parameter(empty(*shape, device=device, dtype=dtype)))
        return names

    @property
    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    def reset_parameters(self) -> None:
        """Draw all parameters uniformly from ±1/√hidden_size."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    @property
    def _flat_weights_names(self) -> list[str]:
        return [name for names in self._names for name in names]

    @property
    def _flat_weights(self) -> list[Any]:
        return [getattr(self, name) for name in self._flat_weights_names]

    @property
    def all_weights(self) -> list[list[Any]]:
        """The parameters of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._names]

    def flatten_parameters(self) -> None:
        """Do nothing: parameters need not lie in one piece of memory here."""

    # ---------------------------------------------------------------------------------- forward

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        if input.dim() not in (2, 3):
            raise ValueError(f"{self._title}: Expected input to be 2D or 3D, got {input.dim()}D instead")
        is_batched, batch_dim = input.dim() == 3, 0 if self.batch_first else 1
        if not is_batched:
            input = unsqueeze(input, batch_dim)
        hx = self._first_states(input, input.shape[batch_dim], hx, is_batched)
        self._check_input(input, 3)
        output, *states = self._run(input, hx, self.batch_first)
        if is_batched:
            return output, self._joined(states)
        return squeeze(output, batch_dim), self._joined([squeeze(state, 1) for state in states])

    def _forward_packed(self, input: PackedSequence, hx: Any) -> tuple[PackedSequence, Any]:
        data, batch_sizes, sorted_indices, unsorted_indices = input
        self._check_input(data, 2)
        batch = int(batch_sizes[0])
        given = self._first_states(data, batch, hx, True)
        if hx is not None:
            given = self._permuted(given, sorted_indices)
        output, *states = self._run(data, given, None, batch_sizes)
        last = self._permuted(self._joined(states), unsorted_indices)
        return PackedSequence(output, batch_sizes, sorted_indices, unsorted_indices), last

    def _run(self, input: Any, hx: Any, batch_first: bool | None, batch_sizes: Any = None) -> tuple[Any, ...]:
        options = (self._flat_weights, self.bias, self.num_layers, self.dropout, self.training, self.bidirectional)
        run = {"LSTM": recurrent.lstm, "GRU": recurrent.gru, "RNN_TANH": recurrent.rnn_tanh,
               "RNN_RELU": recurrent.rnn_relu}[self.mode]
        return run(input, hx, *options, batch_first) if batch_sizes is None else run(input, batch_sizes, hx, *options)

    @property
    def _title(self) -> str:
        return "RNN" if self.mode.startswith("RNN") else self.mode

    def _joined(self, states: list[Any]) -> Any:
        """The states as users see them: an LSTM's are a pair."""
        return tuple(states) if self.mode == "LSTM" else states[0]

    def _permuted(self, states: Any, order: Any) -> Any:
        if order is None:
            return states
        if isinstance(states, tuple):
            return tuple(index_select(state, 1, order) for state in states)
        return index_select(states, 1, order)

    def _first_states(self, input: Any, batch: int, hx: Any, is_batched: bool) -> Any:
        """Return the states to start from, zeros if none are given. Raises RuntimeError where a shape does not fit."""
        shapes = self._state_shapes(batch)
        if hx is None:
            return self._joined([zeros(*shape, dtype=input.dtype, device=input.device) for shape in shapes])
        states = list(hx) if self.mode == "LSTM" else [hx]
        ndim = 3 if is_batched else 2
        if any(state.dim() != ndim for state in states):
            raise RuntimeError(self._wrong_dims(states, ndim))
        if not is_batched:
            states = [unsqueeze(state, 1) for state in states]
        for number, (state, shape) in enumerate(zip(states, shapes, strict=True)):
            if tuple(state.shape) != shape:
                name = "hidden" if self.mode != "LSTM" else f"hidden[{number}]"
                raise RuntimeError(f"Expected {name} size {shape}, got {list(state.shape)}")
        return self._joined(states)

    def _wrong_dims(self, states: list[Any], ndim: int) -> str:
        kind = "batched 3-D" if ndim == 3 else "unbatched 2-D"
        if self.mode == "LSTM":
            return (f"For {kind} input, hx and cx should also be {ndim}-D but got ({states[0].dim()}-D, {states[1].dim()}-D) "
                    "tensors")
        return f"For {kind} input, hx should also be {ndim}-D but got {states[0].dim()}-D tensor"

    def _state_shapes(self, batch: int) -> list[tuple[int, ...]]:
        count = self.num_layers * self._directions
        hidden = (count, batch, self.proj_size or self.hidden_size)
        return [hidden, (count, batch, self.hidden_size)] if self.mode == "LSTM" else [hidden]

    def _check_input(self, input: Any, ndim: int) -> None:
        if input.dim() != ndim:
            raise RuntimeError(f"input must have {ndim} dimensions, got {input.dim()}")
        if self.input_size != input.shape[-1]:
            raise RuntimeError(f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}")
        weight = getattr(self, self._names[0][0])
        if input.dtype != weight.dtype:
            raise ValueError(f"RNN input dtype ({input.dtype}) does not match weight dtype ({weight.dtype}). Convert input: "
                             f"input.to({weight.dtype}), or convert model: model.to({input.dtype})")

    def extra_repr(self) -> str:
        shown = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0, "bidirectional": False}
        changed = [f"{name}={getattr(self, name)}" for name, usual in shown.items() if getattr(self, name) != usual]
        return ", ".join([f"{self.input_size}, {self.hidden_size}", *changed])


def _check_types(**given: Any) -> None:
    for name, value in given.items():
        wanted = int if name in ("input_size", "hidden_size", "num_layers") else bool
        if not isinstance(value, wanted):
            raise TypeError(f"{name} should be of type {wanted.__name__}, got: {type(value).__name__}")


def _check_sizes(input_size: int, hidden_size: int, num_layers: int, dropout: float, proj_size: int, mode: str) -> None:
    if not isinstance(dropout, numbers.Number) or not 0 <= dropout <= 1 or isinstance(dropout, bool):
        raise ValueError("dropout should be a number in range [0, 1] representing the probability of an element being zeroed")
    if dropout > 0 and num_layers == 1:
        warnings.warn("dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
                      f"greater than 1, but got dropout={dropout} and num_layers={num_layers}", stacklevel=4)
    if input_size <= 0:
        raise ValueError("input_size must be greater than zero")
    if hidden_size <= 0:
        raise ValueError("hidden_size must be greater than zero")
    if num_layers <= 0:
        raise ValueError("num_layers must be greater than zero")
    if proj_size < 0:
        raise ValueError("proj_size should be a positive integer or zero to disable projections")
    if proj_size >= hidden_size:
        raise ValueError("proj_size has to be smaller than hidden_size")
    if mode not in _GATES:
        raise ValueError(f"Unrecognized RNN mode: {mode}")


class RNN(RNNBase):
    """Elman networks: h' = tanh(W x + b + U h + c), or ReLU with `nonlinearity="relu"`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        if len(args) > 3:
            self.nonlinearity = args[3]
            args = args[:3] + args[4:]
        else:
            self.nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if self.nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{self.nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(f"RNN_{self.nonlinearity.upper()}", *args, **kwargs)


class LSTM(RNNBase):
    """Long short-term memories; their states are pairs (hidden, cell)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)


class GRU(RNNBase):
    """Gated recurrent units."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__("GRU", *args, **kwargs)


# ------------------------------------------------------------------------------------- one step


class RNNCellBase(Module):
    """What the cells share: parameters for `num_chunks` gates, and the forms of their input.

    Input: (batch, in) or (in), and the state before (batch, hidden) or (hidden), zeros when left out.
    """

    def __init__(self, input_size: int, hidden_size: int, bias: bool, num_chunks: int, device: Any = None,
                 dtype: Any = None) -> None:
        super().__init__()
        self.input_size, self.hidden_size, self.bias = input_size, hidden_size, bias
        rows = num_chunks * hidden_size
        self.weight_ih = Parameter(empty(rows, input_size, device=device, dtype=dtype))
        self.weight_hh = Parameter(empty(rows, hidden_size, device=device, dtype=dtype))
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, Parameter(empty(rows, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all parameters uniformly from ±1/√hidden_size."""
        bound = 1 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0
        for weight in self.parameters():
            init.uniform_(weight, -bound, bound)

    def extra_repr(self) -> str:
        changed = [] if self.bias is True else [f"bias={self.bias}"]
        if getattr(self, "nonlinearity", "tanh") != "tanh":
            changed.append(f"nonlinearity={self.nonlinearity}")
        return ", ".join([f"{self.input_size}, {self.hidden_size}", *changed])

    def _step(self, function: Any, input: Any, states: list[Any] | None, count: int = 1) -> list[Any]:
        """Call a cell's function with a batch, be it of one."""
        title = type(self).__name__
        if input.dim() not in (1, 2):
            raise ValueError(f"{title}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        if states is None:
            states = [zeros(*input.shape[:-1], self.hidden_size, dtype=input.dtype, device=input.device)] * count
        for number, state in enumerate(states):
            if state.dim() not in (1, 2):
                which = f"hx[{number}]" if count > 1 else "hidden"
                raise ValueError(f"{title}: Expected {which} to be 1D or 2D, got {state.dim()}D instead")
        if input.dim() == 1:
            input, states = unsqueeze(input, 0), [unsqueeze(state, 0) for state in states]
            return [squeeze(out, 0) for out in self._checked_step(function, input, states)]
        return self._checked_step(function, input, states)

    def _checked_step(self, function: Any, input: Any, states: list[Any]) -> list[Any]:
        if input.shape[1] != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {input.shape[1]} expected {self.input_size}")
        for number, state in enumerate(states):
            if state.shape[0] != input.shape[0]:
                raise RuntimeError(f"Input batch size {input.shape[0]} doesn't match hidden{number} batch size "
                                   f"{state.shape[0]}")
            if state.shape[1] != self.hidden_size:
                raise RuntimeError(f"hidden{number} has inconsistent hidden_size: got {state.shape[1]}, expected "
                                   f"{self.hidden_size}")
        hx = states[0] if len(states) == 1 else tuple(states)
        out = function(input, hx, self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        return list(out) if isinstance(out, tuple) else [out]


class RNNCell(RNNCellBase):
    """One step of an Elman network: h' = tanh(W x + b + U h + c), or ReLU with `nonlinearity="relu"`."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, nonlinearity: str = "tanh", device: Any = None,
                 dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Any, hx: Any = None) -> Any:
        steps = {"tanh": recurrent.rnn_tanh_cell, "relu": recurrent.rnn_relu_cell}
        if self.nonlinearity not in steps:
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return self._step(steps[self.nonlinearity], input, None if hx is None else [hx])[0]


class LSTMCell(RNNCellBase):
    """One step of a long short-term memory; the state is a pair (hidden, cell)."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        hidden, memory = self._step(recurrent.lstm_cell, input, None if hx is None else list(hx), 2)
        return hidden, memory


class GRUCell(RNNCellBase):
    """One step of a gated recurrent unit."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Any, hx: Any = None) -> Any:
        return self._step(recurrent.gru_cell, input, None if hx is None else [hx])[0]
