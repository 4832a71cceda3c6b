"""The tape: what was computed from what, and the walk back over it."""
from __future__ import annotations

from typing import Any

from flambeau.autograd.engine import deposit, one_pass, walk_back
from flambeau.autograd.function import Function
from flambeau.autograd.mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from flambeau.core.arrays import as_array
from flambeau.core.page import page
from flambeau.core.tensor import TensorBase, wrap

__getattr__, __dir__, __all__ = page(__name__, {
    "autograd.anomaly": "detect_anomaly set_detect_anomaly",
}, parts="graph")
__all__ += ["Function", "backward", "enable_grad", "grad", "gradcheck", "gradgradcheck", "inference_mode", "is_grad_enabled",
            "no_grad", "set_grad_enabled"]


def _listed(tensors: Any) -> list[Any]:
    return [tensors] if isinstance(tensors, TensorBase) else list(tensors)


def _gradients_for(outputs: list[Any], gradients: Any) -> list[Any]:
    if gradients is None:
        return [None] * len(outputs)
    listed = _listed(gradients)
    if len(listed) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(listed)} gradients")
    return listed


def backward(tensors: Any, grad_tensors: Any = None, retain_graph: bool | None = None, create_graph: bool = False,
             grad_variables: Any = None, inputs: Any = None) -> None:
    """Add the gradient of `tensors` to the `.grad` of the leaves they were made from, or of `inputs` alone.

    `grad_tensors` weigh the outputs; scalars need none. The tape is freed unless `retain_graph` (default:
    `create_graph`). With `create_graph` the gradients are recorded and can be differentiated.

    Raises RuntimeError when an output needs no gradient, is no scalar and has no weight, or when the tape was freed.
    """
    outputs = _listed(tensors)
    gradients = _gradients_for(outputs, grad_variables if grad_tensors is None else grad_tensors)
    wanted = None if inputs is None else _listed(inputs)
    if wanted is not None and not wanted:
        raise RuntimeError("'inputs' argument to backward() cannot be empty.")
    keep = create_graph if retain_graph is None else retain_graph
    with one_pass(only_some=wanted is not None):
        walk = walk_back(outputs, gradients, keep=keep, create_graph=create_graph, inputs=wanted)
        deposit(walk)
        for tensor in wanted or ():
            if tensor._node is not None:
                _add_captured(tensor, walk.captured[tensor._node, tensor._number])


def _add_captured(tensor: Any, found: Any) -> None:
    """Add to the `.grad` of a tensor that is no leaf but was asked for."""
    if found is not None:
        part = found if isinstance(found, TensorBase) else wrap(as_array(found))
        tensor._grad = part if tensor._grad is None else tensor._grad + part


def grad(outputs: Any, inputs: Any, grad_outputs: Any = None, retain_graph: bool | None = None,
         create_graph: bool = False, only_inputs: bool = True, allow_unused: bool | None = None,
         is_grads_batched: bool = False, materialize_grads: bool = False) -> tuple[Any, ...]:
    """Return the gradients of `outputs` with respect to `inputs`; no `.grad` is touched.

    An input that the outputs do not depend on gives None with `allow_unused`, zeros with `materialize_grads`, and a
    RuntimeError otherwise.
    """
    if is_grads_batched:
        raise NotImplementedError("autograd.grad(is_grads_batched=True): call grad once per row of grad_outputs")
    starts, wanted = _listed(outputs), _listed(inputs)
    for tensor in wanted:
        if not tensor.requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad; call requires_grad_() on it "
                               "before the forward")
    keep = create_graph if retain_graph is None else retain_graph
    with one_pass(only_some=True):
        walk = walk_back(starts, _gradients_for(starts, grad_outputs), keep=keep, create_graph=create_graph, inputs=wanted)
        return tuple(_result_for(tensor, walk, bool(allow_unused or materialize_grads), materialize_grads)
                     for tensor in wanted)


def _result_for(tensor: Any, walk: Any, may_be_unused: bool, zeros: bool) -> Any:
    if tensor._node is None:
        found = walk.leaves.get(tensor)
        if found is not None and tensor._hooks is not None:
            from flambeau.autograd import hooks

            found = hooks.at_leaf(tensor, found, walk.tensors)
    else:
        found = walk.captured[tensor._node, tensor._number]
    if found is None:
        if not may_be_unused:
            raise RuntimeError(
                "One of the differentiated Tensors appears to not have been used in the graph. Set allow_unused=True "
                "if this is the desired behavior."
            )
        return tensor.new_zeros(tensor.shape) if zeros else None
    return found if isinstance(found, TensorBase) else wrap(as_array(found))


# A function under its module's name: taken here at once, or the module would take its place when it is imported.
from flambeau.autograd.gradcheck import gradcheck, gradgradcheck  # noqa: E402
