"""Gradients of functions: `grad`, `grad_and_value`, `vjp`."""
from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from flambeau import autograd
from flambeau.autograd.mode import enable_grad, is_grad_enabled
from flambeau.core.tensor import TensorBase
from flambeau.func.following import Followed
from flambeau.utils._pytree import TreeSpec, tree_flatten, tree_unflatten

Function = Callable[..., Any]
Argnums = int | tuple[int, ...]


def grad(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """Return a function that computes the gradient of `func`, which returns a scalar, with respect to some arguments.

    `argnums`: which ones; a tuple gives a tuple of gradients. Arguments may be containers of tensors. With `has_aux`, `func`
    returns (scalar, other results) and the new function (gradient, other results). Transforms can be nested.

    Raises RuntimeError where `func` returns no scalar tensor, or `argnums` does not fit.
    """
    both = grad_and_value(func, argnums, has_aux)

    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        gradient, value = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return call


def grad_and_value(func: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """As `grad`; the new function returns (gradient, value of `func`), with `has_aux` (gradient, (value, other results))."""
    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        outer = is_grad_enabled()
        with enable_grad():
            chosen, spec = tree_flatten(picked(args, argnums, "grad"))
            followed = Followed(checked_inputs(chosen, "grad(func, ...)(*args)"))
            results = func(*replaced(args, argnums, tree_unflatten(followed.tensors, spec)), **kwargs)
            value, aux = parted(results, "grad_and_value(f)(*args)") if has_aux else (results, None)
            _check_scalar(value)
            keeps = outer and not followed.is_all_of([value])
            gradients = pulled([value], followed.goals, None, create_graph=keeps)
        found = tree_unflatten(followed.settled(gradients), spec)
        value = value if keeps else value.detach()
        return found, (value, tree_settled(aux, followed)) if has_aux else value

    return call


def _check_scalar(value: Any) -> None:
    if not isinstance(value, TensorBase):
        raise RuntimeError("Expected f(*args) to return a scalar tensor, got object of type " + type(value).__name__)
    if value._array.ndim:
        raise RuntimeError(f"Expected f(*args) to return a scalar tensor, got tensor with {value._array.ndim} dims. Maybe you "
                           "wanted to use the vjp or jacrev APIs instead?")


def vjp(func: Function, *primals: Any, has_aux: bool = False) -> Any:
    """Call `func(*primals)`; return the result and a function that takes gradients of it back to the primals.

    With `has_aux`, `func` returns (result, other results), and these come third.
    Raises RuntimeError without primals or where `func` returns no tensors.
    """
    if not primals:
        raise RuntimeError("vjp(f, *primals): Expected at least one tensor primal; there is nothing to differentiate by")
    flat, spec = tree_flatten(primals)
    outer = is_grad_enabled()
    with enable_grad():
        followed = Followed(checked_inputs(flat, "vjp(f, *primals)"))
        results = func(*tree_unflatten(followed.tensors, spec))
        results, aux = parted(results, "vjp(f, *primals)") if has_aux else (results, None)
    outputs, out_spec = tree_flatten(results)
    checked_outputs(outputs, "vjp(f, *primals)")
    shown = followed.settled(outputs) if outer else [output.detach() for output in outputs]

    def back(*cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        weights = _weights(cotangents, outputs, out_spec)
        keeps = is_grad_enabled() and not followed.is_all_of([*outputs, *weights]) if create_graph is None else create_graph
        found = pulled(outputs, followed.goals, weights, create_graph=keeps, keep=retain_graph)
        return tree_unflatten(followed.settled(found), spec)

    together = tree_unflatten(shown, out_spec)
    return (together, back, tree_settled(aux, followed)) if has_aux else (together, back)


def _weights(cotangents: tuple[Any, ...], outputs: list[Any], spec: TreeSpec) -> list[Any]:
    given = cotangents[0] if len(cotangents) == 1 and not (spec.type is tuple and len(outputs) == 1
                                                           and not isinstance(cotangents[0], tuple)) else cotangents
    flat, found = tree_flatten(given)
    if found != spec:
        raise RuntimeError(f"Expected pytree structure of cotangents to be the same as pytree structure of outputs to the "
                           f"function. cotangents: {found}, primal output: {spec}")
    for weight, output in zip(flat, outputs, strict=True):
        if not isinstance(weight, TensorBase) or weight.shape != output.shape:
            raise RuntimeError(f"vjp: expected a cotangent of shape {list(output.shape)}, like the output, but got "
                               f"{list(weight.shape) if isinstance(weight, TensorBase) else type(weight).__name__}")
    return flat


def pulled(outputs: Sequence[Any], inputs: Sequence[Any], weights: Sequence[Any] | None, *, create_graph: bool,
           keep: bool | None = None) -> list[Any]:
    """Return the gradients of outputs, zeros where an output does not depend on an input."""
    ways = [i for i, output in enumerate(outputs) if output._requires_grad]
    if not ways:
        return [tensor.new_zeros(tensor.shape) for tensor in inputs]
    chosen = None if weights is None else [weights[i] for i in ways]
    return list(autograd.grad([outputs[i] for i in ways], list(inputs), chosen, retain_graph=keep, create_graph=create_graph,
                              materialize_grads=True))


# ------------------------------------------------------------------------------ arguments


def picked(args: tuple[Any, ...], argnums: Argnums, name: str) -> Any:
    """Return the argument, or the tuple of them, that `argnums` says."""
    if isinstance(argnums, int) and not isinstance(argnums, bool):
        return args[_place(argnums, len(args), name)]
    if not isinstance(argnums, tuple) or not argnums or not all(isinstance(number, int) for number in argnums):
        raise RuntimeError(f"argnums must be int or a non-empty Tuple of ints, got {argnums!r} of type {type(argnums)}")
    places = [_place(number, len(args), name) for number in argnums]
    if len(set(places)) < len(places):
        raise RuntimeError(f"argnums elements must be unique, got {argnums}")
    return tuple(args[place] for place in places)


def _place(number: int, count: int, name: str) -> int:
    if not -count <= number < count:
        raise RuntimeError(f"Got argnum={number}, but only {count} positional inputs")
    return number % count


def replaced(args: tuple[Any, ...], argnums: Argnums, found: Any) -> tuple[Any, ...]:
    """Return the arguments with others in the places that `argnums` says."""
    result = list(args)
    numbers, values = ((argnums,), (found,)) if isinstance(argnums, int) else (argnums, found)
    for number, value in zip(numbers, values, strict=True):
        result[number] = value
    return tuple(result)


def checked_inputs(tensors: list[Any], where: str) -> list[Any]:
    for tensor in tensors:
        if not isinstance(tensor, TensorBase):
            raise ValueError(f"{where}: expected what is differentiated by to be tensors, or containers of them, "
                             f"but got {type(tensor).__name__}")
    return tensors


def checked_outputs(outputs: list[Any], where: str) -> None:
    if not outputs or not all(isinstance(output, TensorBase) for output in outputs):
        odd = next((type(output).__name__ for output in outputs if not isinstance(output, TensorBase)), "nothing")
        raise RuntimeError(f"{where}: Expected f to be a function that has non-empty output (got {odd}): it must return "
                           f"tensors "
                           "or containers of them")


def parted(results: Any, where: str) -> tuple[Any, Any]:
    """Return the results and the other results of a function with `has_aux`."""
    if not isinstance(results, tuple) or len(results) != 2:
        raise RuntimeError(f"{where}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return results


def tree_settled(tree: Any, followed: Followed) -> Any:
    leaves, spec = tree_flatten(tree)
    return tree_unflatten(followed.settled(leaves), spec)
