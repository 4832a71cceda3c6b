"""`make_graphed_callables`: functions and modules whose forward and backward are CUDA graphs."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flambeau import amp, autograd
from flambeau.core.tensor import TensorBase
from flambeau.cuda.current import StreamContext
from flambeau.cuda.devices import needed_for, synchronize
from flambeau.cuda.graphs.capture import CUDAGraph, graph
from flambeau.cuda.memory.pools import PoolId, new_id
from flambeau.cuda.streams import Stream
from flambeau.nn.module import Module
from flambeau.ops.creation import empty_like
from flambeau.utils import _pytree as trees


def make_graphed_callables(callables: Any, sample_args: Any, num_warmup_iters: int = 3, allow_unused_input: bool = False,
                           pool: PoolId | None = None) -> Any:
    """Return functions that replay what `callables` do; a module gets a new `forward` and is returned itself.

    `callables`: one, or a tuple of them in the order in which they will run. `sample_args`: the tensors for each, of the shapes
    of all later calls, needing gradients where those will. Raises RuntimeError without a GPU, AssertionError for modules with
    hooks and for arguments that are no tensors.
    """
    needed_for("Tried to instantiate dummy base class CUDAGraph: it")
    if amp.autocast_mode.is_autocast_enabled("cuda") and amp.autocast_mode.is_autocast_cache_enabled():
        raise RuntimeError("make_graphed_callables does not support the autocast caching. Please set `cache_enabled=False`.")
    is_one = not isinstance(callables, tuple)
    pairs = [(callables, sample_args)] if is_one else list(zip(callables, sample_args, strict=True))
    works = [_Work(function, args, allow_unused_input) for function, args in pairs]
    _warm_up(works, num_warmup_iters)
    shared = new_id() if pool is None else pool
    for work in works:  # in the order in which they will be replayed, since they share memory
        work.capture_forward(shared)
    for work in reversed(works):
        work.capture_backward(shared)
    replaying = tuple(work.replaying() for work in works)
    return replaying[0] if is_one else replaying


def _warm_up(works: list[_Work], times: int) -> None:
    """Do all once and again, so that whatever happens at first only happens outside of the captures."""
    synchronize()
    with StreamContext(Stream()):
        for work in works:
            for _ in range(times):
                outputs = trees.tree_leaves(work.function(*work.args))
                work.gradients(outputs, [empty_like(output) for output in outputs])
    synchronize()


class _Work:
    """A function with its inputs and outputs, which stay where they are in memory, and the graphs of both directions."""

    def __init__(self, function: Any, args: tuple[Any, ...], allow_unused: bool) -> None:
        self.function, self.args, self.allow_unused = function, args, allow_unused
        self.given = trees.tree_leaves(args)
        if not all(isinstance(arg, TensorBase) for arg in self.given):
            raise AssertionError("make_graphed_callables: sample_args for each callable must contain only tensors")
        self.parameters = tuple(function.parameters()) if isinstance(function, Module) else ()
        if isinstance(function, Module):
            _check_module(function)
        self.inputs = (*self.given, *self.parameters)
        self.forward, self.backward = CUDAGraph(), CUDAGraph()

    def gradients(self, outputs: list[Any], weights: list[Any]) -> list[Any]:
        """The gradients of the outputs that need any, for each input; None for those that need none."""
        pairs = [(output, weight) for output, weight in zip(outputs, weights, strict=True) if output.requires_grad]
        wanted = [input for input in self.inputs if input.requires_grad]
        if not pairs or not wanted:
            return [None] * len(self.inputs)
        found = iter(autograd.grad([output for output, _ in pairs], wanted, [weight for _, weight in pairs],
                                   allow_unused=self.allow_unused))
        return [next(found) if input.requires_grad else None for input in self.inputs]

    def capture_forward(self, pool: PoolId) -> None:
        with graph(self.forward, pool=pool):
            result = self.function(*self.args)
        self.outputs, self.form = trees.tree_flatten(result)

    def capture_backward(self, pool: PoolId) -> None:
        self.output_gradients = [empty_like(output) if output.requires_grad else None for output in self.outputs]
        self.input_gradients: list[Any] = [None] * len(self.inputs)
        if any(output.requires_grad for output in self.outputs):
            with graph(self.backward, pool=pool):
                self.input_gradients = self.gradients(self.outputs, self.output_gradients)

    def replaying(self) -> Any:
        """The function that replays; a module with it as its forward, in the mode that it was captured in."""
        replay = _replaying(self)
        if not isinstance(self.function, Module):
            return replay
        module, was_training, forward = self.function, self.function.training, self.function.forward
        module.forward = lambda *args, **kwargs: (  # type: ignore[method-assign]
            replay(*args) if module.training == was_training else forward(*args, **kwargs))
        return module


def _check_module(module: Module) -> None:
    if module._backward_hooks or module._forward_hooks or module._forward_pre_hooks:
        raise AssertionError("make_graphed_callables: modules must not have hooks when they are passed; register them after")
    if any(buffer.requires_grad for buffer in module.buffers()):
        raise AssertionError("make_graphed_callables: buffers of modules must not need gradients, only parameters may")


def _replaying(work: _Work) -> Callable[..., Any]:
    class Graphed(autograd.Function):
        @staticmethod
        def forward(ctx: Any, *inputs: Any) -> Any:
            _fill(work.given, inputs[:len(work.given)])
            work.forward.replay()
            return tuple(output.detach() for output in work.outputs)

        @staticmethod
        @autograd.function.once_differentiable
        def backward(ctx: Any, *gradients: Any) -> Any:
            _fill(work.output_gradients, gradients)
            work.backward.replay()
            # Views: what keeps a gradient for long copies one, and so is not written over by the next replay.
            return tuple(None if gradient is None else gradient.view_as(gradient) for gradient in work.input_gradients)

    def replay(*args: Any) -> Any:
        outputs = Graphed.apply(*trees.tree_leaves(args), *work.parameters)
        return trees.tree_unflatten(outputs, work.form)

    return replay


def _fill(places: Any, values: Any) -> None:
    """Copy values to where the graph reads them, unless they are there."""
    for place, value in zip(places, values, strict=True):
        if place is not None and place.data_ptr() != value.data_ptr():
            place.detach().copy_(value)
