"""A backward pass inside the backward pass: the older kind of checkpoint."""
from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import Any

from flambeau import autograd
from flambeau.autograd.engine import reaches_all_leaves
from flambeau.autograd.function import Function
from flambeau.autograd.mode import enable_grad
from flambeau.core.tensor import TensorBase
from flambeau.utils.replay import Circumstances


def detach_variable(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a tuple with its tensors as leaves. Raises RuntimeError for anything but a tuple."""
    if not isinstance(inputs, tuple):
        raise RuntimeError(f"Only tuple of tensors is supported. Got Unsupported input type: {type(inputs).__name__}")
    return tuple(map(as_leaf, inputs))


def as_leaf(value: Any) -> Any:
    return value.detach().requires_grad_(value.requires_grad) if isinstance(value, TensorBase) else value


def check_backward_validity(inputs: Iterable[Any]) -> None:
    """Warn where no input needs a gradient: nothing will be recorded then."""
    if not any(input.requires_grad for input in _tensors(inputs)):
        warnings.warn("None of the inputs have requires_grad=True. Gradients will be None", stacklevel=2)


def _tensors(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if isinstance(value, TensorBase)]


class CheckpointFunction(Function):
    """A function whose backward runs it again, recorded, and goes back through that."""

    @staticmethod
    def forward(ctx: Any, run_function: Callable[..., Any], preserve_rng_state: bool, *args: Any) -> Any:
        check_backward_validity(args)
        ctx.run_function, ctx.circumstances = run_function, Circumstances(_tensors(args), preserve_rng_state)
        ctx.inputs = [None if isinstance(arg, TensorBase) else arg for arg in args]
        ctx.places = [i for i, arg in enumerate(args) if isinstance(arg, TensorBase)]
        ctx.save_for_backward(*_tensors(args))
        return run_function(*args)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        if not reaches_all_leaves():
            raise RuntimeError("When use_reentrant=True, torch.utils.checkpoint is incompatible with .grad() or passing an "
                               "`inputs` parameter to .backward(). To resolve this error, you can either set "
                               "use_reentrant=False, or call .backward() without passing the `inputs` argument.")
        inputs = list(ctx.inputs)
        for i, tensor in zip(ctx.places, ctx.saved_tensors, strict=True):
            inputs[i] = tensor
        leaves = detach_variable(tuple(inputs))
        with ctx.circumstances.again(), enable_grad():
            outputs = ctx.run_function(*leaves)
        outputs = (outputs,) if isinstance(outputs, TensorBase) else outputs
        wanted = [(out, g) for out, g in zip(outputs, grads, strict=True) if isinstance(out, TensorBase) and out.requires_grad]
        if not wanted:
            raise RuntimeError("none of output has requires_grad=True, this checkpoint() is not necessary")
        autograd.backward([out for out, _ in wanted], [g for _, g in wanted])
        return None, None, *(leaf.grad if isinstance(leaf, TensorBase) else None for leaf in leaves)
