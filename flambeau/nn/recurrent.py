"""Recurrent layers."""
from __future__ import annotations

import math
import numbers
import warnings
from typing import Any

from flambeau.dispatch import casting
from flambeau.nn import init
from flambeau.nn.making import empty, zeros
from flambeau.nn.module import Module
from flambeau.nn.parameter import Parameter
from flambeau.nn.utils.rnn import PackedSequence
from flambeau.ops import recurrent
from flambeau.ops.rows import index_select
from flambeau.ops.shape import squeeze, unsqueeze

_MODES = {"LSTM": (4, recurrent.lstm), "GRU": (3, recurrent.gru), "RNN_TANH": (1, recurrent.rnn_tanh),
          "RNN_RELU": (1, recurrent.rnn_relu)}  # how many gates, and what runs it
_FORMS = {3: "batched 3-D", 2: "unbatched 2-D"}


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
        _check_dropout(dropout, num_layers)
        _check_types(bias=bias, batch_first=batch_first, input_size=input_size, hidden_size=hidden_size)
        _check_sizes(input_size, hidden_size, num_layers, proj_size)
        if mode not in _MODES:
            raise ValueError(f"Unrecognized RNN mode: {mode}")
        self.mode = mode
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, num_layers
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self.bidirectional, self.proj_size = bidirectional, proj_size
        self._all_weights = [self._add_parameters(layer, suffix, device, dtype) for layer in range(num_layers)
                             for suffix in ("", "_reverse")[:self._directions]]
        self.reset_parameters()

    def _add_parameters(self, layer: int, suffix: str, device: Any, dtype: Any) -> list[str]:
        """Register the parameters of a layer and direction, and return their names."""
        rows, out = _MODES[self.mode][0] * self.hidden_size, self.proj_size or self.hidden_size
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
        return [name for names in self._all_weights for name in names]

    @property
    def _flat_weights(self) -> list[Any]:
        return [getattr(self, name) for name in self._flat_weights_names]

    @property
    def all_weights(self) -> list[list[Any]]:
        """The parameters of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    def flatten_parameters(self) -> None:
        """Do nothing: parameters need not lie in one piece of memory here."""

    # ---------------------------------------------------------------------------------- forward

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        if isinstance(input, PackedSequence):
            return self._forward_packed(input, hx)
        if input.dim() not in (2, 3):
            raise ValueError(f"{self.mode.partition('_')[0]}: Expected input to be 2D or 3D, got {input.dim()}D instead")
        self._check_dims(hx, input.dim())
        if input.dim() == 3:
            return self._forward_padded(input, hx)
        batch_dim = 0 if self.batch_first else 1
        output, last = self._forward_padded(unsqueeze(input, batch_dim), _each(hx, lambda state: unsqueeze(state, 1)))
        return squeeze(output, batch_dim), _each(last, lambda state: squeeze(state, 1))

    def _forward_padded(self, input: Any, hx: Any) -> tuple[Any, Any]:
        hx = self._first_states(input, None) if hx is None else hx
        self.check_forward_args(input, hx, None)
        return self._run(input, hx, *self._options(), self.batch_first)

    def _forward_packed(self, input: PackedSequence, hx: Any) -> tuple[PackedSequence, Any]:
        data, batch_sizes, sorted_indices, unsorted_indices = input
        self._check_dims(hx, 3)
        hx = self._first_states(data, batch_sizes) if hx is None else self.permute_hidden(hx, sorted_indices)
        self.check_forward_args(data, hx, batch_sizes)
        output, last = self._run(data, batch_sizes, hx, *self._options())
        return (PackedSequence(output, batch_sizes, sorted_indices, unsorted_indices),
                self.permute_hidden(last, unsorted_indices))

    def _options(self) -> tuple[Any, ...]:
        return self._flat_weights, self.bias, self.num_layers, self.dropout, self.training, self.bidirectional

    def _run(self, *args: Any) -> tuple[Any, Any]:
        output, hidden = _MODES[self.mode][1](*args)
        return output, hidden

    def _first_states(self, input: Any, batch_sizes: Any) -> Any:
        return zeros(self.get_expected_hidden_size(input, batch_sizes), dtype=input.dtype, device=input.device)

    def permute_hidden(self, hx: Any, permutation: Any) -> Any:
        """Return states with the members of the batch in another order."""
        return hx if permutation is None else _each(hx, lambda state: index_select(state, 1, permutation))

    # ---------------------------------------------------------------------------------- what fits

    def get_expected_hidden_size(self, input: Any, batch_sizes: Any) -> tuple[int, int, int]:
        """Return the shape of the hidden states for an input."""
        return self._state_shape(input, batch_sizes, self.proj_size or self.hidden_size)

    def _state_shape(self, input: Any, batch_sizes: Any, width: int) -> tuple[int, int, int]:
        batch = input.shape[0 if self.batch_first else 1] if batch_sizes is None else int(batch_sizes[0])
        return self.num_layers * self._directions, batch, width

    def check_input(self, input: Any, batch_sizes: Any) -> None:
        """Raise ValueError for an input of another dtype than the weights', RuntimeError for one that does not fit."""
        weight = getattr(self, self._all_weights[0][0])
        if input.dtype != weight.dtype and not casting.is_on():
            raise ValueError(f"RNN input dtype ({input.dtype}) does not match weight dtype ({weight.dtype}). Convert input: "
                             f"input.to({weight.dtype}), or convert model: model.to({input.dtype})")
        dims = 3 if batch_sizes is None else 2
        if input.dim() != dims:
            raise RuntimeError(f"input must have {dims} dimensions, got {input.dim()}")
        if self.input_size != input.shape[-1]:
            raise RuntimeError(f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got "
                               f"{input.shape[-1]}")

    def check_hidden_size(self, hx: Any, expected_hidden_size: tuple[int, int, int],
                          msg: str = "Expected hidden size {}, got {}") -> None:
        """Raise RuntimeError for states of another shape."""
        if tuple(hx.shape) != expected_hidden_size:
            raise RuntimeError(msg.format(expected_hidden_size, list(hx.shape)))

    def check_forward_args(self, input: Any, hidden: Any, batch_sizes: Any) -> None:
        """Raise ValueError or RuntimeError for an input or states that do not fit."""
        self.check_input(input, batch_sizes)
        self.check_hidden_size(hidden, self.get_expected_hidden_size(input, batch_sizes))

    def _check_dims(self, hx: Any, ndim: int) -> None:
        if hx is not None and hx.dim() != ndim:
            raise RuntimeError(f"For {_FORMS[ndim]} input, hx should also be {ndim}-D but got {hx.dim()}-D tensor")

    def extra_repr(self) -> str:
        shown = {"proj_size": 0, "num_layers": 1, "bias": True, "batch_first": False, "dropout": 0, "bidirectional": False}
        changed = [f"{name}={getattr(self, name)}" for name, usual in shown.items() if getattr(self, name) != usual]
        return ", ".join([f"{self.input_size}, {self.hidden_size}", *changed])


def _each(hx: Any, change: Any) -> Any:
    """Change the states, be they one tensor, an LSTM's two, or None."""
    if hx is None:
        return None
    return tuple(change(state) for state in hx) if isinstance(hx, tuple | list) else change(hx)


def _check_dropout(dropout: float, num_layers: int) -> None:
    if not isinstance(dropout, numbers.Number) or not 0 <= dropout <= 1 or isinstance(dropout, bool):
        raise ValueError("dropout should be a number in range [0, 1] representing the probability of an element being zeroed")
    if dropout > 0 and num_layers == 1:
        warnings.warn("dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
                      f"greater than 1, but got dropout={dropout} and num_layers={num_layers}", stacklevel=4)


def _check_types(**given: Any) -> None:
    for name, value in given.items():
        wanted = int if name.endswith("size") else bool
        if not isinstance(value, wanted):
            raise TypeError(f"{name} should be of type {wanted.__name__}, got: {type(value).__name__}")


def _check_sizes(input_size: int, hidden_size: int, num_layers: int, proj_size: int) -> None:
    for name, size in (("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)):
        if size <= 0:
            raise ValueError(f"{name} must be greater than zero")
    if proj_size < 0:
        raise ValueError("proj_size should be a positive integer or zero to disable projections")
    if proj_size >= hidden_size:
        raise ValueError("proj_size has to be smaller than hidden_size")


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

    def _run(self, *args: Any) -> tuple[Any, Any]:
        output, hidden, memory = recurrent.lstm(*args)
        return output, (hidden, memory)

    def _first_states(self, input: Any, batch_sizes: Any) -> Any:
        shape = self.get_expected_cell_size(input, batch_sizes)
        return super()._first_states(input, batch_sizes), zeros(shape, dtype=input.dtype, device=input.device)

    def get_expected_cell_size(self, input: Any, batch_sizes: Any) -> tuple[int, int, int]:
        """Return the shape of the cell states for an input."""
        return self._state_shape(input, batch_sizes, self.hidden_size)

    def check_forward_args(self, input: Any, hidden: Any, batch_sizes: Any) -> None:
        """Raise ValueError or RuntimeError for an input or states that do not fit."""
        self.check_input(input, batch_sizes)
        sizes = self.get_expected_hidden_size(input, batch_sizes), self.get_expected_cell_size(input, batch_sizes)
        for number, size in enumerate(sizes):
            self.check_hidden_size(hidden[number], size, f"Expected hidden[{number}] size {{}}, got {{}}")

    def _check_dims(self, hx: Any, ndim: int) -> None:
        if hx is not None and any(state.dim() != ndim for state in hx):
            found = ", ".join(f"{state.dim()}-D" for state in hx)
            raise RuntimeError(f"For {_FORMS[ndim]} input, hx and cx should also be {ndim}-D but got ({found}) tensors")


class GRU(RNNBase):
    """Gated recurrent units."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__("GRU", *args, **kwargs)
