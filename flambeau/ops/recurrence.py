"""A recurrent layer over a whole sequence, in one op: what the inputs contribute comes in computed, the states are walked.

Rows are packed: of each step the members of the batch that are still there, the longest sequences first, so that a step
has the first `batch_sizes[step]` members. Walked forwards the batch shrinks and who has ended keeps the last state; walked
backwards (`reverse`) it grows and who has not begun keeps the first.
"""
from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flambeau import autograd
from flambeau.core.arrays import namespace_of
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.op import SAME, op
from flambeau.ops.joining import cat
from flambeau.ops.linalg import linear
from flambeau.ops.recurrent_cells import CELLS

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Sizes = tuple[int, ...]


def steps(batch_sizes: Sizes, reverse: bool) -> Iterator[tuple[slice, int]]:
    """Yield the rows of each step and how many they are, in the order of walking."""
    ends, end = [], 0
    for size in batch_sizes:
        end += size
        ends.append((slice(end - size, end), size))
    yield from reversed(ends) if reverse else ends


@op(promote=SAME, differentiable=3, outputs=("output", "hn", "cn", "before", "notes", "states"), grad={
    ("gates", "hx", "cx", "weight", "bias", "projection"):
        lambda g_output, g_hn, g_cn, gates, hx, cx, weight, bias, projection, kind, batch_sizes, reverse, before, notes,
        states, needs: _slopes((g_output, g_hn, g_cn), (gates, hx, cx, weight, bias, projection), kind, batch_sizes, reverse,
                               before, notes, states, needs),
})
def recurrence(gates: Tensor, hx: Tensor, cx: Tensor | None, weight: Tensor, bias: Tensor | None, projection: Tensor | None,
               kind: str, batch_sizes: Sizes, reverse: bool) -> Any:
    """Walk a layer: (rows, gates × hidden) and the first states (batch, hidden) to all outputs and the last states.

    `weight` (gates × hidden, hidden) and `bias` make what the state contributes; `projection` (out, hidden) makes the
    output of an LSTM smaller. The other outputs are what the way back needs: the state before each row, the gates, and
    what else the cell notes.
    """
    xp, cell = namespace_of(gates), CELLS[kind]
    rows, width = gates.shape[0], gates.shape[1] // cell.gates
    gates, scaled = cell.prepare(xp, gates, weight)
    columns = xp.ascontiguousarray(scaled.T)
    hidden, memory = hx.astype(gates.dtype), None if cx is None else cx.copy()
    output, before = xp.empty((rows, hx.shape[1]), gates.dtype), xp.empty((rows, hx.shape[1]), gates.dtype)
    notes = xp.empty(gates.shape, gates.dtype)
    states = xp.empty((rows, cell.states * width), gates.dtype)
    for here, count in steps(batch_sizes, reverse):
        before[here] = hidden[:count]
        recurrent = before[here].dot(columns)
        if bias is not None:
            recurrent += bias
        now = cell.step(xp, gates[here], recurrent, before[here], None if memory is None else memory[:count], notes[here],
                        states[here])
        hidden[:count] = output[here] = now if projection is None else now.dot(projection.T)
    return output, hidden, memory, before, notes, states


def _slopes(grads: tuple[Any, ...], inputs: tuple[Any, ...], kind: str, batch_sizes: Sizes, reverse: bool, before: Any,
            notes: Any, states: Any, needs: tuple[bool, ...]) -> Any:
    """The gradients of the inputs: quickly on arrays; on tensors, whose own gradient is wanted, through a walk in ops."""
    if any(isinstance(g, TensorBase) for g in grads):
        return _through_ops(grads, inputs, kind, batch_sizes, reverse, needs)
    (g_output, g_hn, g_cn), (_, hx, _, weight, _, projection) = grads, inputs
    return recurrence_backward(g_output, g_hn, g_cn, hx, weight, projection, kind, batch_sizes, reverse, before, notes, states,
                               needs)


@op(outputs=("gates", "hx", "cx", "weight", "bias", "projection"))
def recurrence_backward(g_output: Tensor | None, g_hn: Tensor | None, g_cn: Tensor | None, hx: Tensor, weight: Tensor,
                        projection: Tensor | None, kind: str, batch_sizes: Sizes, reverse: bool, before: Tensor,
                        notes: Tensor, states: Tensor, needs: tuple[bool, ...]) -> Any:
    """Walk the layer back."""
    xp, cell = namespace_of(notes), CELLS[kind]
    width = notes.shape[1] // cell.gates
    factors = cell.factors(xp, notes, before, states)
    grad = xp.zeros(hx.shape, notes.dtype) if g_hn is None else g_hn.astype(notes.dtype)
    memory = xp.zeros((hx.shape[0], width), notes.dtype) if g_cn is None else g_cn.astype(notes.dtype)
    of_gates = xp.empty(notes.shape, notes.dtype)
    of_recurrent = xp.empty(notes.shape, notes.dtype) if kind == "gru" else of_gates
    of_outputs = None if projection is None else xp.empty((notes.shape[0], projection.shape[0]), notes.dtype)
    for here, count in steps(batch_sizes, not reverse):
        arrived = grad[:count] if g_output is None else grad[:count] + g_output[here]
        if of_outputs is not None:
            of_outputs[here] = arrived
            arrived = arrived.dot(projection)
        kept = cell.step_back(xp, factors, here, arrived, memory[:count], of_gates[here], of_recurrent[here])
        to_state = of_recurrent[here].dot(weight)
        grad[:count] = to_state if kept is None else to_state + kept
    return (of_gates, grad, memory if kind == "lstm" else None,
            of_recurrent.T.dot(before) if needs[3] else None,
            of_recurrent.sum(0) if needs[4] else None,
            of_outputs.T.dot(notes[:, 3 * width:] * states[:, width:]) if of_outputs is not None and needs[5] else None)


def _through_ops(grads: tuple[Any, ...], inputs: tuple[Any, ...], kind: str, batch_sizes: Sizes, reverse: bool,
                 needs: tuple[bool, ...]) -> list[Any]:
    """The same gradients as tensors with a history: of the layer walked again in ops, which can be differentiated on."""
    with autograd.enable_grad():
        outputs = walked_in_ops(inputs, kind, batch_sizes, reverse)
    sent = [(out, g) for out, g in zip(outputs, grads, strict=True) if out is not None and g is not None]
    wanted = [value for value, needed in zip(inputs, needs, strict=True) if needed]
    found = iter(autograd.grad([out for out, _ in sent], wanted, [g for _, g in sent], create_graph=True, allow_unused=True))
    return [next(found) if needed else None for needed in needs]


def walked_in_ops(inputs: tuple[Any, ...], kind: str, batch_sizes: Sizes, reverse: bool) -> tuple[Any, Any, Any]:
    """What `recurrence` computes, step by step in ops."""
    gates, hx, cx, weight, bias, projection = inputs
    hidden, memory, made = hx, cx, []
    for here, count in steps(batch_sizes, reverse):
        before = hidden[:count]
        recurrent = linear(before, weight, bias)
        now, kept = CELLS[kind].in_ops(gates[here], recurrent, before, None if cx is None else memory[:count])
        now = now if projection is None else linear(now, projection)
        made.append(now)
        hidden = cat([now, hidden[count:]])
        memory = None if cx is None else cat([kept, memory[count:]])
    return cat(made[::-1] if reverse else made), hidden, memory
