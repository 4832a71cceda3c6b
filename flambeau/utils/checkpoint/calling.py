"""Calling a function, or a row of modules, as checkpoints."""
from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable
from typing import Any

from flambeau.utils.checkpoint.recomputation import run_recomputed
from flambeau.utils.checkpoint.reentrant import CheckpointFunction

Contexts = Callable[[], tuple[Any, Any]]


def noop_context_fn() -> tuple[Any, Any]:
    return contextlib.nullcontext(), contextlib.nullcontext()


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
        contexts = None if context_fn is noop_context_fn else context_fn
        return run_recomputed(function, args, kwargs, preserve, contexts, determinism_check, debug, early_stop)
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
    done = 0
    for start in range(0, size * (segments - 1), size):
        done = start + size
        input = checkpoint(_in_a_row(steps[start:done]), input, use_reentrant=use_reentrant, preserve_rng_state=preserve)
    return _in_a_row(steps[done:])(input)


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
