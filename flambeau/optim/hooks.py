"""Functions that users attach to an optimizer: around `step`, `state_dict` and `load_state_dict`."""
from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from flambeau.autograd.hooks import RemovableHandle

Hook = Callable[..., Any]
Table = OrderedDict[int, Hook]

TABLES = tuple(f"_optimizer_{kind}_hooks" for kind in (
    "step_pre", "step_post", "state_dict_pre", "state_dict_post", "load_state_dict_pre", "load_state_dict_post",
))
_before_every_step: Table = OrderedDict()
_after_every_step: Table = OrderedDict()


def _add(table: Table, hook: Hook, prepend: bool = False) -> RemovableHandle:
    handle = RemovableHandle.adding(table, hook)
    if prepend:
        table.move_to_end(handle.id, last=False)
    return handle


def register_optimizer_step_pre_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` before each step of every optimizer."""
    return _add(_before_every_step, hook)


def register_optimizer_step_post_hook(hook: Hook) -> RemovableHandle:
    """Call `hook(optimizer, args, kwargs)` after each step of every optimizer."""
    return _add(_after_every_step, hook)


class Hooked:
    """The hook tables of one optimizer, and the methods that fill them."""

    _optimizer_step_pre_hooks: Table
    _optimizer_step_post_hooks: Table
    _optimizer_state_dict_pre_hooks: Table
    _optimizer_state_dict_post_hooks: Table
    _optimizer_load_state_dict_pre_hooks: Table
    _optimizer_load_state_dict_post_hooks: Table
    _is_stepping = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            cls.step = _with_hooks(cls.__dict__["step"])  # type: ignore[attr-defined]  # the class has one, as just seen

    def _make_hook_tables(self) -> None:
        for name in TABLES:
            self.__dict__.setdefault(name, OrderedDict())

    def register_step_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` before each step; it may return other (args, kwargs) to step with."""
        return _add(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call `hook(optimizer, args, kwargs)` after each step."""
        return _add(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` before `state_dict` collects."""
        return _add(self._optimizer_state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` on what `state_dict` collected; it may return another dict."""
        return _add(self._optimizer_state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer, state_dict)` on what is about to be loaded; it may return another dict."""
        return _add(self._optimizer_load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call `hook(optimizer)` once a state is loaded."""
        return _add(self._optimizer_load_state_dict_post_hooks, hook, prepend)


def _with_hooks(step: Callable[..., Any]) -> Callable[..., Any]:
    """Have the hooks called around `step`, once even where it calls the `step` of its base class."""

    @functools.wraps(step)
    def hooked(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self._is_stepping:
            return step(self, *args, **kwargs)
        call: tuple[Any, Any] = ((self, *args), kwargs)
        for hook in [*_before_every_step.values(), *self._optimizer_step_pre_hooks.values()]:
            call = _replaced(call, hook(self, *call), step)
        self._is_stepping = True
        try:
            result = step(*call[0], **call[1])
        finally:
            self._is_stepping = False
        for hook in [*self._optimizer_step_post_hooks.values(), *_after_every_step.values()]:
            hook(self, *call)
        return result

    return hooked


def _replaced(call: tuple[Any, Any], result: Any, step: Any) -> tuple[Any, Any]:
    if result is None:
        return call
    if isinstance(result, tuple) and len(result) == 2:
        return result
    raise RuntimeError(f"{step} must return None or a tuple of (new_args, new_kwargs), but got {result}.")
