"""Jacobians and Hessians: a gradient, or a tangent, for each row of a basis at once."""
from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

from flambeau.func.gradients import Argnums, picked, replaced, vjp
from flambeau.func.mapping import vmap
from flambeau.func.pushforward import linearize
from flambeau.ops.creation import zeros
from flambeau.utils._pytree import tree_flatten, tree_unflatten

Function = Callable[..., Any]


def jacrev(func: Function, argnums: Argnums = 0, *, has_aux: bool = False, chunk_size: int | None = None,
           _preallocate_and_copy: bool = False) -> Function:
    """Return a function that computes the Jacobian of `func` going back: a row for each element of its outputs.

    The Jacobian of an output (*o) by an input (*i) has shape (*o, *i). Containers of outputs hold what containers of inputs
    have. At most `chunk_size` rows are worked out at once. Best where there are more inputs than outputs.
    """
    if chunk_size is not None and not chunk_size > 0:
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        inputs, spec = tree_flatten(picked(args, argnums, "jacrev"))

        def of_inputs(*flat: Any) -> Any:
            return func(*replaced(args, argnums, tree_unflatten(flat, spec)), **kwargs)

        results, back, *aux = vjp(of_inputs, *inputs, has_aux=has_aux)
        outputs, out_spec = tree_flatten(results)
        found = vmap(lambda *rows: back(tree_unflatten(rows, out_spec)), chunk_size=chunk_size)(*_basis(outputs))
        counts = [output.numel() for output in outputs]
        by_input = [rows.split(counts) for rows in found]
        by_output = [[rows[k].reshape(*output.shape, *input.shape) for rows, input in zip(by_input, inputs, strict=True)]
                     for k, output in enumerate(outputs)]
        jacobian = tree_unflatten([tree_unflatten(parts, spec) for parts in by_output], out_spec)
        return (jacobian, aux[0]) if has_aux else jacobian

    return call


def jacfwd(func: Function, argnums: Argnums = 0, has_aux: bool = False, *, randomness: str = "error") -> Function:
    """As `jacrev`, going forward: a column for each element of the inputs. Best where there are more outputs than inputs."""
    @functools.wraps(func)
    def call(*args: Any, **kwargs: Any) -> Any:
        inputs, spec = tree_flatten(picked(args, argnums, "jacfwd"))
        others: list[Any] = []

        def of_inputs(*flat: Any) -> Any:
            results = func(*replaced(args, argnums, tree_unflatten(flat, spec)), **kwargs)
            if has_aux:
                results, aux = results
                others.append(aux)
            return results

        results, push = linearize(of_inputs, *inputs)
        outputs, out_spec = tree_flatten(results)
        pushed = vmap(lambda *columns: tuple(tree_flatten(push(*columns))[0]), out_dims=-1, randomness=randomness)
        found = pushed(*_basis(inputs))
        counts = [input.numel() for input in inputs]
        jacobian = tree_unflatten(
            [tree_unflatten([part.reshape(*output.shape, *input.shape)
                             for part, input in zip(columns.split(counts, -1), inputs, strict=True)], spec)
             for columns, output in zip(found, outputs, strict=True)], out_spec)
        return (jacobian, others[-1]) if has_aux else jacobian

    return call


def hessian(func: Function, argnums: Argnums = 0) -> Function:
    """Return a function that computes the second derivatives of `func`: forward over back."""
    return jacfwd(jacrev(func, argnums), argnums)


def _basis(tensors: Sequence[Any]) -> list[Any]:
    """The unit vectors of all tensors together: for each tensor (total number of elements, *its shape)."""
    total, start, found = sum(tensor.numel() for tensor in tensors), 0, []
    for tensor in tensors:
        count = math.prod(tensor.shape)
        rows = zeros(total, count, dtype=tensor.dtype, device=tensor.device)
        rows[start:start + count].diagonal().fill_(1)
        found.append(rows.reshape(total, *tensor.shape))
        start += count
    return found
