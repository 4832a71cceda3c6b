"""What a caller hands to a backward pass, as places on the tape: outputs with their gradients, and what to reach."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flambeau.autograd.node import AccumulateGrad, GradientEdge
from flambeau.core.arrays import namespace_of
from flambeau.core.tensor import TensorBase, wrap

Place = tuple[Any, int]  # a node and which of its outputs, or a leaf and 0


def listed(tensors: Any) -> list[Any]:
    return [tensors] if isinstance(tensors, TensorBase | GradientEdge) else list(tensors)


def gradients_for(outputs: list[Any], gradients: Any) -> list[Any]:
    """Return one gradient, or None, for each output. Raises RuntimeError when they are not as many."""
    if gradients is None:
        return [None] * len(outputs)
    given = listed(gradients)
    if len(given) != len(outputs):
        raise RuntimeError(f"got {len(outputs)} tensors and {len(given)} gradients")
    return given


def starts_of(outputs: Sequence[Any], gradients: Sequence[Any]) -> list[tuple[Place, Any]]:
    """Return where each output stands, with the gradient to send from there.

    Raises RuntimeError for an output that needs no gradient, or whose gradient does not fit.
    """
    for number, output in enumerate(outputs):
        if isinstance(output, TensorBase) and not output.requires_grad:
            raise RuntimeError(f"element {number} of tensors does not require grad and does not have a grad_fn")
    return [_start(output, g) for output, g in zip(outputs, gradients, strict=True)]


def _start(output: Any, gradient: Any) -> tuple[Place, Any]:
    if isinstance(output, TensorBase):
        gradient = None if gradient is None else output._gradient_for_carrier(gradient)
        output = output._carrier()
    return _place(output), _first_gradient(output, gradient)


def goals_of(inputs: Sequence[Any]) -> list[Place]:
    """Return where each of the tensors or edges to reach stands.

    Raises RuntimeError for what needs no gradient, or is neither tensor nor edge.
    """
    for what in inputs:
        if not isinstance(what, TensorBase | GradientEdge):
            raise RuntimeError(f"all inputs have to be Tensors or GradientEdges, but got {type(what).__name__}")
        if isinstance(what, TensorBase) and not what.requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad; call requires_grad_() on it "
                               "before the forward")
    return [_place(what) for what in inputs]


def _place(what: Any) -> Place:
    if not isinstance(what, GradientEdge):
        what = what._carrier()
        return what._node or what, what._number
    return (what.node.variable if isinstance(what.node, AccumulateGrad) else what.node), what.output_nr


def _first_gradient(output: Any, gradient: Any) -> Any:
    """Check the gradient given for an output, or make the 1 that a scalar output implies."""
    if isinstance(output, GradientEdge):
        if gradient is None:
            raise RuntimeError("grad can be implicitly created only for scalar outputs, and an edge has no shape; pass a "
                               "gradient")
        return gradient
    if gradient is None:
        return _implied_gradient(output)
    if tuple(gradient.shape) != output._array.shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output has a shape of {gradient.shape} and output has a shape of {output.shape}; "
            "give a gradient of the output's shape"
        )
    return gradient


def _implied_gradient(output: Any) -> Any:
    if output._array.size != 1:
        raise RuntimeError(
            "grad can be implicitly created only for scalar outputs: the output has shape "
            f"{list(output._array.shape)}; reduce it first (.sum(), .mean()) or pass a gradient of that shape"
        )
    if output._array.dtype.kind == "c":
        raise RuntimeError(f"grad can be implicitly created only for real scalar outputs but got {output.dtype}; take "
                           ".real or .abs(), or pass a gradient")
    return wrap(namespace_of(output._array).ones_like(output._array))
