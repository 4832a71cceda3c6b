"""One step of each recurrent cell, on arrays forth and back, and in ops.

Rows are (step, member of the batch). Forth, `step` gets a step's rows of `gates`, which hold what the inputs contribute and
become the activations in place; `sums`, what the state before contributes; and `notes`, where a cell keeps what else the way
back needs. Back, `factors` works out for many rows at once all that does not depend on the order of steps, and `step_back`
does the rest: it turns the factors into the gradients of both parts of the sums. `in_ops` is the same step as a formula,
for gradients of gradients.

Elman, "Finding Structure in Time", 1990; Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997 (with the forget gate
of Gers et al., 2000, and the projection of Sak et al., 2014); Cho et al., "Learning Phrase Representations using RNN
Encoder-Decoder", 2014 (in the form where the reset gate acts after the product, as in cuDNN).
"""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array
from flambeau.ops.activation import sigmoid
from flambeau.ops.bounds import clamp_min
from flambeau.ops.splitting import chunk
from flambeau.ops.trigonometry import tanh


class Cell:
    """What the cells share. One is made for each walk; `bias` belongs to what the state contributes."""

    gates: int
    notes = 0  # what is kept of a row besides its gates, in widths of the state
    others = 0  # what `factors` leaves besides the gradients of the sums, likewise
    shares_sums = True  # whether a gate sees its two parts as a sum alone, so that both have one gradient

    def __init__(self, xp: Any, width: int, dtype: Any, bias: Array | None) -> None:
        self.xp, self.width, self.bias = xp, width, bias

    def added(self, bias: Array | None) -> Array | None:
        """Return what to add to the gates of all rows, given the input's bias."""
        return bias if self.bias is None else self.bias if bias is None else bias + self.bias


class Simple(Cell):
    """h' = f(W x + U h)."""

    gates = 1

    def step(self, gates: Array, sums: Array, hidden: Array, memory: Any, notes: Array, out: Array) -> None:
        gates += sums
        self.activate(gates)
        out[...] = gates

    def activate(self, sums: Array) -> None:
        raise NotImplementedError

    def step_back(self, gates: Array, others: Array, grad: Array, memory: Any, of_gates: Array, of_sums: Array) -> Any:
        of_gates *= grad


class Tanh(Simple):
    def activate(self, sums: Array) -> None:
        self.xp.tanh(sums, out=sums)

    def factors(self, gates: Array, notes: Array, hidden: Array, memory: Any, of_gates: Array, of_sums: Array,
                others: Array) -> None:
        self.xp.multiply(gates, gates, out=of_gates)
        self.xp.subtract(1, of_gates, out=of_gates)

    @staticmethod
    def in_ops(gates: Any, sums: Any, hidden: Any, memory: Any) -> tuple[Any, Any]:
        return tanh(gates + sums), None


class Relu(Simple):
    def activate(self, sums: Array) -> None:
        self.xp.maximum(sums, 0, out=sums)

    def factors(self, gates: Array, notes: Array, hidden: Array, memory: Any, of_gates: Array, of_sums: Array,
                others: Array) -> None:
        of_gates[...] = gates > 0

    @staticmethod
    def in_ops(gates: Any, sums: Any, hidden: Any, memory: Any) -> tuple[Any, Any]:
        return clamp_min(gates + sums, 0.0), None


class Lstm(Cell):
    """Gates i, f, g, o; c' = f c + i g; h' = o tanh(c'). Noted: c'. Besides: the derivative of h' by c'."""

    gates = 4
    notes = others = 1

    def __init__(self, xp: Any, width: int, dtype: Any, bias: Array | None) -> None:
        super().__init__(xp, width, dtype, bias)
        # σ(x) = tanh(x/2)/2 + 1/2, and so one tanh does for all four gates; of g it is the tanh itself
        self.scale, self.offset = xp.full(4 * width, 0.5, dtype), xp.full(4 * width, 0.5, dtype)
        self.scale[2 * width:3 * width] = 1
        self.offset[2 * width:3 * width] = 0

    def step(self, gates: Array, sums: Array, hidden: Array, memory: Array, notes: Array, out: Array) -> None:
        xp, width = self.xp, self.width
        gates += sums
        gates *= self.scale
        xp.tanh(gates, out=gates)
        gates *= self.scale
        gates += self.offset
        xp.multiply(gates[:, :width], gates[:, 2 * width:3 * width], out=out)
        xp.multiply(gates[:, width:2 * width], memory, out=notes)
        notes += out
        xp.tanh(notes, out=out)
        out *= gates[:, 3 * width:]

    def factors(self, gates: Array, notes: Array, hidden: Array, memory: Array, of_gates: Array, of_sums: Array,
                others: Array) -> None:
        xp, width = self.xp, self.width
        squashed = xp.tanh(notes)
        xp.subtract(1, gates, out=of_gates)
        of_gates *= gates
        i, _, g, o = (gates[:, k * width:(k + 1) * width] for k in range(4))
        of_g = of_gates[:, 2 * width:3 * width]
        xp.multiply(g, g, out=of_g)
        xp.subtract(1, of_g, out=of_g)
        for k, factor in enumerate((g, memory, i, squashed)):
            of_gates[:, k * width:(k + 1) * width] *= factor
        squashed *= squashed
        xp.subtract(1, squashed, out=squashed)
        xp.multiply(squashed, o, out=others)

    def step_back(self, gates: Array, others: Array, grad: Array, memory: Array, of_gates: Array, of_sums: Array) -> Any:
        width = self.width
        others *= grad
        memory += others
        into_memory = of_gates[:, :3 * width].reshape(-1, 3, width)
        into_memory *= memory[:, None]
        of_gates[:, 3 * width:] *= grad
        memory *= gates[:, width:2 * width]

    def unprojected(self, gates: Array, notes: Array) -> Array:
        """h' of all rows."""
        return gates[:, 3 * self.width:] * self.xp.tanh(notes)

    @staticmethod
    def in_ops(gates: Any, sums: Any, hidden: Any, memory: Any) -> tuple[Any, Any]:
        i, f, g, o = chunk(gates + sums, 4, 1)
        memory = sigmoid(f) * memory + sigmoid(i) * tanh(g)
        return sigmoid(o) * tanh(memory), memory


class Gru(Cell):
    """Gates r, z, n = tanh(x_n + r h_n); h' = (1 - z) n + z h. Noted: h_n, what the state contributes to n."""

    gates = 3
    notes = 1
    shares_sums = False

    def added(self, bias: Array | None) -> Array | None:
        if self.bias is None:
            return bias
        shared = self.bias.copy()
        shared[2 * self.width:] = 0  # h_n has its own, inside the product with r
        return shared if bias is None else bias + shared

    def step(self, gates: Array, sums: Array, hidden: Array, memory: Any, notes: Array, out: Array) -> None:
        xp, width = self.xp, self.width
        both, n = gates[:, :2 * width], gates[:, 2 * width:]
        both += sums[:, :2 * width]
        both *= 0.5  # σ as in the LSTM
        xp.tanh(both, out=both)
        both *= 0.5
        both += 0.5
        xp.add(sums[:, 2 * width:], 0 if self.bias is None else self.bias[2 * width:], out=notes)
        xp.multiply(gates[:, :width], notes, out=out)
        n += out
        xp.tanh(n, out=n)
        xp.subtract(hidden, n, out=out)
        out *= gates[:, width:2 * width]
        out += n

    def factors(self, gates: Array, notes: Array, hidden: Array, memory: Any, of_gates: Array, of_sums: Array,
                others: Array) -> None:
        xp, width = self.xp, self.width
        r, z, n = (gates[:, k * width:(k + 1) * width] for k in range(3))
        of_r, of_z, of_n = (of_gates[:, k * width:(k + 1) * width] for k in range(3))
        xp.subtract(1, gates, out=of_gates)
        of_gates[:, :2 * width] *= gates[:, :2 * width]
        xp.multiply(n, n, out=of_n)
        xp.subtract(1, of_n, out=of_n)
        of_n *= 1 - z
        of_z *= hidden - n
        of_r *= notes
        of_r *= of_n
        of_sums[...] = of_gates
        of_sums[:, 2 * width:] *= r

    def step_back(self, gates: Array, others: Array, grad: Array, memory: Any, of_gates: Array, of_sums: Array) -> Any:
        """Return also what goes straight to the state before."""
        width, arriving = self.width, grad[:, None]
        for part in (of_gates, of_sums):
            by_gate = part.reshape(-1, 3, width)
            by_gate *= arriving
        return grad * gates[:, width:2 * width]

    @staticmethod
    def in_ops(gates: Any, sums: Any, hidden: Any, memory: Any) -> tuple[Any, Any]:
        (x_r, x_z, x_n), (h_r, h_z, h_n) = chunk(gates, 3, 1), chunk(sums, 3, 1)
        z = sigmoid(x_z + h_z)
        n = tanh(x_n + sigmoid(x_r + h_r) * h_n)
        return n + z * (hidden - n), None


CELLS: dict[str, Any] = {"tanh": Tanh, "relu": Relu, "lstm": Lstm, "gru": Gru}
