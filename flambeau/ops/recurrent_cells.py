"""One step of each recurrent cell, on arrays forth and back, and in ops.

A sequence's rows are (step, member of the batch). Forth, a cell is given a step's part of `gates` (what the inputs
contribute, all at once) and what the state before contributes; it fills that step's rows of `notes`, from which all that
does not depend on the order of steps is worked out at once for the way back: `factors`.

Elman, "Finding Structure in Time", 1990; Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997 (with the forget gate
of Gers et al., 2000, and the projection of Sak et al., 2014); Cho et al., "Learning Phrase Representations using RNN
Encoder-Decoder", 2014 (in the form where the reset gate acts after the product, as in cuDNN).
"""
from __future__ import annotations

from typing import Any

from flambeau.core.arrays import Array
from flambeau.core.promotion import FLOAT32
from flambeau.ops.activation import sigmoid
from flambeau.ops.bounds import clamp_min
from flambeau.ops.splitting import chunk
from flambeau.ops.trigonometry import tanh


class Simple:
    """h' = f(W x + U h)."""

    gates = 1
    states = 0  # what else is noted of a step, in sizes of the hidden state

    def prepare(self, xp: Any, gates: Array, weight: Array) -> tuple[Array, Array]:
        """Return gates and weight as `step` wants them."""
        return gates, weight

    def activated(self, xp: Any, sums: Array, out: Array) -> None:
        raise NotImplementedError

    def step(self, xp: Any, gates: Array, recurrent: Array, hidden: Array, cell: Any, notes: Array, states: Any) -> Array:
        recurrent += gates
        self.activated(xp, recurrent, notes)
        return notes

    def slopes(self, xp: Any, notes: Array) -> Array:
        raise NotImplementedError

    def factors(self, xp: Any, notes: Array, before: Array, states: Any) -> Any:
        return self.slopes(xp, notes)

    def step_back(self, xp: Any, factors: Any, rows: slice, grad: Array, cell: Any, out: Array, hidden_out: Array) -> Any:
        """Fill in the gradients of the sums; return what goes to the state before, apart from them: here nothing."""
        xp.multiply(factors[rows], grad, out=out)

    def in_ops(self, gates: Any, recurrent: Any, hidden: Any, cell: Any) -> tuple[Any, Any]:
        raise NotImplementedError


class Tanh(Simple):
    def prepare(self, xp: Any, gates: Array, weight: Array) -> tuple[Array, Array]:
        return gates.astype(FLOAT32) if gates.dtype.kind in "iu" else gates, weight

    def activated(self, xp: Any, sums: Array, out: Array) -> None:
        xp.tanh(sums, out=out)

    def slopes(self, xp: Any, notes: Array) -> Array:
        return 1 - notes * notes

    def in_ops(self, gates: Any, recurrent: Any, hidden: Any, cell: Any) -> tuple[Any, Any]:
        return tanh(gates + recurrent), None


class Relu(Simple):
    def activated(self, xp: Any, sums: Array, out: Array) -> None:
        xp.maximum(sums, 0, out=out)

    def slopes(self, xp: Any, notes: Array) -> Array:
        return (notes > 0).astype(notes.dtype)

    def in_ops(self, gates: Any, recurrent: Any, hidden: Any, cell: Any) -> tuple[Any, Any]:
        return clamp_min(gates + recurrent, 0.0), None


class Lstm:
    """Gates i, f, g, o; c' = f c + i g; h' = o tanh(c'). Noted: the gates, the state c before, tanh(c')."""

    gates = 4
    states = 2

    def prepare(self, xp: Any, gates: Array, weight: Array) -> tuple[Array, Array]:
        """Halve what goes into sigmoids: σ(x) = (tanh(x/2) + 1) / 2, and so one tanh does for all four gates."""
        halves = self._by_gate(xp, gates, 0.5, 1)
        return gates * halves, weight * halves[:, None]

    @staticmethod
    def _by_gate(xp: Any, gates: Array, of_sigmoids: float, of_tanh: float) -> Array:
        """A factor or summand for each column, one number for the sigmoids i, f, o and another for g."""
        row = xp.full(gates.shape[1], of_sigmoids, gates.dtype)
        size = gates.shape[1] // 4
        row[2 * size:3 * size] = of_tanh
        return row

    def step(self, xp: Any, gates: Array, recurrent: Array, hidden: Array, cell: Array, notes: Array, states: Array) -> Array:
        recurrent += gates
        xp.tanh(recurrent, out=notes)
        notes *= self._by_gate(xp, notes, 0.5, 1)
        notes += self._by_gate(xp, notes, 0.5, 0)
        size = cell.shape[1]
        states[:, :size] = cell
        cell *= notes[:, size:2 * size]
        cell += notes[:, :size] * notes[:, 2 * size:3 * size]
        xp.tanh(cell, out=states[:, size:])
        return notes[:, 3 * size:] * states[:, size:]

    def factors(self, xp: Any, notes: Array, before: Array, states: Array) -> Any:
        """For each gate the derivative of c' (of h' for o) by its sum; f; and the derivative of h' by c'."""
        rows, size = notes.shape[0], notes.shape[1] // 4
        i, f, g, o = (notes[:, k * size:(k + 1) * size] for k in range(4))
        previous, squashed = states[:, :size], states[:, size:]
        by_sum = xp.empty((rows, 4, size), notes.dtype)
        xp.multiply(g * i, 1 - i, out=by_sum[:, 0])
        xp.multiply(previous * f, 1 - f, out=by_sum[:, 1])
        xp.multiply(i, 1 - g * g, out=by_sum[:, 2])
        xp.multiply(squashed * o, 1 - o, out=by_sum[:, 3])
        return by_sum, f, o * (1 - squashed * squashed)

    def step_back(self, xp: Any, factors: Any, rows: slice, grad: Array, cell: Array, out: Array, hidden_out: Array) -> Any:
        by_sum, f, by_cell = factors
        cell += grad * by_cell[rows]
        parts = out.reshape(out.shape[0], 4, -1)
        xp.multiply(by_sum[rows, :3], cell[:, None], out=parts[:, :3])
        xp.multiply(by_sum[rows, 3], grad, out=parts[:, 3])
        cell *= f[rows]

    def in_ops(self, gates: Any, recurrent: Any, hidden: Any, cell: Any) -> tuple[Any, Any]:
        i, f, g, o = chunk(gates + recurrent, 4, 1)
        cell = sigmoid(f) * cell + sigmoid(i) * tanh(g)
        return sigmoid(o) * tanh(cell), cell


class Gru:
    """Gates r, z, n = tanh(x_n + r h_n); h' = (1 - z) n + z h. Noted: the gates and h_n."""

    gates = 3
    states = 1

    def prepare(self, xp: Any, gates: Array, weight: Array) -> tuple[Array, Array]:
        return gates, weight

    def step(self, xp: Any, gates: Array, recurrent: Array, hidden: Array, cell: Any, notes: Array, states: Array) -> Array:
        size = hidden.shape[1]
        both = notes[:, :2 * size]
        xp.add(gates[:, :2 * size], recurrent[:, :2 * size], out=both)
        both *= 0.5
        xp.tanh(both, out=both)
        both *= 0.5
        both += 0.5
        states[...] = recurrent[:, 2 * size:]
        n = notes[:, 2 * size:]
        xp.multiply(notes[:, :size], states, out=n)
        n += gates[:, 2 * size:]
        xp.tanh(n, out=n)
        result = hidden - n
        result *= notes[:, size:2 * size]
        result += n
        return result

    def factors(self, xp: Any, notes: Array, before: Array, states: Array) -> Any:
        """For each gate the derivative of h' by its sum; the same by what the state contributes to it; and z."""
        rows, size = notes.shape[0], notes.shape[1] // 3
        r, z, n = (notes[:, k * size:(k + 1) * size] for k in range(3))
        by_sum = xp.empty((rows, 3, size), notes.dtype)
        xp.multiply(1 - z, 1 - n * n, out=by_sum[:, 2])
        xp.multiply((before - n) * z, 1 - z, out=by_sum[:, 1])
        xp.multiply(by_sum[:, 2] * states * r, 1 - r, out=by_sum[:, 0])
        by_recurrent = by_sum.copy()
        by_recurrent[:, 2] *= r
        return by_sum, by_recurrent, z

    def step_back(self, xp: Any, factors: Any, rows: slice, grad: Array, cell: Any, out: Array, hidden_out: Array) -> Any:
        by_sum, by_recurrent, z = factors
        xp.multiply(by_sum[rows], grad[:, None], out=out.reshape(out.shape[0], 3, -1))
        xp.multiply(by_recurrent[rows], grad[:, None], out=hidden_out.reshape(out.shape[0], 3, -1))
        return grad * z[rows]

    def in_ops(self, gates: Any, recurrent: Any, hidden: Any, cell: Any) -> tuple[Any, Any]:
        (x_r, x_z, x_n), (h_r, h_z, h_n) = chunk(gates, 3, 1), chunk(recurrent, 3, 1)
        z = sigmoid(x_z + h_z)
        n = tanh(x_n + sigmoid(x_r + h_r) * h_n)
        return n + z * (hidden - n), None


CELLS: dict[str, Any] = {"tanh": Tanh(), "relu": Relu(), "lstm": Lstm(), "gru": Gru()}
