"""A recurrent layer over a whole sequence, in one op: the inputs' part by one product, then a walk over the steps.

Rows are packed: of each step the members of the batch that are still there, the longest sequences first, so that a step
has the first `batch_sizes[step]` members. Walked forwards the batch shrinks and who has ended keeps the last state; walked
backwards (`reverse`) it grows and who has not begun keeps the first.

The way back is an op too, on arrays: a walk the other way leaves the gradients of all rows' gates, and those of input and
weights are one product each. Where gradients are to be differentiated in turn, the layer is walked again in ops and
autograd answers, to any order.
"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau import autograd
from flambeau.core.arrays import Array, namespace_of
from flambeau.core.promotion import FLOAT32
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.op import SAME, op
from flambeau.ops.joining import cat
from flambeau.ops.linalg import linear, matmul
from flambeau.ops.parts import narrow
from flambeau.ops.recurrent_cells import CELLS
from flambeau.ops.shape import view_as_itself
from flambeau.ops.sums import total

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Sizes = tuple[int, ...]
Step = tuple[slice, int]  # its rows, and how many they are
Three = tuple[Any, Any, Any]
Inputs = tuple[Any, Any, Any, Any, Any, Any, Any, Any]  # the tensors that `recurrent_layer` takes


@op(promote=SAME, differentiable=3, outputs=("output", "hn", "cn", "gates", "notes"), grad={
    ("input", "hx", "cx", "weight_ih", "weight_hh", "bias_ih", "bias_hh", "projection"):
        lambda g_output, g_hn, g_cn, input, hx, cx, weight_ih, weight_hh, bias_ih, bias_hh, projection, kind, batch_sizes,
        reverse, output, gates, notes, needs:
            _slopes((g_output, g_hn, g_cn), (input, hx, cx, weight_ih, weight_hh, bias_ih, bias_hh, projection), kind,
                    batch_sizes, reverse, (output, gates, notes), needs),
})
def recurrent_layer(input: Tensor, hx: Tensor, cx: Tensor | None, weight_ih: Tensor, weight_hh: Tensor,
                    bias_ih: Tensor | None, bias_hh: Tensor | None, projection: Tensor | None, kind: str,
                    batch_sizes: Sizes, reverse: bool) -> Any:
    """Walk a layer: from rows (rows, in) and the first states (batch, hidden) to all outputs and the last states.

    `projection` (out, hidden) makes the output of an LSTM narrower than its memory `cx`. The other outputs are what the way
    back needs: the gates, and what else the cell notes.
    """
    xp, dtype = namespace_of(input), input.dtype if kind == "relu" or input.dtype.kind in "fcV" else FLOAT32
    width = weight_hh.shape[0] // CELLS[kind].gates
    cell = CELLS[kind](xp, width, dtype, bias_hh)
    gates = matmul(input, weight_ih.T).astype(dtype, copy=False)
    shift = cell.added(bias_ih)
    if shift is not None:
        gates += shift
    output, notes = xp.empty((len(gates), hx.shape[1]), dtype), xp.empty((len(gates), cell.notes * width), dtype)
    sums, unprojected = xp.empty((len(hx), gates.shape[1]), dtype), xp.empty((len(hx), width), dtype)
    columns = _columns(xp, weight_hh, len(batch_sizes)).astype(dtype, copy=False)
    hx = hidden = hx.astype(dtype, copy=False)
    memory = cx
    for here, count in steps(batch_sizes, reverse):
        hidden, memory = _carried(hidden, hx, count), None if cx is None else _carried(memory, cx, count)
        now = output[here] if projection is None else unprojected[:count]
        cell.step(gates[here], xp.dot(hidden, columns, out=sums[:count]), hidden, memory, notes[here], now)
        if projection is not None:
            output[here] = now.dot(projection.T)
        hidden, memory = output[here], notes[here]
    return (output, _last(output, batch_sizes, reverse), None if cx is None else _last(notes, batch_sizes, reverse),
            gates, notes)


def steps(batch_sizes: Sizes, reverse: bool) -> list[Step]:
    """Return the steps in the order of walking."""
    found, end = [], 0
    for size in batch_sizes:
        end += size
        found.append((slice(end - size, end), size))
    return found[::-1] if reverse else found


def _columns(xp: Any, weight: Array, uses: int) -> Array:
    """The weight transposed: laid out anew where it is used often, as its product is then faster."""
    return xp.ascontiguousarray(weight.T) if uses > 4 else weight.T


def _carried(last: Array, first: Array, count: int) -> Array:
    """The states of a step's members: those of the step walked before, and the first ones of who begins here."""
    if len(last) == count:
        return last
    return last[:count] if len(last) > count else namespace_of(last).concatenate([last, first[len(last):count]])


def _last(states: Array, batch_sizes: Sizes, reverse: bool) -> Array:
    """The state that each member of the batch ends with, given those of all rows."""
    if reverse:
        return states[:batch_sizes[0]].copy()
    parts, ended = [], 0
    for here, count in steps(batch_sizes, reverse=True):
        if count > ended:
            parts.append(states[here.stop - (count - ended):here.stop])
            ended = count
    return namespace_of(states).concatenate(parts) if parts else states.copy()


def _before(states: Array, first: Array, batch_sizes: Sizes, reverse: bool) -> Array:
    """The state that each row was walked from."""
    parts, last = [], first
    for here, count in steps(batch_sizes, reverse):
        parts.append(_carried(last, first, count))
        last = states[here]
    return namespace_of(states).concatenate(parts[::-1] if reverse else parts)


# ------------------------------------------------------------------------------------- gradients


def _slopes(grads: Three, inputs: Inputs, kind: str, batch_sizes: Sizes, reverse: bool, made: Three,
            needs: tuple[bool, ...]) -> Any:
    """The gradients of the inputs: quickly on arrays; on tensors, whose own gradient is wanted, through a walk in ops."""
    if any(isinstance(g, TensorBase) for g in grads):
        return _through_ops(grads, inputs, kind, batch_sizes, reverse, needs)
    return recurrent_layer_backward(*grads, *inputs, kind, batch_sizes, reverse, *made, needs)


@op(outputs=("input", "hx", "cx", "weight_ih", "weight_hh", "bias_ih", "bias_hh", "projection"))
def recurrent_layer_backward(g_output: Tensor, g_hn: Tensor, g_cn: Tensor | None, input: Tensor, hx: Tensor,
                             cx: Tensor | None, weight_ih: Tensor, weight_hh: Tensor, bias_ih: Tensor | None,
                             bias_hh: Tensor | None, projection: Tensor | None, kind: str, batch_sizes: Sizes,
                             reverse: bool, output: Tensor, gates: Tensor, notes: Tensor, needs: tuple[bool, ...]) -> Any:
    """Walk the layer back, then multiply: a gradient for each input that needs one."""
    xp, width = namespace_of(gates), weight_hh.shape[0] // CELLS[kind].gates
    cell = CELLS[kind](xp, width, gates.dtype, bias_hh)
    hidden = _before(output, hx, batch_sizes, reverse)
    memory = None if cx is None else _before(notes, cx, batch_sizes, reverse)
    of_gates = xp.empty_like(gates)
    of_sums = of_gates if cell.shares_sums else xp.empty_like(gates)
    others = xp.empty((len(gates), cell.others * width), gates.dtype)
    cell.factors(gates, notes, hidden, memory, of_gates, of_sums, others)
    of_outputs = None if projection is None else xp.empty_like(output)
    of_hidden, of_memory = g_hn.copy(), None if g_cn is None else g_cn.copy()
    for here, count in steps(batch_sizes, not reverse):
        arrived = of_hidden[:count]
        arrived += g_output[here]
        if of_outputs is not None:
            of_outputs[here] = arrived
        kept = cell.step_back(gates[here], others[here], arrived if projection is None else arrived.dot(projection),
                              None if of_memory is None else of_memory[:count], of_gates[here], of_sums[here])
        xp.dot(of_sums[here], weight_hh, out=arrived)
        if kept is not None:
            arrived += kept
    return (matmul(of_gates, weight_ih) if needs[0] else None, of_hidden, of_memory,
            matmul(of_gates.T, input) if needs[3] else None,
            matmul(of_sums.T, hidden) if needs[4] else None,
            total(xp, of_gates, (0,)).reshape(-1) if needs[5] else None,
            total(xp, of_sums, (0,)).reshape(-1) if needs[6] else None,
            matmul(of_outputs.T, cell.unprojected(gates, notes)) if of_outputs is not None and needs[7] else None)


def _through_ops(grads: Three, inputs: Inputs, kind: str, batch_sizes: Sizes, reverse: bool,
                 needs: tuple[bool, ...]) -> list[Any]:
    """The same gradients as tensors with a history: of the layer walked again in ops, which can be differentiated on."""
    with autograd.enable_grad():
        # views: one tensor may have been given for two inputs, and each has a gradient of its own
        places = [None if value is None else view_as_itself(value) for value in inputs]
        outputs = walked_in_ops(kind, batch_sizes, reverse, *places)
    sent = [(out, g) for out, g in zip(outputs, grads, strict=True) if out is not None and g is not None]
    wanted = [value for value, needed in zip(places, needs, strict=True) if needed]
    found = iter(autograd.grad([out for out, _ in sent], wanted, [g for _, g in sent], create_graph=True, allow_unused=True))
    return [next(found) if needed else None for needed in needs]


def walked_in_ops(kind: str, batch_sizes: Sizes, reverse: bool, input: Any, hx: Any, cx: Any, weight_ih: Any, weight_hh: Any,
                  bias_ih: Any, bias_hh: Any, projection: Any) -> Three:
    """What `recurrent_layer` computes, step by step in ops."""
    gates, hidden, memory, made = linear(input, weight_ih, bias_ih), hx, cx, []
    for here, count in steps(batch_sizes, reverse):
        before = narrow(hidden, 0, 0, count)
        now, kept = CELLS[kind].in_ops(narrow(gates, 0, here.start, count), linear(before, weight_hh, bias_hh), before,
                                       None if cx is None else narrow(memory, 0, 0, count))
        now = now if projection is None else linear(now, projection)
        made.append(now)
        hidden, memory = _with_first(hidden, now, count), None if cx is None else _with_first(memory, kept, count)
    return cat(made[::-1] if reverse else made), hidden, memory


def _with_first(states: Tensor, new: Tensor, count: int) -> Tensor:
    """The states with those of the first members renewed."""
    whole = states.shape[0]
    return new if count == whole else cat([new, narrow(states, 0, count, whole - count)])
