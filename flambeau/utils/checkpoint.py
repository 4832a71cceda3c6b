"""Checkpoints: keep the inputs of a part of a model rather than all it saves, and run it again for the backward pass.

[Chen et al. 2016](https://arxiv.org/abs/1604.06174)
"""
from __future__ import annotations

import contextlib
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flambeau import autograd
from flambeau.autograd.engine import at_end_of_pass, reaches_all_leaves
from flambeau.autograd.function import Function
from flambeau.autograd.graph import innermost_hooks, saved_tensors_hooks
from flambeau.autograd.listeners import listening
from flambeau.autograd.mode import enable_grad, grad_mode, no_grad
from flambeau.core.tensor import TensorBase
from flambeau.utils.replay import Circumstances

__all__ = ["CheckpointError", "CheckpointFunction", "check_backward_validity", "checkpoint", "checkpoint_sequential",
           "detach_variable", "noop_context_fn", "set_checkpoint_debug_enabled", "set_checkpoint_early_stop"]

Contexts = Callable[[], tuple[Any, Any]]


class CheckpointError(RuntimeError):
    """The second run of a function saved something else than the first."""


class _Settings:
    """What holds for all checkpoints, whatever each asks for; None: each as it asks."""

    early_stop: bool | None = None
    debug: bool | None = None


@contextlib.contextmanager
def _setting(name: str, value: bool | None) -> Iterator[None]:
    before = getattr(_Settings, name)
    setattr(_Settings, name, value)
    try:
        yield
    finally:
        setattr(_Settings, name, before)


def set_checkpoint_early_stop(enable: bool) -> Any:
    """In a `with` block, choose for all checkpoints whether the second run ends when all that is needed is there."""
    return _setting("early_stop", enable)


def set_checkpoint_debug_enabled(enabled: bool | None) -> Any:
    """In a `with` block, choose `debug` for all checkpoints."""
    return _setting("debug", enabled)


def noop_context_fn() -> tuple[Any, Any]:
    return contextlib.nullcontext(), contextlib.nullcontext()


# ------------------------------------------------------------------------------------ public functions


def checkpoint(function: Callable[..., Any], *args: Any, use_reentrant: bool | None = None,
               context_fn: Contexts = noop_context_fn, determinism_check: str = "default", debug: bool = False,
               early_stop: bool = True, **kwargs: Any) -> Any:
    """Call `function`, keeping nothing of what it saves for backward; it is called again then.

    `use_reentrant=False` (recommended) runs it again when its first saved tensor is asked for; True runs a backward pass
    inside the backward pass, with more restrictions. `preserve_rng_state=False` lets random numbers differ the second time.
    `context_fn` returns two context managers, one for each run. `determinism_check="none"` compares no shapes. `debug`
    lists the ops of both runs where they differ. Raises ValueError for options that do not go together.
    """
    use_reentrant = _chosen(use_reentrant, "checkpoint")
    preserve = kwargs.pop("preserve_rng_state", True)
    if not use_reentrant:
        return _checkpoint(function, args, kwargs, preserve, context_fn, determinism_check, debug, early_stop)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    if context_fn is not noop_context_fn or debug:
        raise ValueError("Passing `context_fn` or `debug` is only supported when use_reentrant=False.")
    return CheckpointFunction.apply(function, preserve, *args)


def checkpoint_sequential(functions: Any, segments: int, input: Any, use_reentrant: bool | None = None,
                          **kwargs: Any) -> Any:
    """Call the modules of a `Sequential`, or a list of functions, in a row, with a checkpoint for each of `segments` parts
    but the last."""
    use_reentrant = _chosen(use_reentrant, "checkpoint_sequential")
    preserve = kwargs.pop("preserve_rng_state", True)
    if kwargs:
        raise ValueError("Unexpected keyword arguments: " + ",".join(kwargs))
    steps = list(functions.children() if hasattr(functions, "children") else functions)
    size = len(steps) // segments
    start = 0
    for start in range(0, size * (segments - 1), size):
        input = checkpoint(_in_a_row(steps[start:start + size]), input, use_reentrant=use_reentrant,
                           preserve_rng_state=preserve)
    return _in_a_row(steps[start + size if segments > 1 else 0:])(input)


def _in_a_row(steps: list[Any]) -> Callable[[Any], Any]:
    def run(input: Any) -> Any:
        for step in steps:
            input = step(input)
        return input

    return run


def _chosen(use_reentrant: bool | None, name: str) -> bool:
    if use_reentrant is None:
        warnings.warn(f"torch.utils.checkpoint.{name}: the use_reentrant parameter should be passed explicitly. "
                      "use_reentrant=False is recommended, but if you need to preserve the current default behavior, you can "
                      "pass use_reentrant=True.", stacklevel=3)
        return True
    return use_reentrant


# ------------------------------------------------------------------------------------ a backward pass inside the backward


def detach_variable(inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a tuple with its tensors as leaves. Raises RuntimeError for anything but a tuple."""
    if not isinstance(inputs, tuple):
        raise RuntimeError(f"Only tuple of tensors is supported. Got Unsupported input type: {type(inputs).__name__}")
    return tuple(map(_leaf, inputs))


def _leaf(value: Any) -> Any:
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


# ------------------------------------------------------------------------------------ a second run when values are needed


def _checkpoint(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], preserve: bool, context_fn: Contexts,
                determinism_check: str, debug: bool, early_stop: bool) -> Any:
    if determinism_check not in ("default", "none"):
        raise ValueError(f"determinism_check should be one of ['default', 'none'], but got {determinism_check}")
    debug = debug if _Settings.debug is None else _Settings.debug
    if debug and context_fn is not noop_context_fn:
        raise ValueError("debug=True is incompatible with non-default context_fn")
    if not grad_mode.enabled:
        return function(*args, **kwargs)
    first, second = (_Ops(), _Ops()) if debug else context_fn()
    frame = _Frame(function, args, kwargs, preserve, second, determinism_check == "default",
                   early_stop if _Settings.early_stop is None else _Settings.early_stop)
    frame.logs = (first, second) if debug else None
    with saved_tensors_hooks(frame.promise, _Promise.value), first:
        return function(*args, **kwargs)


class _Promise:
    """What the tape keeps in a saved tensor's place: which of the tensors of a frame it was."""

    __slots__ = ("__weakref__", "about", "frame", "number")

    def __init__(self, frame: _Frame, number: int, about: Any) -> None:
        self.frame, self.number, self.about = frame, number, about

    def value(self) -> Any:
        return self.frame.value(self)


class _Stop(BaseException):  # no Exception: what the function catches must not stop it
    """All that is needed was computed."""


class _Frame:
    """One checkpointed call: what it takes to run it again, and what that gave."""

    def __init__(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], preserve: bool, context: Any,
                 is_checked: bool, stops_early: bool) -> None:
        names, values = list(kwargs), [*args, *kwargs.values()]
        self.circumstances = Circumstances(_tensors(values), preserve)
        self.function, self.names, self.given = function, names, [_Input(value) for value in values]
        self.context, self.is_checked, self.stops_early = context, is_checked, stops_early
        self.promises: list[weakref.ref[_Promise]] = []  # weak: a part of the graph may be gone before backward
        self.found: dict[int, Any] = {}  # what the second run gave, until it is used
        self.count = 0  # of the tensors that the second run saved so far
        self.logs: tuple[_Ops, _Ops] | None = None

    def promise(self, tensor: Any) -> _Promise:
        made = _Promise(self, len(self.promises), _about(tensor))
        self.promises.append(weakref.ref(made))
        return made

    def value(self, promise: _Promise) -> Any:
        if promise.number not in self.found:
            self._run_again()
            self._check()
            with contextlib.suppress(RuntimeError):  # outside of a pass, where a user looks at what was saved
                at_end_of_pass(self.found.clear)
        return self.found.pop(promise.number)

    def _run_again(self) -> None:
        self.found.clear()
        self.count = 0
        values = [given.value() for given in self.given]
        split = len(values) - len(self.names)
        hooks = saved_tensors_hooks(self._collect, lambda tensor: tensor)
        with self.circumstances.again(), contextlib.suppress(_Stop), enable_grad(), hooks, self.context:
            self.function(*values[:split], **dict(zip(self.names, values[split:], strict=True)))

    def _collect(self, tensor: Any) -> Any:
        number, self.count = self.count, self.count + 1
        if number >= len(self.promises):
            self._fail("trying to save more tensors during recomputation than during the original forward pass.")
        if self.promises[number]() is not None:
            self.found[number] = tensor
        if self.stops_early and self.count == len(self.promises):
            raise _Stop
        return tensor

    def _check(self) -> None:
        if self.count != len(self.promises):
            self._fail("A different number of tensors was saved during the original forward and recomputation.\n"
                       f"Number of tensors saved during forward: {len(self.promises)}\n"
                       f"Number of tensors saved during recomputation: {self.count}.")
        differing = ""
        for number, tensor in self.found.items():
            promise = self.promises[number]()
            if self.is_checked and promise is not None and promise.about != _about(tensor):
                differing += (f"tensor at position {number}:\nsaved metadata: {promise.about}\n"
                              f"recomputed metadata: {_about(tensor)}\n")
        if differing:
            self._fail("Recomputed values for the following tensors have different metadata than during the forward "
                       f"pass.\n{differing}")

    def _fail(self, message: str) -> None:
        self.found.clear()
        if self.logs is None:
            message += "\nPass debug=True to checkpoint() to see the ops of both runs."
        else:
            message += "\n" + "\n".join(f"Operations executed during {when}: {', '.join(ops.names)}"
                                        for when, ops in zip(("the original forward", "recomputation"), self.logs, strict=True))
        raise CheckpointError(f"torch.utils.checkpoint: {message}")


def _about(tensor: Any) -> dict[str, Any]:
    return {"shape": tensor.shape, "dtype": tensor.dtype, "device": tensor.device}


class _Input:
    """An argument to call the function with again. In a checkpoint around this one, it is among what that one keeps."""

    def __init__(self, value: Any) -> None:
        hooks = innermost_hooks() if isinstance(value, TensorBase) else None
        self.unpack = None if hooks is None else hooks.unpack_hook
        self.needs_grad = getattr(value, "requires_grad", False)
        if hooks is not None:
            with no_grad():
                value = hooks.pack_hook(value.detach())
        self.kept = value

    def value(self) -> Any:
        if self.unpack is None:
            return _leaf(self.kept)
        with no_grad():
            return self.unpack(self.kept).detach().requires_grad_(self.needs_grad)


class _Ops(listening):
    """The names of the ops that run in a `with` block."""

    def __init__(self) -> None:
        self.names: list[str] = []
        super().__init__(self._note)

    def __enter__(self) -> None:
        self.names.clear()
        super().__enter__()

    def _note(self, op: Any, args: Any, proceed: Any) -> Any:
        self.names.append(getattr(op, "name", None) or op.__name__)
        return proceed(op, args)
