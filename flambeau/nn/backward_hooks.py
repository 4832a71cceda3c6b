"""Module hooks on gradients: a module's inputs and outputs pass through functions that see what comes back."""
from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from flambeau.autograd.function import Function
from flambeau.autograd.mode import grad_mode
from flambeau.core.tensor import TensorBase

Gradients = tuple[Any, ...]
Seen = Callable[[Gradients], Gradients]


class BackwardHookFunction(Function):
    """Hands tensors through, and their gradients to `seen`, which may replace them."""

    @staticmethod
    def forward(ctx: Any, seen: Seen, materialize: bool, *tensors: Any) -> Any:
        ctx.seen = seen
        ctx.set_materialize_grads(materialize)
        same = [tensor.view_as(tensor) for tensor in tensors]
        ctx.mark_non_differentiable(*[twin for twin, tensor in zip(same, tensors, strict=True) if not tensor.requires_grad])
        return tuple(same)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return None, None, *ctx.seen(grads)


class BackwardHooks:
    """The hooks of one call of one module."""

    def __init__(self, module: Any, hooks: list[Any], pre_hooks: list[Any]) -> None:
        self.module, self.hooks, self.pre_hooks = module, hooks, pre_hooks
        self.grad_output: Gradients | None = None  # while the gradients are on their way from the outputs to the inputs
        self.input_count = 0
        self.watches_inputs = False

    def watch_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        self.input_count = len(args)
        watched = _watched(args, self._at_inputs, materialize=True)
        self.watches_inputs = watched is not None
        return args if watched is None else tuple(watched)

    def watch_outputs(self, output: Any) -> Any:
        if not isinstance(output, tuple | TensorBase):
            warnings.warn("For backward hooks to be called, module output should be a Tensor or a tuple of Tensors but "
                          f"received {type(output)}", stacklevel=2)
        outputs = output if isinstance(output, tuple) else (output,)
        watched = _watched(outputs, self._at_outputs, materialize=False)
        if watched is None:
            return output
        if not isinstance(output, tuple):
            return watched[0]
        return type(output)(*watched) if hasattr(output, "_fields") else tuple(watched)

    def _at_outputs(self, grad_output: Gradients) -> Gradients:
        for hook in self.pre_hooks:
            grad_output = _replaced(hook(self.module, grad_output), grad_output, "Backward pre hook", "grad_output")
        if self.watches_inputs:
            self.grad_output = grad_output
        else:
            self._without_inputs(grad_output)
        return grad_output

    def _without_inputs(self, grad_output: Gradients) -> None:
        warnings.warn("Full backward hook is firing when gradients are computed with respect to module outputs since no "
                      "inputs require gradients: it gets None for each of them", stacklevel=5)
        for hook in self.hooks:
            changed = hook(self.module, (None,) * self.input_count, grad_output)
            if changed is not None and not (isinstance(changed, tuple) and all(part is None for part in changed)):
                raise RuntimeError("Backward hook for Modules where no input requires gradient should always return None or "
                                   "None for all gradients.")

    def _at_inputs(self, grad_input: Gradients) -> Gradients:
        grad_output, self.grad_output = self.grad_output, None
        if grad_output is None:  # a gradient that did not pass through the outputs, as in a double backward
            return grad_input
        for hook in self.hooks:
            grad_input = _replaced(hook(self.module, grad_input, grad_output), grad_input, "Backward hook", "grad_input")
        return grad_input


def _replaced(changed: Any, present: Gradients, kind: str, what: str) -> Gradients:
    """Return what a hook gave instead of gradients. Raises RuntimeError for another number of them."""
    if changed is None:
        return present
    if len(changed) != len(present):
        raise RuntimeError(f"{kind} returned an invalid number of {what}, got {len(changed)}, but expected {len(present)}")
    return tuple(changed)


def _watched(values: tuple[Any, ...], seen: Seen, materialize: bool) -> list[Any] | None:
    """Return the values with their tensors watched, or None where no gradient will come.

    `seen` gets a gradient for each value, None for what is no tensor.
    """
    at = [i for i, value in enumerate(values) if isinstance(value, TensorBase)]
    if not grad_mode.enabled or not any(values[i].requires_grad for i in at):
        return None

    def seen_among_all(grads: Gradients) -> Gradients:
        given: list[Any] = [None] * len(values)
        for i, g in zip(at, grads, strict=True):
            given[i] = g
        changed = seen(tuple(given))
        return tuple(changed[i] for i in at)

    watched = list(values)
    for i, tensor in zip(at, BackwardHookFunction.apply(seen_among_all, materialize, *(values[i] for i in at)), strict=True):
        watched[i] = tensor
    return watched


def hook_maker(output: Any, module: Any, hooks: list[Any]) -> None:
    """Register hooks of the old kind: they see the gradients of the op that made the output, whatever it is."""
    maker = getattr(_first_tensor(output), "grad_fn", None)
    if maker is None:
        return
    for hook in hooks:
        maker.register_hook(lambda grad_input, grad_output, hook=hook: hook(module, grad_input, grad_output))


def warn_of_parts(args: tuple[Any, ...], output: Any) -> None:
    """Warn where a hook of the old kind sees only a part of what happened inside the module."""
    problem = _what_is_missing(args, output)
    if problem:
        warnings.warn(f"Using a non-full backward hook when {problem} is deprecated and will be removed in future versions. "
                      "This hook will be missing some gradients. Please use register_full_backward_hook to get the "
                      "documented behavior.", FutureWarning, stacklevel=3)


def _what_is_missing(args: tuple[Any, ...], output: Any) -> str:
    outputs = output if isinstance(output, tuple) else (output,)
    if not all(isinstance(value, TensorBase) for value in outputs):
        return "a Module does not return a single Tensor or a tuple of Tensors"
    if not all(isinstance(value, TensorBase) for value in args):
        return "a Module does not take as input a single Tensor or a tuple of Tensors"
    makers = {value.grad_fn for value in outputs if value.grad_fn is not None}
    if len(makers) > 1:
        return "outputs are generated by different autograd Nodes"
    before = {value.grad_fn for value in args if value.grad_fn is not None}
    if makers and before != {node for node, _ in makers.pop().next_functions}:
        return "the forward contains multiple autograd Nodes"
    return ""


def _first_tensor(output: Any) -> Any:
    while not isinstance(output, TensorBase):
        output = next(v for v in output.values() if isinstance(v, TensorBase)) if isinstance(output, dict) else output[0]
    return output
