"""Calling a module: `forward`, with the hooks around it, and with its path added to errors from inside."""
from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from flambeau.autograd.hooks import RemovableHandle
from flambeau.nn import backward_hooks, everywhere

_TABLES = ("_forward_pre_hooks", "_forward_hooks", "_backward_pre_hooks", "_backward_hooks")
_OPTIONS = ("_forward_pre_hooks_with_kwargs", "_forward_hooks_with_kwargs", "_forward_hooks_always_called")

def defaults() -> list[tuple[str, Any]]:
    return [*((table, OrderedDict()) for table in _TABLES), *((option, {}) for option in _OPTIONS), ("_hooked", False),
            ("_is_full_backward_hook", None)]


def start(facts: dict[str, Any]) -> None:
    facts.update(defaults())


def look_for_hooks(module: Any) -> None:
    """Note whether a module has any hook: one from a file of PyTorch's does not say."""
    module.__dict__["_hooked"] = any(module.__dict__[table] for table in _TABLES)


class Calling:
    """The part of `Module` that runs `forward`."""

    _hooked: bool  # whether any hook was ever registered; a call without hooks asks nothing else
    _is_full_backward_hook: bool | None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            if self._hooked or everywhere.on_calls:
                return _with_hooks(self, args, kwargs)
            return self.forward(*args, **kwargs)  # type: ignore[attr-defined]
        except Exception as error:
            add_path(error, self)
            raise

    def _call_impl(self, *args: Any, **kwargs: Any) -> Any:
        return self(*args, **kwargs)

    def register_forward_pre_hook(self, hook: Callable[..., Any], *, prepend: bool = False,
                                  with_kwargs: bool = False) -> RemovableHandle:
        """Call `hook(module, args)` before each forward; what it returns takes the place of the arguments.

        `with_kwargs`: call `hook(module, args, kwargs)`, which returns both or None.
        """
        return self._register("_forward_pre_hooks", hook, prepend, _forward_pre_hooks_with_kwargs=with_kwargs)

    def register_forward_hook(self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False,
                              always_call: bool = False) -> RemovableHandle:
        """Call `hook(module, args, output)` after each forward; what it returns takes the place of the output.

        `with_kwargs`: call `hook(module, args, kwargs, output)`. `always_call`: also when the forward raised, with output
        None.
        """
        return self._register("_forward_hooks", hook, prepend, _forward_hooks_with_kwargs=with_kwargs,
                              _forward_hooks_always_called=always_call)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_input, grad_output)` when the gradients of the inputs are known; it may replace them."""
        self._only_one_kind(full=True)
        return self._register("_backward_hooks", hook, prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Call `hook(module, grad_output)` before the gradients of the inputs are computed; it may replace them."""
        return self._register("_backward_pre_hooks", hook, prepend)

    def register_backward_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call `hook` with the gradients of the op that made the output: the old kind, for modules of one op."""
        self._only_one_kind(full=False)
        return self._register("_backward_hooks", hook, False)

    def _only_one_kind(self, full: bool) -> None:
        if self._is_full_backward_hook not in (None, full):
            raise RuntimeError("Cannot use both regular backward hooks and full backward hooks on a single Module. Please use "
                               "only one of them.")
        self.__dict__["_is_full_backward_hook"] = full

    def _register(self, table: str, hook: Any, prepend: bool, **options: bool) -> RemovableHandle:
        hooks = self.__dict__[table]
        marked = [self.__dict__[name] for name, wanted in options.items() if wanted]
        handle = RemovableHandle(hooks, *marked)
        hooks[handle.id] = hook
        for marks in marked:
            marks[handle.id] = True
        if prepend:
            hooks.move_to_end(handle.id, last=False)
        self.__dict__["_hooked"] = True
        return handle


def _all(module: Any, table: str) -> list[tuple[int, Any]]:
    return [*everywhere.tables[table].items(), *module.__dict__[table].items()]


def _with_hooks(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    called: set[int] = set()
    output: Any = None
    try:
        full, old = _backward_hooks(module)
        pre_hooks = [hook for _, hook in _all(module, "_backward_pre_hooks")]
        args, kwargs = _before(module, args, kwargs)
        backward = backward_hooks.BackwardHooks(module, full, pre_hooks) if full or pre_hooks else None
        if backward is not None:
            args = backward.watch_inputs(args)
        output = module.forward(*args, **kwargs)
        for key, hook in _all(module, "_forward_hooks"):
            called.add(key)
            output = _after(module, key, hook, args, kwargs, output)
        if backward is not None:
            output = backward.watch_outputs(output)
        if old:
            backward_hooks.hook_maker(output, module, old)
            backward_hooks.warn_of_parts(args, output)
        return output
    except Exception:
        _call_the_always_called(module, called, args, kwargs, output)
        raise


def _backward_hooks(module: Any) -> tuple[list[Any], list[Any]]:
    """Return the hooks on gradients: the full ones, and those of the old kind."""
    own, others = list(module._backward_hooks.values()), list(everywhere.tables["_backward_hooks"].values())
    full, old = (own, []) if module._is_full_backward_hook else ([], own)
    return (others + full, old) if everywhere.backward_hooks_are_full() else (full, others + old)


def _call_the_always_called(module: Any, called: set[int], args: Any, kwargs: Any, output: Any) -> None:
    """Call the hooks that want to be called after an exception too. One of their own becomes a warning."""
    always = everywhere.forward_hooks_always_called | module._forward_hooks_always_called
    for key, hook in _all(module, "_forward_hooks"):
        if key in always and key not in called:
            try:
                output = _after(module, key, hook, args, kwargs, output)
            except Exception as error:
                warnings.warn("module forward hook with ``always_call=True`` raised an exception that was silenced as another "
                              f"error was raised in forward: {error}", stacklevel=3)


def _before(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    for key, hook in _all(module, "_forward_pre_hooks"):
        if key in module._forward_pre_hooks_with_kwargs:
            changed = hook(module, args, kwargs)
            if changed is not None:
                if not isinstance(changed, tuple) or len(changed) != 2:
                    raise RuntimeError(f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got "
                                       f"{changed}.")
                args, kwargs = changed
        else:
            changed = hook(module, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
    return args, kwargs


def _after(module: Any, key: int, hook: Any, args: Any, kwargs: Any, output: Any) -> Any:
    if key in module._forward_hooks_with_kwargs or key in everywhere.forward_hooks_with_kwargs:
        changed = hook(module, args, kwargs, output)
    else:
        changed = hook(module, args, output)
    return output if changed is None else changed


def add_path(error: Exception, module: Any) -> None:
    """Keep one note on the exception: the path of the module it came from, such as `in ResNet.layer1.0.conv1 (Conv2d)`.

    The innermost module starts it; each module around it puts its own name and the child's in front.
    """
    inner, path = getattr(error, "_flambeau_path", (None, ""))
    if inner is None:
        path, leaf = "", type(module).__name__
    else:
        name = next((name for name, child in module._modules.items() if child is inner[0]), None)
        if name is None:
            return  # raised in a module that is no child of this one, such as one kept in a list
        path, leaf = f".{name}{path}", inner[1]
        error.__notes__.pop()
    error.add_note(f"in {type(module).__name__}{path}" + (f" ({leaf})" if path else ""))
    error._flambeau_path = ((module, leaf), path)  # type: ignore[attr-defined]
