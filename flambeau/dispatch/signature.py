"""What `inspect.signature` and `help` show of public functions: the declaration, and what every op takes besides."""
from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

_NOTHING = (lambda: None).__code__
_VARIADIC = 0x04 | 0x08  # code flags of functions with *args or **kwargs


def with_out(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that shows the signature of `function` with `out=None` at its end. It is there to be looked at.

    What has no end to append to, since it takes any arguments, shows as it is.
    """
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    names = code.co_varnames[:count]
    if code.co_flags & _VARIADIC or "out" in names:
        return function
    shown = _NOTHING.replace(co_argcount=code.co_argcount, co_kwonlyargcount=code.co_kwonlyargcount + 1,
                             co_nlocals=count + 1, co_varnames=(*names, "out"))
    made = FunctionType(shown, function.__globals__, function.__name__, function.__defaults__)
    made.__kwdefaults__ = {**(function.__kwdefaults__ or {}), "out": None}
    result = function.__annotations__.get("return", "Any")
    parts = {name: written for name, written in function.__annotations__.items() if name != "return"}
    made.__annotations__ = parts | {"out": _of_results(str(result)), "return": result}
    made.__doc__ = function.__doc__
    return made


def _of_results(result: str) -> str:
    return f"{result} | None" if result.startswith("tuple") else "Tensor | None"


# What PyTorch writes in Python, without `out`.
WITHOUT_OUT = frozenset({
    "align_tensors", "atleast_1d", "atleast_2d", "atleast_3d", "block_diag", "broadcast_shapes", "broadcast_tensors",
    "cartesian_prod", "cdist", "chain_matmul", "einsum", "istft", "lu", "meshgrid", "norm", "split", "stft", "tensordot",
    "unique", "unique_consecutive", "unravel_index"})
WITH_OUT = frozenset(["flambeau", "flambeau.fft", "flambeau.linalg", "flambeau.special"])  # the pages whose functions take it
