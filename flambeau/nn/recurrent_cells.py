"""Recurrent cells: one step of a recurrent layer."""
from __future__ import annotations

import math
from typing import Any

from flambeau.core.tensor import TensorBase
from flambeau.nn import init
from flambeau.nn.making import empty, zeros
from flambeau.nn.module import Module
from flambeau.nn.parameter import Parameter
from flambeau.ops import recurrent
from flambeau.ops.shape import squeeze, unsqueeze


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

    def _step(self, function: Any, input: Any, states: Any, count: int = 1) -> list[Any]:
        """Call a cell's function with a batch, be it of one, and return the states after the step."""
        title = type(self).__name__
        if input.dim() not in (1, 2):
            raise ValueError(f"{title}: Expected input to be 1D or 2D, got {input.dim()}D instead")
        if states is None:
            states = [zeros(*input.shape[:-1], self.hidden_size, dtype=input.dtype, device=input.device)] * count
        for number, state in enumerate(states):
            if state.dim() not in (1, 2):
                which = f"hx[{number}]" if count > 1 else "hidden"
                raise ValueError(f"{title}: Expected {which} to be 1D or 2D, got {state.dim()}D instead")
        is_batched = input.dim() == 2
        if not is_batched:
            input, states = unsqueeze(input, 0), [unsqueeze(state, 0) for state in states]
        after = function(input, states if count > 1 else states[0], self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        after = after if count > 1 else [after]
        return list(after) if is_batched else [squeeze(state, 0) for state in after]


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
        if isinstance(hx, TensorBase):
            raise TypeError("lstm_cell(): argument 'hx' (position 2) must be tuple of Tensors, not Tensor: it is the pair of "
                            "hidden state and cell")
        hidden, memory = self._step(recurrent.lstm_cell, input, None if hx is None else list(hx), 2)
        return hidden, memory


class GRUCell(RNNCellBase):
    """One step of a gated recurrent unit."""

    def __init__(self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Any, hx: Any = None) -> Any:
        return self._step(recurrent.gru_cell, input, None if hx is None else [hx])[0]
