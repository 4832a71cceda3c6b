"""`torch.autograd.functional`: products with Jacobians and Hessians, and these whole, of functions of tensors."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flambeau import autograd
from flambeau.autograd.mode import enable_grad
from flambeau.core.tensor import TensorBase
from flambeau.func.mapping import vmap

Function = Callable[..., Any]
Tensors = tuple[Any, ...]


def vjp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """Return `func(*inputs)` and its gradients with respect to the inputs, the outputs weighed by `v`.

    `inputs`, `v` and what `func` returns are tensors or tuples of them. A single output of one element needs no `v`. With
    `create_graph` both results can be differentiated. With `strict`, an output that does not depend on the inputs, or an
    input that no output depends on, is a RuntimeError instead of having zeros.
    """
    call = _Call("vjp", func, inputs, create_graph, strict)
    weights = call.vectors(v, call.outputs, "output", "the user-provided function returns")
    found = call.gradients(call.outputs, weights, create_graph)
    return call.shown(call.outputs, call.many_outputs), call.shown(found, call.many_inputs)


def jvp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """As `vjp`, going forward: return `func(*inputs)` and its change along `v`, which is shaped like the inputs."""
    call = _Call("jvp", func, inputs, create_graph, strict)
    tangents = call.vectors(v, call.inputs, "input", "the input to the user-provided function is")
    with enable_grad():
        weights = [output.detach().new_zeros(output.shape).requires_grad_() for output in call.outputs]
        slopes = call.gradients(call.outputs, weights, create_graph=True)
        changes = _gradients(slopes, weights, tangents, create_graph)
    return (call.shown(call.outputs, call.many_outputs),
            call.shown(call.filled(changes, call.outputs, "output"), call.many_outputs))


def jacobian(func: Function, inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
             strategy: str = "reverse-mode") -> Any:
    """Return the derivatives of every output (*o) by every input (*i), each of shape (*o, *i).

    One tensor if `func` takes and returns one; a tuple by outputs or by inputs, or tuples by outputs of tuples by inputs.
    `vectorize`: all rows at once, instead of one after the other. `strategy`: "reverse-mode", or "forward-mode", which needs
    `vectorize`.
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(f'Expected strategy to be either "forward-mode" or "reverse-mode", but got: "{strategy}". Hint: '
                             'If your function has more outputs than inputs, "forward-mode" tends to be more performant. '
                             'Otherwise, prefer to use "reverse-mode".')
    if strategy == "forward-mode":
        return _jacobian_forward(func, inputs, create_graph, strict, vectorize)
    if strict and vectorize:
        raise RuntimeError("torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported "
                           "together. "
                           "Please either set `strict=False` or `vectorize=False`.")
    call = _Call("jacobian", func, inputs, create_graph, strict)
    by_output = [call.rows(output, create_graph, vectorize) for output in call.outputs]
    parts = tuple(call.shown(rows, call.many_inputs) for rows in by_output)
    return parts if call.many_outputs else parts[0]


def _jacobian_forward(func: Function, inputs: Any, create_graph: bool, strict: bool, vectorize: bool) -> Any:
    if strict:
        raise RuntimeError('torch.autograd.functional.jacobian: `strict=True` and `strategy="forward-mode"` are not supported '
                           'together (yet). Please either set `strict=False` or `strategy="reverse-mode"`.')
    if not vectorize:
        raise NotImplementedError("Computing Jacobian using forward-AD or forward-over-reverse Hessian is only implemented for "
                                  "`vectorize=True`.")
    from flambeau.func.jacobians import jacfwd

    call = _Call("jacobian", func, inputs, create_graph, strict)
    found = jacfwd(func, tuple(range(len(call.inputs))))(*call.inputs)
    by_output = found if call.many_outputs else (found,)
    parts = tuple(call.shown(rows, call.many_inputs) for rows in by_output)
    return parts if call.many_outputs else parts[0]


def hessian(func: Function, inputs: Any, create_graph: bool = False, strict: bool = False, vectorize: bool = False,
            outer_jacobian_strategy: str = "reverse-mode") -> Any:
    """Return the second derivatives of `func`, which returns one element, by every pair of inputs.

    One tensor if `func` takes one, else tuples of tuples.
    """
    many = isinstance(inputs, tuple | list)

    def slopes(*given: Any) -> Any:
        call = _Call("hessian", func, given, True, strict)
        call.check_scalar()
        found = call.gradients(call.outputs, None, create_graph=True)
        return tuple(found) if many else found[0]

    return jacobian(slopes, inputs, create_graph, strict, vectorize, outer_jacobian_strategy)


def vhp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """Return `func(*inputs)`, one element, and the product of `v`, shaped like the inputs, with its Hessian."""
    call = _Call("vhp", func, inputs, create_graph, strict)
    call.check_scalar()
    vectors = call.vectors(v, call.inputs, "input", "the input to the user-provided function is")
    with enable_grad():
        slopes = call.gradients(call.outputs, None, create_graph=True)
        found = call.gradients(slopes, vectors, create_graph)
    return call.shown(call.outputs, call.many_outputs), call.shown(found, call.many_inputs)


def hvp(func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False) -> tuple[Any, Any]:
    """Return `func(*inputs)`, one element, and the product of its Hessian with `v`: what `vhp` returns, worked out forward."""
    call = _Call("hvp", func, inputs, create_graph, strict)
    call.check_scalar()
    vectors = call.vectors(v, call.inputs, "input", "the input to the user-provided function is")
    with enable_grad():
        weights = [tensor.detach().new_zeros(tensor.shape).requires_grad_() for tensor in call.inputs]
        slopes = call.gradients(call.outputs, None, create_graph=True)
        twice = call.gradients(slopes, weights, create_graph=True)
        found = _gradients(twice, weights, vectors, create_graph)
    return call.shown(call.outputs, call.many_outputs), call.shown(call.filled(found, call.inputs, "input"), call.many_inputs)


def _gradients(outputs: Sequence[Any], inputs: Sequence[Any], weights: Any, create_graph: bool) -> list[Any]:
    """The gradients of those outputs that have any; None for an input that none of them depends on."""
    ways = [i for i, output in enumerate(outputs) if output._requires_grad]
    if not ways:
        return [None] * len(inputs)
    chosen = None if weights is None else [weights[i] for i in ways]
    return list(autograd.grad([outputs[i] for i in ways], list(inputs), chosen, retain_graph=True, create_graph=create_graph,
                              allow_unused=True))


class _Call:
    """One call of the user's function, recorded, and what to make of its results."""

    def __init__(self, name: str, func: Function, inputs: Any, create_graph: bool, strict: bool) -> None:
        self.name, self.create_graph, self.strict = name, create_graph, strict
        self.many_inputs, given = _several(inputs, f"inputs given to {name}")
        self.inputs: Tensors = tuple(tensor.view_as(tensor) if create_graph and tensor.requires_grad
                                     else tensor.detach().requires_grad_() for tensor in given)
        with enable_grad():
            self.many_outputs, self.outputs = _several(func(*self.inputs), f"outputs of the user-provided function given to "
                                                                           f"{name}")
        if strict:
            self._check_dependence()

    def _check_dependence(self) -> None:
        for i, output in enumerate(self.outputs):
            if not output._requires_grad:
                raise RuntimeError(f"Output {i} of the user-provided function does not require gradients. The outputs must be "
                                   f"computed in a differentiable manner from the input when running {self.name} in strict "
                                   f"mode.")

    def check_scalar(self) -> None:
        if self.many_outputs or not isinstance(self.outputs[0], TensorBase):
            raise RuntimeError(f"The function given to {self.name} should return a single Tensor")
        if self.outputs[0].numel() != 1:
            raise RuntimeError(f"The Tensor returned by the function given to {self.name} should contain a single element")

    def vectors(self, v: Any, like: Tensors, side: str, condition: str) -> list[Any] | None:
        """Check what weighs the outputs, or goes along the inputs; ones where there is only one element."""
        if v is None:
            if len(like) != 1 or like[0].numel() != 1:
                raise RuntimeError(f"The vector v can only be None if {condition} a single Tensor with a single element.")
            return [like[0].new_ones(like[0].shape)]
        _, found = _several(v, f"v given to {self.name}")
        if len(found) != len(like):
            raise RuntimeError(f"v is a tuple of invalid length: should be {len(like)} but got {len(found)}.")
        for i, (vector, tensor) in enumerate(zip(found, like, strict=True)):
            if vector.shape != tensor.shape:
                raise RuntimeError(f"Entry {i} in v has invalid size: should be {tensor.shape} but got {vector.shape}, for the "
                                   f"{side} it goes with.")
        return [vector if self.create_graph else vector.detach() for vector in found]

    def gradients(self, outputs: Sequence[Any], weights: Any, create_graph: bool) -> list[Any]:
        return self.filled(_gradients(outputs, self.inputs, weights, create_graph), self.inputs, "input")

    def filled(self, found: Sequence[Any], like: Sequence[Any], side: str) -> list[Any]:
        """Put zeros where nothing depends on a tensor. Raises RuntimeError for these if `strict`."""
        if self.strict and any(part is None for part in found):
            i = next(i for i, part in enumerate(found) if part is None)
            raise RuntimeError(f"The {side} {i} of the user-provided function is independent of the others, which is not "
                               f"allowed "
                               f"when running {self.name} in strict mode.")
        return [tensor.new_zeros(tensor.shape) if part is None else part for part, tensor in zip(found, like, strict=True)]

    def rows(self, output: Any, create_graph: bool, vectorize: bool) -> list[Any]:
        """The derivatives of one output by every input."""
        units = output.new_zeros((output.numel(), output.numel()))
        units.diagonal().fill_(1)
        units = units.reshape(output.numel(), *output.shape)
        if vectorize and len(units):
            found = vmap(lambda unit: tuple(self.gradients([output], [unit], create_graph)))(units)
        else:
            by_row = [self.gradients([output], [unit], create_graph) for unit in units]
            found = tuple(_stacked(rows) if rows else tensor.new_zeros((0, *tensor.shape))
                          for rows, tensor in zip(list(zip(*by_row, strict=True)) or [()] * len(self.inputs), self.inputs,
                                                  strict=True))
        return [rows.reshape(*output.shape, *tensor.shape) for rows, tensor in zip(found, self.inputs, strict=True)]

    def shown(self, tensors: Sequence[Any], many: bool) -> Any:
        """The results as a user gets them: off the tape, unless they are to be differentiated."""
        found = tuple(tensor if self.create_graph else tensor.detach() for tensor in tensors)
        return found if many else found[0]


def _stacked(rows: Sequence[Any]) -> Any:
    from flambeau.ops.joining import stack

    return stack(list(rows))


def _several(values: Any, what: str) -> tuple[bool, Tensors]:
    """Return whether there is a tuple of tensors, and the tensors. Raises TypeError for anything else."""
    many = isinstance(values, tuple | list)
    tensors = tuple(values) if many else (values,)
    for i, tensor in enumerate(tensors):
        if not isinstance(tensor, TensorBase):
            raise TypeError(f"The {what} must be either a Tensor or a tuple of Tensors but the value at index {i} has type "
                            f"{type(tensor)}.")
    return many, tensors


