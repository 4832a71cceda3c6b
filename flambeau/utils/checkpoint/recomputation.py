"""A second run when the values are needed: what the tape saves are promises, which calling the function again keeps."""
from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Any

from flambeau.autograd.engine import at_end_of_pass
from flambeau.autograd.graph import innermost_hooks, saved_tensors_hooks
from flambeau.autograd.listeners import listening
from flambeau.autograd.mode import enable_grad, grad_mode, no_grad
from flambeau.core.tensor import TensorBase
from flambeau.utils.checkpoint import settings
from flambeau.utils.checkpoint.reentrant import as_leaf
from flambeau.utils.replay import Circumstances

Contexts = Callable[[], tuple[Any, Any]]


class CheckpointError(RuntimeError):
    """The second run of a function saved something else than the first."""


class GraphExecGroup:
    """In a `with` block, a checkpoint runs its function again once for all backward passes, which must not overlap."""

    def __init__(self) -> None:
        self.frames: list[_Frame] = []  # those that ran again

    def __enter__(self) -> GraphExecGroup:
        if _here.group is not None:
            raise RuntimeError(f"GraphExecGroup contexts cannot be nested. Already inside group {_here.group}")
        _here.group = self
        return self

    def __exit__(self, *error: object) -> None:
        _here.group = None
        for frame in self.frames:
            frame.found.clear()
        self.frames.clear()

    def add(self, frame: _Frame) -> None:
        """Raises CheckpointError for a second run."""
        if frame in self.frames:
            raise CheckpointError("torch.utils.checkpoint: Unpack is being triggered for a tensor that was already unpacked "
                                  "once. Two backward passes that need the same saved tensor cannot both be within one "
                                  "GraphExecGroup; use one for each")
        self.frames.append(frame)


class _Here(threading.local):
    group: GraphExecGroup | None = None


_here = _Here()


def run_recomputed(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], preserve: bool, contexts: Contexts | None,
                   determinism_check: str, debug: bool, early_stop: bool) -> Any:
    """Call `function` now, and again when what it saved is asked for. For the options see `checkpoint`."""
    if determinism_check not in ("default", "none"):
        raise ValueError(f"determinism_check should be one of ['default', 'none'], but got {determinism_check}")
    debug = settings.chosen("debug", debug)
    if debug and contexts is not None:
        raise ValueError("debug=True is incompatible with non-default context_fn")
    if not grad_mode.enabled:
        return function(*args, **kwargs)
    logs = (_Ops(), _Ops()) if debug else None
    first, second = logs or (contexts() if contexts else (nullcontext(), nullcontext()))
    frame = _Frame(function, args, kwargs, preserve, second, determinism_check == "default",
                   settings.chosen("early_stop", early_stop))
    frame.logs = logs
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
        self.circumstances = Circumstances([value for value in values if isinstance(value, TensorBase)], preserve)
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
            if _here.group is not None:
                _here.group.add(self)
            self._run_again()
            self._check()
            if _here.group is None:
                with suppress(RuntimeError):  # outside of a pass, where a user looks at what was saved
                    at_end_of_pass(self.found.clear)
        return self.found.pop(promise.number)

    def _run_again(self) -> None:
        self.found.clear()
        self.count = 0
        values = [given.value() for given in self.given]
        split = len(values) - len(self.names)
        hooks = saved_tensors_hooks(self._collect, lambda tensor: tensor)
        with self.circumstances.again(), suppress(_Stop), enable_grad(), hooks, self.context:
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
        self.version = value._storage.version if isinstance(value, TensorBase) else 0
        if hooks is not None:
            with no_grad():
                value = hooks.pack_hook(value.detach())
        self.kept = value

    def value(self) -> Any:
        """Raises RuntimeError for a tensor that was written to since."""
        if self.unpack is not None:
            with no_grad():
                return self.unpack(self.kept).detach().requires_grad_(self.needs_grad)
        if isinstance(self.kept, TensorBase) and self.kept._storage.version != self.version:
            raise RuntimeError("one of the variables needed for gradient computation has been modified by an inplace "
                               f"operation: an argument of a checkpoint, a tensor of shape {list(self.kept.shape)}, was "
                               f"written to by {self.kept._storage.writer} after the call; clone() it first")
        return as_leaf(self.kept)


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
