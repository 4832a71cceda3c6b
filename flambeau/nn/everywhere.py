"""Hooks on every module: on calls and gradients, and on what modules are given as attributes."""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from flambeau.autograd.hooks import RemovableHandle

Hook = Callable[..., Any]

tables: dict[str, OrderedDict[int, Hook]] = {
    "_forward_pre_hooks": OrderedDict(), "_forward_hooks": OrderedDict(), "_backward_pre_hooks": OrderedDict(),
    "_backward_hooks": OrderedDict(),
}
forward_hooks_with_kwargs: dict[int, bool] = {}
forward_hooks_always_called: dict[int, bool] = {}
on_calls: list[bool] = []  # holds True once a hook on calls was registered: a call without hooks asks this alone
registrations: dict[str, OrderedDict[int, Hook]] = {"parameter": OrderedDict(), "buffer": OrderedDict(),
                                                    "module": OrderedDict()}
_backward_kinds: set[bool] = set()  # of the hooks on gradients so far: full ones (True) or the old kind, never both


def registered(kind: str, module: Any, name: str, value: Any) -> Any:
    """Show the hooks what a module is given; return what they put in its place."""
    for hook in list(registrations[kind].values()):
        changed = hook(module, name, value)
        value = value if changed is None else changed
    return value


def _add(table: str, hook: Hook, *marks: dict[int, bool]) -> RemovableHandle:
    on_calls[:] = [True]
    handle = RemovableHandle(tables[table], *marks)
    tables[table][handle.id] = hook
    for mark in marks:
        mark[handle.id] = True
    return handle


def register_module_forward_pre_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(module, args)` before the forward of every module; what it returns takes the place of the arguments."""
    return _add("_forward_pre_hooks", hook)


def register_module_forward_hook(hook: Hook, *, with_kwargs: bool = False, always_call: bool = False) -> RemovableHandle:
    """Call `hook(module, args, output)` after the forward of every module. Options as in `Module.register_forward_hook`."""
    marks = [(with_kwargs, forward_hooks_with_kwargs), (always_call, forward_hooks_always_called)]
    return _add("_forward_hooks", hook, *[mark for wanted, mark in marks if wanted])


def register_module_full_backward_pre_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(module, grad_output)` for every module before the gradients of its inputs are computed."""
    return _add("_backward_pre_hooks", hook)


def register_module_full_backward_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(module, grad_input, grad_output)` for every module when the gradients of its inputs are known."""
    _only_one_kind(full=True)
    return _add("_backward_hooks", hook)


def register_module_backward_hook(hook: Hook) -> RemovableHandle:
    """Call `hook` with the gradients of the op that made each module's output: the old kind, for modules of one op."""
    _only_one_kind(full=False)
    return _add("_backward_hooks", hook)


def _only_one_kind(full: bool) -> None:
    if (not full) in _backward_kinds:
        raise RuntimeError("Cannot use both regular backward hooks and full backward hooks as a global Module hook. Please "
                           "use only one of them.")
    _backward_kinds.add(full)


def backward_hooks_are_full() -> bool:
    return False not in _backward_kinds


def register_module_parameter_registration_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(module, name, parameter)` whenever a module is given a parameter; what it returns takes its place."""
    return RemovableHandle.adding(registrations["parameter"], hook)


def register_module_buffer_registration_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(module, name, buffer)` whenever a module is given a buffer; what it returns takes its place."""
    return RemovableHandle.adding(registrations["buffer"], hook)


def register_module_module_registration_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(module, name, submodule)` whenever a module is given a child; what it returns takes its place."""
    return RemovableHandle.adding(registrations["module"], hook)
