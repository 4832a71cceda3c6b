"""The tape: what was computed from what, and the walk back over it."""
from __future__ import annotations

from typing import Any

from flambeau.autograd.engine import Walk, deposit, one_pass, walk_back
from flambeau.autograd.function import Function
from flambeau.autograd.mode import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    no_grad,
    set_grad_enabled,
)
from flambeau.autograd.places import Place, goals_of, gradients_for, listed, starts_of
from flambeau.core.arrays import as_array
from flambeau.core.page import page
from flambeau.core.tensor import TensorBase, wrap

__getattr__, __dir__, __all__ = page(__name__, {
    "autograd.anomaly": "detect_anomaly set_detect_anomaly",
    "autograd.variable": "Variable set_multithreading_enabled",
}, parts="forward_ad functional graph variable")
__all__ += ["Function", "backward", "enable_grad", "grad", "gradcheck", "gradgradcheck", "inference_mode", "is_grad_enabled",
            "no_grad", "set_grad_enabled"]


def backward(tensors: Any, grad_tensors: Any = None, retain_graph: bool | None = None, create_graph: bool = False,
             grad_variables: Any = None, inputs: Any = None) -> None:
    """Add the gradient of `tensors` to the `.grad` of the leaves they were made from, or of `inputs` alone.

    `grad_tensors` weigh the outputs; scalars need none. The tape is freed unless `retain_graph` (default:
    `create_graph`). With `create_graph` the gradients are recorded and can be differentiated.

    Raises RuntimeError when an output needs no gradient, is no scalar and has no weight, or when the tape was freed.
    """
    if grad_variables is not None and grad_tensors is not None:
        raise RuntimeError("`grad_tensors` and `grad_variables` (deprecated) arguments both passed to `backward()`. Please "
                           "only use `grad_tensors`.")
    outputs = listed(tensors)
    starts = starts_of(outputs, gradients_for(outputs, grad_variables if grad_tensors is None else grad_tensors))
    wanted = None if inputs is None else listed(inputs)
    if wanted is not None and not wanted:
        raise RuntimeError("'inputs' argument to backward() cannot be empty.")
    keep = create_graph if retain_graph is None else retain_graph
    with one_pass(only_some=wanted is not None):
        goals = None if wanted is None else goals_of(wanted)
        walk = walk_back(starts, keep=keep, create_graph=create_graph, goals=goals)
        deposit(walk)
        for what, place in zip(wanted or (), goals or (), strict=True):
            if place in walk.captured and isinstance(what, TensorBase):
                _add_captured(what._carrier(), walk.captured[place])


def _add_captured(tensor: Any, found: Any) -> None:
    """Add to the `.grad` of a tensor that is no leaf but was asked for."""
    if found is not None:
        part = _as_tensor(found)
        tensor._grad = part if tensor._grad is None else tensor._grad + part


def grad(outputs: Any, inputs: Any, grad_outputs: Any = None, retain_graph: bool | None = None,
         create_graph: bool = False, only_inputs: bool = True, allow_unused: bool | None = None,
         is_grads_batched: bool = False, materialize_grads: bool = False) -> tuple[Any, ...]:
    """Return the gradients of `outputs` with respect to `inputs`; no `.grad` is touched.

    An input that the outputs do not depend on gives None with `allow_unused`, zeros with `materialize_grads`, and a
    RuntimeError otherwise. With `is_grads_batched` each of `grad_outputs` has a first dim more, and so have the results.
    """
    if materialize_grads and allow_unused is False:
        raise ValueError("Expected allow_unused to be True or not passed when materialize_grads=True, but got: "
                         "allow_unused=False.")
    wanted, given = listed(inputs), listed(outputs)
    if not wanted:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    weights = gradients_for(given, grad_outputs)
    keep = create_graph if retain_graph is None else retain_graph
    unused = bool(allow_unused or materialize_grads)
    if is_grads_batched:
        from flambeau.autograd.batched import by_row

        found = by_row(lambda row, keep: _gradients(given, row, wanted, keep, create_graph, unused), given, weights, keep)
    else:
        found = _gradients(given, weights, wanted, keep, create_graph, unused)
    return tuple(map(_or_zeros, found, wanted)) if materialize_grads else tuple(found)


def _gradients(outputs: list[Any], weights: list[Any], inputs: list[Any], keep: bool, create_graph: bool,
               may_be_unused: bool) -> list[Any]:
    with one_pass(only_some=True):
        goals = goals_of(inputs)
        walk = walk_back(starts_of(outputs, weights), keep=keep, create_graph=create_graph, goals=goals)
        found = [_shown(what, _result_at(place, walk)) for what, place in zip(inputs, goals, strict=True)]
    if not may_be_unused and any(g is None for g in found):
        raise RuntimeError("One of the differentiated Tensors appears to not have been used in the graph. Set "
                           "allow_unused=True if this is the desired behavior.")
    return found


def _shown(what: Any, g: Any) -> Any:
    return what._gradient_of_carrier(g) if g is not None and isinstance(what, TensorBase) else g


def _result_at(place: Place, walk: Walk) -> Any:
    target = place[0]
    if place in walk.captured:
        found = walk.captured[place]
    else:
        found = walk.leaves.get(target)
        if found is not None and target._hooks is not None:
            from flambeau.autograd import hooks

            found = hooks.at_leaf(target, found, walk.tensors)
    return None if found is None else _as_tensor(found)


def _as_tensor(g: Any) -> Any:
    return g if isinstance(g, TensorBase) else wrap(as_array(g))


def _or_zeros(g: Any, what: Any) -> Any:
    if g is None and not isinstance(what, TensorBase):
        raise RuntimeError("materialize_grads cannot be used when the given input is a GradientEdge: it has no shape")
    return what.new_zeros(what.shape) if g is None else g


# A function under its module's name: taken here at once, or the module would take its place when it is imported.
from flambeau.autograd.gradcheck import gradcheck, gradgradcheck  # noqa: E402
