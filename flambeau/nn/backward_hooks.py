"""Module hooks on gradients: a module's inputs and outputs pass through functions that see what comes back."""
from __future__ import annotations

from typing import Any

from flambeau.autograd.function import Function
from flambeau.core.tensor import TensorBase


class _Watch(Function):
    """Hands tensors through, and their gradients to `seen`, which may replace them."""

    @staticmethod
    def forward(ctx: Any, seen: Any, *tensors: Any) -> Any:
        ctx.seen = seen
        ctx.set_materialize_grads(False)
        return tuple(tensor.view_as(tensor) for tensor in tensors)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return None, *ctx.seen(grads)


class BackwardHooks:
    """The hooks of one call of one module."""

    def __init__(self, module: Any, hooks: list[Any], pre_hooks: list[Any]) -> None:
        self.module, self.hooks, self.pre_hooks = module, hooks, pre_hooks
        self.grad_output: tuple[Any, ...] = ()
        self.input_count = 0
        self.watches_inputs = False

    @classmethod
    def wanted(cls, module: Any, hooks: list[Any], pre_hooks: list[Any]) -> BackwardHooks | None:
        return cls(module, hooks, pre_hooks) if hooks or pre_hooks else None

    def watch_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        self.input_count = len(args)
        at = [i for i, arg in enumerate(args) if isinstance(arg, TensorBase)]
        if not self.hooks or not any(args[i].requires_grad for i in at):
            return args
        self.watches_inputs = True

        def seen(grads: tuple[Any, ...]) -> tuple[Any, ...]:
            grad_input: list[Any] = [None] * len(args)
            for i, g in zip(at, grads, strict=True):
                grad_input[i] = g
            changed = self.call(tuple(grad_input))
            return tuple(changed[i] for i in at)

        watched = list(args)
        for i, tensor in zip(at, _Watch.apply(seen, *(args[i] for i in at)), strict=True):
            watched[i] = tensor
        return tuple(watched)

    def watch_outputs(self, output: Any) -> Any:
        outputs = output if isinstance(output, tuple) else (output,)
        at = [i for i, value in enumerate(outputs) if isinstance(value, TensorBase)]
        if not any(outputs[i].requires_grad for i in at):
            return output

        def seen(grads: tuple[Any, ...]) -> tuple[Any, ...]:
            grad_output: list[Any] = [None] * len(outputs)
            for i, g in zip(at, grads, strict=True):
                grad_output[i] = g
            self.grad_output = self.before(tuple(grad_output))
            if not self.watches_inputs:
                self.call((None,) * self.input_count)
            return tuple(self.grad_output[i] for i in at)

        watched = list(outputs)
        for i, tensor in zip(at, _Watch.apply(seen, *(outputs[i] for i in at)), strict=True):
            watched[i] = tensor
        return tuple(watched) if isinstance(output, tuple) else watched[0]

    def before(self, grad_output: tuple[Any, ...]) -> tuple[Any, ...]:
        for hook in self.pre_hooks:
            changed = hook(self.module, grad_output)
            if changed is not None:
                grad_output = changed if isinstance(changed, tuple) else (changed,)
        return grad_output

    def call(self, grad_input: tuple[Any, ...]) -> tuple[Any, ...]:
        for hook in self.hooks:
            changed = hook(self.module, grad_input, self.grad_output)
            if changed is not None:
                grad_input = changed if isinstance(changed, tuple) else (changed,)
        return grad_input
