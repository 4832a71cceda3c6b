"""Choices and loops as functions, arithmetic of sizes, and `compile`: what traced programs call, run as Python."""
from __future__ import annotations

import builtins
import math
from collections.abc import Callable, Sequence
from typing import Any


class SymInt:
    """A size that is not known yet. Sizes always are here, so that nothing is an instance."""


class SymFloat:
    """A number that depends on a size that is not known yet. Nothing is an instance."""


class SymBool:
    """A truth that depends on a size that is not known yet. Nothing is an instance."""


def compile(model: Any = None, *, fullgraph: bool = False, dynamic: bool | None = None, backend: Any = None,  # noqa: A001
            mode: str | None = None, options: dict[str, Any] | None = None, name: str | None = None, disable: bool = False,
            recompile_limit: int | None = None, isolate_recompiles: bool = False, shapes_spec: Any = None) -> Any:
    """Return the function or module as it is: ops run when they are called. Without one, return a decorator.

    Raises RuntimeError where both `mode` and `options` are given.
    """
    if mode is not None and options is not None:
        raise RuntimeError("Either mode or options can be specified, but both can't be specified at the same time.")
    return model if model is not None else lambda function: function


def cond(pred: Any, true_fn: Callable[..., Any], false_fn: Callable[..., Any], operands: Sequence[Any] = ()) -> Any:
    """Return `true_fn(*operands)` if `pred` holds, else `false_fn(*operands)`.

    Raises RuntimeError for functions that are none and operands that are no tuple or list.
    """
    if not callable(true_fn) or not callable(false_fn):
        raise RuntimeError("Expect both branches to be callable.")
    if not isinstance(operands, tuple | list):
        raise RuntimeError(f"Expect operands to be a tuple of possibly nested dict/list/tuple that only consists of tensor "
                           f"leaves, but got {operands}.")
    if getattr(pred, "ndim", 0) and math.prod(pred.shape) != 1:
        raise RuntimeError(f"Expected pred to be bool or single-element tensor, but got {pred}.")
    return true_fn(*operands) if pred else false_fn(*operands)


def while_loop(cond_fn: Callable[..., Any], body_fn: Callable[..., Any], carried_inputs: Sequence[Any]) -> Any:
    """Replace the carried values by `body_fn(*carried)` for as long as `cond_fn(*carried)` holds; return them.

    Raises RuntimeError where the body returns another number of values.
    """
    carried = tuple(carried_inputs)
    while cond_fn(*carried):
        found = body_fn(*carried)
        found = tuple(found) if isinstance(found, tuple | list) else (found,)
        if len(found) != len(carried):
            raise RuntimeError(f"body_fn should return the same number of elements as carried_inputs, {len(carried)}, but got "
                               f"{len(found)}")
        carried = found
    return carried


def sym_float(a: Any) -> float:
    return float(a)


def sym_int(a: Any) -> int:
    """Cut the fraction off."""
    return int(a)


def sym_not(a: Any) -> bool:
    return not a


def sym_ite(b: bool, t: Any, f: Any) -> Any:
    """Return `t` if `b` holds, else `f`."""
    return t if b else f


def sym_max(a: Any, b: Any) -> Any:
    """Return the larger; a float if either is one."""
    return _like_either(builtins.max(a, b), a, b)


def sym_min(a: Any, b: Any) -> Any:
    """Return the smaller; a float if either is one."""
    return _like_either(builtins.min(a, b), a, b)


def _like_either(value: Any, a: Any, b: Any) -> Any:
    return float(value) if isinstance(a, float) or isinstance(b, float) else value


def sym_sum(*args: Any) -> Any:
    return builtins.sum(args[0] if len(args) == 1 and isinstance(args[0], tuple | list) else args)


def sym_sqrt(a: Any) -> float:
    return math.sqrt(a)


def sym_fresh_size(expr: Any) -> Any:
    """Return the size: it is known."""
    return expr


def sym_constrain_range(size: Any, *, min: int | None = None, max: int | None = None) -> None:  # noqa: A002  PyTorch's names
    """Check that a size is in a range. Raises RuntimeError where it is not, ValueError for an empty range."""
    if min is not None and max is not None and max < min:
        raise ValueError(f"Max value {max} must be at least the min value {min}")
    if min is not None and size < min or max is not None and size > max:
        raise RuntimeError(f"Invalid value range for {size} between [{min}, {max}].")


def sym_constrain_range_for_size(size: Any, *, min: int | None = None, max: int | None = None) -> None:  # noqa: A002
    """As `sym_constrain_range`, for what is also at least 0."""
    sym_constrain_range(size, min=builtins.max(min or 0, 0), max=max)
