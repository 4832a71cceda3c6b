"""Autocast's switches, per thread and kind of device, and the cast that they ask for."""
from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from flambeau.amp.policies import LOWER, POLICIES, SINGLE
from flambeau.autograd.mode import grad_mode
from flambeau.core.dtype import bfloat16, dtype, float16, float32
from flambeau.core.tensor import TensorBase
from flambeau.dispatch import casting
from flambeau.ops.conversion import cast


class _State(threading.local):
    def __init__(self) -> None:
        self.enabled = dict.fromkeys(POLICIES, False)
        self.dtypes = {"cpu": bfloat16, "cuda": float16, "ipu": float16, "xla": bfloat16}
        self.caching = True
        self.depth = 0  # of `with autocast` blocks
        self.copies: dict[int, tuple[Any, Any]] = {}  # by id: a weight and its copy in the lower precision


state = _State()


def switch(kind: str, enabled: bool) -> None:
    """Turn autocast on or off for this thread's tensors on devices of one kind."""
    state.enabled[kind] = enabled
    casting.set_recast(recast if any(state.enabled.values()) else None)


class _Keeper(casting.Keeper):
    def snapshot(self) -> Any:
        return dict(state.enabled), dict(state.dtypes), state.caching

    @contextlib.contextmanager
    def restored(self, snapshot: Any) -> Iterator[None]:
        before = self.snapshot()
        self._set(snapshot or (dict.fromkeys(POLICIES, False), *before[1:]))
        try:
            yield
        finally:
            self._set(before)

    def _set(self, snapshot: Any) -> None:
        enabled, state.dtypes, state.caching = snapshot
        for kind in POLICIES:
            switch(kind, enabled[kind])


casting.keeper = _Keeper()


def recast(name: str, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the arguments of an op or a composite in the precision that the policy of its name asks for."""
    chosen = [arg for arg in _tensors_in(args) if _is_eligible(arg)]
    if not chosen:
        return args
    kind = chosen[0].device.type
    policy = POLICIES[kind].get(name)
    if policy is None or not state.enabled[kind]:
        return args
    if policy == LOWER:
        wanted = state.dtypes[kind]
    else:
        wanted = float32 if policy == SINGLE or any(arg.dtype == float32 for arg in chosen) else chosen[0].dtype
    return tuple(_converted(arg, wanted) for arg in args)


def _tensors_in(args: Any) -> list[Any]:
    found: list[Any] = []
    for arg in args:
        if isinstance(arg, TensorBase):
            found.append(arg)
        elif isinstance(arg, list | tuple):
            found += _tensors_in(arg)
    return found


def _is_eligible(tensor: Any) -> bool:
    return tensor.dtype in (float32, float16, bfloat16)  # float64 was asked for; it stays


def _converted(arg: Any, wanted: dtype) -> Any:
    if isinstance(arg, list | tuple):
        return type(arg)(_converted(item, wanted) for item in arg) if not hasattr(arg, "_fields") else arg
    if not isinstance(arg, TensorBase) or arg.dtype == wanted or not _is_eligible(arg):
        return arg
    return _copy_of_weight(arg, wanted) if wanted != float32 and _is_weight(arg) else _cast(arg, wanted)


def _is_weight(tensor: Any) -> bool:
    return bool(state.caching and state.depth and tensor.requires_grad and tensor.is_leaf and tensor.dtype == float32
                and not tensor._is_view() and grad_mode.enabled)


def _cast(tensor: Any, wanted: dtype) -> Any:
    return cast(tensor, wanted.numpy)


def _copy_of_weight(weight: Any, wanted: dtype) -> Any:
    """A weight is cast once in a block however often it is used, unless it is written to."""
    known = state.copies.get(id(weight))
    if known is not None and known[1].dtype == wanted and known[0] == weight._version:
        return known[1]
    copy = _cast(weight, wanted)
    state.copies[id(weight)] = weight._version, copy
    return copy
