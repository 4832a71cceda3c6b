"""The one road: promote, compute, wrap, record."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy

from flambeau.autograd import listeners
from flambeau.autograd.mode import grad_mode
from flambeau.autograd.node import Node, next_order
from flambeau.core.arrays import QUIET, SILENT, as_array, is_array, namespace_of
from flambeau.core.dtype import ALL
from flambeau.core.promotion import FLOAT32, FLOAT64
from flambeau.core.tensor import InferenceStorage, Storage, TensorBase, making, wrap
from flambeau.dispatch import batching
from flambeau.dispatch.casting import recast
from flambeau.dispatch.explain import explained, no_tensor, refuse_numbers
from flambeau.dispatch.overriding import NoImplementation, is_stranger
from flambeau.dispatch.plan import ARGUMENT, CONSTANT, SHAPE
from flambeau.dispatch.prepare import prepare
from flambeau.dispatch.views import link, refresh

_HOST = numpy.ndarray
_bare = object.__new__
_UNKNOWN = object()
# What a float array outranks, or no number at all.
_WEAK = frozenset({float, int, bool, type(None), tuple, str, *(type(known.numpy) for known in ALL)})


def apply(op: Any, args: tuple[Any, ...], spread: int = 0) -> Any:
    """Run `op` on tensors and record it, or on raw arrays and do neither.

    `spread`: how many of the arguments are the members of the op's sequence argument.
    """
    if listeners.count:
        args = recast(op.name, args)
        heard = listeners.hear(apply, op, args, spread)
        if heard is not listeners.UNHEARD:
            return heard
    values: list[Any] = []
    mask, bit, dtype, plain, tidy = 0, 1, None, True, True
    for arg in args:
        if isinstance(arg, TensorBase):
            if arg._view is not None:
                refresh(arg)
            if arg._requires_grad:
                mask |= bit
            arg = arg._array
            if not arg.flags.c_contiguous:
                tidy = False
            if arg.dtype is not dtype or arg.__class__ is not _HOST:
                plain = plain and dtype is None and arg.__class__ is _HOST
                dtype = arg.dtype
        elif arg.__class__ is _HOST:
            plain = False
        elif arg.__class__ not in _WEAK:
            plain = False
            if is_stranger(arg):
                raise NoImplementation(f"{op.name}() was given a {type(arg).__name__}, which is no tensor")
        elif bit & op.strict and not spread and arg is not None:
            raise no_tensor(op, arg, bit.bit_length())
        values.append(arg)
        bit <<= 1
    if dtype is None:
        if any(map(is_array, values)):
            return _on_arrays(op, _nested(op, values, spread))
        refuse_numbers(op, args)
    in_batches = batching.used and not plain and not op.batches and batching.holds_batch(values)
    if in_batches and mask and grad_mode.enabled and (lifted := batching.lifted(args)) is not None:
        return apply(op, lifted, spread)
    narrow = None
    token = QUIET.set(SILENT)
    try:
        if not (plain and (dtype is FLOAT32 or dtype is FLOAT64 or not op.promotes)):
            values, narrow = prepare(op, args, values, spread)
        if spread:
            values = _nested(op, values, spread)
        if in_batches:
            result = batching.compute(op, values)
        else:
            result = op.compute(*values)
        if narrow is not None:
            result = _narrowed(result, narrow)
    except Exception as error:
        raise explained(op, args, error) from error
    finally:
        QUIET.reset(token)
    if op.outputs:
        return _several(op, args, mask, spread, result, op.layout if not tidy and not in_batches else None)
    if result.__class__ is not _HOST:
        result = as_array(result)
    if not tidy and op.layout is not None and not in_batches:
        result = op.layout(result, args)
    out = _bare(TensorBase._public)  # `wrap`, written out: this runs for every op
    out._array, out._storage, out._requires_grad, out._node, out._number = result, making.storage(), False, None, 0
    out._grad = out._view = out._hooks = None
    if op.view:
        link(out, op, args)
    if mask and grad_mode.enabled and (result.dtype is FLOAT32 or result.dtype.kind in "fcV"):
        plan = op.plans.get(mask, _UNKNOWN)
        if spread or plan is _UNKNOWN:
            plan = op.plan(mask, spread)
        if plan is not None:
            out._node, out._requires_grad = record(op, plan, args, (out,)), True
    return out


def _on_arrays(op: Any, values: list[Any]) -> Any:
    """Run an op on raw arrays, as gradient rules do."""
    if batching.used and not op.batches and batching.holds_batch(values):
        return batching.compute(op, values)
    return op.compute(*values)


def record(op: Any, plan: Any, args: tuple[Any, ...], outs: tuple[Any, ...]) -> Node:
    """Write one entry of the tape: only what the rules that will run ask for by name."""
    node = Node()
    node.op, node.plan, node.order = op, plan, next_order()
    node.hooks = node.post_hooks = node.outputs = None
    edges: list[Any] = []
    for position in plan.inputs:
        arg = args[position]
        array = arg._array
        edges.append((arg._node or arg, arg._number, array.shape, array.dtype))
    node.edges = edges
    saved: list[Any] = []
    for kind, what in plan.saves:
        if kind is ARGUMENT:
            value = args[what]
            if isinstance(value, TensorBase):
                storage = value._storage
                if storage.__class__ is InferenceStorage:
                    raise RuntimeError("Inference tensors cannot be saved for backward. Please do not use Tensors created "
                                       "in inference mode in computation tracked by autograd; use a clone() of it")
                saved.append((value._array, storage, storage.version))
            else:
                saved.append(_members(value) if isinstance(what, slice) else (value, None, 0))
        elif kind is SHAPE:
            saved.append((_shapes(args[what]), None, 0))
        elif kind is CONSTANT:
            saved.append((what, None, 0))
        else:
            out = outs[what]
            saved.append((out._array, out._storage, out._storage.version))
    node.saved = saved
    return node


class _Together:
    """The storages of a sequence's members, with one version between them."""

    __slots__ = ("storages",)

    def __init__(self, storages: list[Storage]) -> None:
        self.storages = storages

    @property
    def version(self) -> int:
        return sum(storage.version for storage in self.storages)

    @property
    def writer(self) -> str | None:
        return next((storage.writer for storage in self.storages if storage.writer), None)


def _members(sequence: tuple[Any, ...]) -> Any:
    together = _Together([member._storage for member in sequence])
    return [member._array for member in sequence], together, together.version


def _shapes(value: Any) -> Any:
    if isinstance(value, TensorBase):
        return value._array.shape
    return [_shapes(member) for member in value] if isinstance(value, tuple) else getattr(value, "shape", ())


def _narrowed(result: Any, narrow: Any) -> Any:
    """Bring results in float32 back to the half type that went in; what does not fit becomes infinite."""
    if isinstance(result, tuple | list):
        return [_narrowed(part, narrow) for part in result]
    if result is None:
        return None
    result = as_array(result)
    return result.astype(narrow) if result.dtype is FLOAT32 else result


def _several(op: Any, args: tuple[Any, ...], mask: int, spread: int, results: Any, layout: Any) -> Any:
    """Wrap and record an op with more than one output."""
    arrays = [None if result is None else as_array(result) for result in results]
    if layout is not None:
        arrays = [None if array is None else layout(array, args) for array in arrays]
    outs = tuple(None if array is None else wrap(array) for array in arrays)
    plan = op.plan(mask, spread) if mask and grad_mode.enabled else None
    if plan is not None:
        node = record(op, plan, args, outs)
        node.outputs = [None if a is None or number >= op.differentiable else (a.shape, a.dtype, namespace_of(a))
                        for number, a in enumerate(arrays)]
        for number, out in enumerate(outs[:op.differentiable]):
            if out is not None and out._array.dtype.kind in "fcV":
                out._node, out._number, out._requires_grad = node, number, True
    return op.result(outs)


def _nested(op: Any, values: list[Any], spread: int) -> list[Any]:
    """Gather the members of a sequence argument again."""
    if not spread:
        return values
    at = op.sequence
    return [*values[:at], values[at:at + spread], *values[at + spread:]]


def apply_to_sequence(op: Any, args: tuple[Any, ...]) -> Any:
    """Run an op that takes a sequence of tensors: on the road its members are arguments like any other."""
    at = op.sequence
    members = args[at]
    if not isinstance(members, tuple | list):
        raise TypeError(f"{op.name}(): argument '{op.parameters[at]}' must be tuple of Tensors, not "
                        f"{type(members).__name__}")
    if {*map(type, members)} != {TensorBase._public}:
        _check_members(op, members, at)
    if not members:
        raise RuntimeError(f"{op.name} expects a non-empty TensorList")
    return apply(op, (*args[:at], *members, *args[at + 1:]), len(members))


def _check_members(op: Any, members: Sequence[Any], at: int) -> None:
    """Raise TypeError where a member is neither tensor nor array."""
    for number, member in enumerate(members):
        if not isinstance(member, TensorBase) and not is_array(member):
            raise TypeError(f"expected Tensor as element {number} in argument {at} of {op.name}, but got "
                            f"{type(member).__name__}")
