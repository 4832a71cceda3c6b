"""Writing into a tensor: `add_` from `add`, and what the tape makes of it."""
from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from flambeau.autograd import listeners
from flambeau.autograd.hooks import placing
from flambeau.autograd.mode import grad_mode
from flambeau.core.arrays import Array, as_array, laid_out, strides_in_elements
from flambeau.core.dtype import from_numpy
from flambeau.core.promotion import can_cast
from flambeau.core.tensor import (
    AMONG_SEVERAL,
    BY_FUNCTION,
    UNRECORDED,
    UNRECORDED_LEAF,
    InferenceStorage,
    TensorBase,
    View,
    wrap,
)
from flambeau.dispatch import overriding
from flambeau.dispatch.apply import record
from flambeau.dispatch.op import op
from flambeau.dispatch.overlap import refuse_several_in_one_place, refuse_sources
from flambeau.dispatch.views import follow, refresh

F = TypeVar("F", bound=Callable[..., Any])


def inplace(of: F, name: str = "") -> F:
    """Make the `add_` of an `add`: the same result, written over the first argument."""
    title = name or of.__name__.strip("_") + "_"

    @functools.wraps(of)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if overriding.users:
            heard = overriding.asked(call, (self, *args), kwargs)
            if heard is not overriding.UNHEARD:
                return heard
        refuse_leaf(self)
        refuse_sources(self, args, title)
        source = as_it_was(self) if listeners.count else self
        return write(self, of(source, *args, **kwargs), title)

    call.__name__ = call.__qualname__ = title
    call.guards = True
    return call  # same signature, by wraps


def as_it_was(tensor: Any) -> Any:
    """Return the present values of a tensor in memory of their own: a listener may keep them beyond the write."""
    if tensor._view is not None:
        refresh(tensor)
    alias = wrap(tensor._array.copy())
    alias._node, alias._number, alias._requires_grad = tensor._node, tensor._number, tensor._requires_grad
    return alias


def refuse_leaf(tensor: Any) -> None:
    """Raise RuntimeError where an in-place write would lose a leaf's value, which its gradient refers to."""
    refuse_inference(tensor)
    if not grad_mode.enabled:
        return
    if tensor._view is not None:
        refresh(tensor)
        if tensor._requires_grad:
            _refuse_untraceable(tensor._view)
        base = tensor._view.base
        if base._requires_grad and base._node is None:
            raise RuntimeError("a view of a leaf Variable that requires grad is being used in an in-place operation. "
                               "Write under torch.no_grad(), or into a clone()")
    if tensor._requires_grad and tensor._node is None:
        raise RuntimeError("a leaf Variable that requires grad is being used in an in-place operation. "
                           "Write under torch.no_grad(), or into a clone()")


def refuse_inference(tensor: Any) -> None:
    """Raise RuntimeError for a write into a tensor of inference mode when that is over."""
    if tensor._storage.__class__ is InferenceStorage and not grad_mode.inference:
        raise RuntimeError("Inplace update to inference tensor outside InferenceMode is not allowed. You can make a clone to "
                           "get a normal tensor before doing inplace update.")


def write(target: Any, result: Any, writer: str) -> Any:
    """Put the values of `result` into the memory of `target`, and `target` on the tape in its place."""
    source = result._array
    _check_fit(target._array, source, writer)
    if not result._requires_grad and grad_mode.enabled and target._requires_grad:
        result = _flat(result._cast(target._array.dtype), target)  # no change of the target's old values would be seen
        source = result._array
    recorded = result._requires_grad and grad_mode.enabled
    if recorded and target._view is not None:
        _refuse_untraceable(target._view)
    if recorded:
        _keep_old_values(result, target)
    if recorded and source.dtype != target._array.dtype:
        result = result._cast(target._array.dtype)
        source = result._array
    if source is not target._array:
        target._array[...] = source
    target._storage.bump(writer, depth=2)
    if recorded:
        _rebase(target, result)
    return target


_UNTRACEABLE = {
    UNRECORDED: "A view was created in no_grad mode and is being modified inplace with grad mode enabled. "
                "Make the view where gradients are recorded, or clone() it",
    UNRECORDED_LEAF: "a view created in no_grad mode, which is a leaf Variable that requires grad, is being used in an "
                     "in-place operation. Write under torch.no_grad(), or into a clone()",
    AMONG_SEVERAL: "This output is a view and is being modified inplace. It is the output of a function that returns "
                   "multiple views. Such functions do not allow the output views to be modified inplace: use the "
                   "out-of-place form",
    BY_FUNCTION: "Output of a custom Function is a view and is being modified inplace. This view was created inside a "
                 "custom Function (or because an input was returned as-is), and writing to it would bypass the "
                 "Function's own backward. clone() the output first",
}


@op(complex_rules=True, grad={"before": lambda g: g * 0.0}, grad_name="ZerosBackward0")
def _flat(values: TensorBase | Any, before: TensorBase | Any) -> Any:
    """Return `values`, as something whose gradient with respect to `before` is zero."""
    return values


def _refuse_untraceable(view: View) -> None:
    """Raise RuntimeError for a view of which it is not known how the tape leads to it from its base."""
    if view.made is not None:
        raise RuntimeError(_UNTRACEABLE[view.made])


def _check_fit(target: Array, source: Array, writer: str) -> None:
    if source.shape != target.shape:
        raise RuntimeError(f"{writer}: output with shape {list(target.shape)} doesn't match the broadcast shape "
                           f"{list(source.shape)}; use the out-of-place form")
    if not can_cast(source.dtype, target.dtype):
        raise RuntimeError(f"{writer}: result type {pytorch_name(source.dtype)} can't be cast to the desired output "
                           f"type {pytorch_name(target.dtype)}; use the out-of-place form")
    if writer not in IDEMPOTENT:
        refuse_several_in_one_place(target, writer)


IDEMPOTENT = frozenset({"fill_", "zero_"})  # what they write is the same wherever it is


_SCALAR_NAMES = {"float32": "Float", "float64": "Double", "float16": "Half", "bfloat16": "BFloat16", "uint8": "Byte",
                 "int8": "Char", "int16": "Short", "int32": "Int", "int64": "Long", "bool": "Bool",
                 "complex64": "ComplexFloat", "complex128": "ComplexDouble"}


def pytorch_name(dtype: Any) -> str:
    """The name that PyTorch's messages give a dtype: Float, Long, …"""
    name = from_numpy(dtype).name
    return _SCALAR_NAMES.get(name, name)


def _keep_old_values(result: Any, target: Any) -> None:
    """A rule that saved the target as the input it was gets a copy: `y.mul_(x)` needs the old y for x's gradient."""
    node = result._node
    for i, (value, _, _) in enumerate(node.saved or ()):
        if value is target._array and value is not result._array:
            node.saved[i] = (value.copy(), None, 0)


def _rebase(target: Any, result: Any) -> None:
    """Let `target` take the place of `result` on the tape; a view hands it on to its base."""
    _save_target_instead(result, target)
    if target._view is None:
        with placing(target):
            target._node, target._number, target._requires_grad = result._node, result._number, True
        return
    view = target._view
    base = view.base
    mask = (1 if base._requires_grad else 0) | (2 if result._requires_grad else 0)
    info = replace_view.op
    node = record(info, info.plan(mask, 0), (base, result, view.steps, strides_in_elements(base._array)), (base,))
    with placing(base), placing(target):
        base._node, base._number, base._requires_grad = node, 0, True
        refresh(target)


def _save_target_instead(result: Any, target: Any) -> None:
    """A rule that saved the output now finds it in `target`; keeping the temporary would double the memory."""
    node = result._node
    for i, (value, _, _) in enumerate(node.saved or ()):
        if value is result._array:
            node.saved[i] = (target._array, target._storage, target._storage.version)


@op(complex_rules=True, grad={
    "base": lambda g, steps, strides: replace_view(g, 0.0, steps, strides),
    "part": lambda g, steps, strides: follow(_with_strides(g, strides), steps),
}, grad_name="CopySlices")
def replace_view(base: TensorBase | Any, part: TensorBase | Any, steps: Any, strides: Any) -> Any:
    """Return a copy of `base` in which the view that `steps` lead to holds `part`.

    `strides`: of the base that the steps were first taken from. Laid out otherwise, the steps may lead elsewhere.
    """
    result = laid_out(base, strides)
    follow(result, steps)[...] = part
    return result


@op(view=True, grad={"input": lambda g: g})
def _with_strides(input: TensorBase | Any, strides: Any) -> Any:
    return as_array(input) if strides_in_elements(input) == strides else laid_out(input, strides)
