"""`__array_ufunc__`: NumPy's element-wise functions on tensors, by way of ops where a gradient is wanted.

What NumPy can be left with it computes itself, by its own rules for dtypes, as it does for PyTorch's tensors.
"""
from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy

from flambeau.core import dtype as dtypes
from flambeau.core.arrays import is_array, namespace_of
from flambeau.core.tensor import TensorBase
from flambeau.tensor import lending
from flambeau.tensor.array_functions import reducing
from flambeau.tensor.lending import as_tensor, stored, written

torch: Any = sys.modules["flambeau"]
Op = Callable[..., Any]


def array_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer `getattr(ufunc, method)(*inputs, **kwargs)`, in which there is a tensor."""
    out = kwargs.get("out", ())
    if not all(map(_is_known, (*inputs, *out))):
        return NotImplemented
    if _is_operator(ufunc, method, inputs, kwargs):
        return getattr(inputs[1], _REFLECTED[ufunc.__name__])(inputs[0])
    tensors = list(lending.tensors_in([*inputs, *out, kwargs.get("where")]))
    if all(map(lending.is_lendable, tensors)):
        return _numpys(ufunc, method, inputs, kwargs)
    if out and not all(isinstance(place, TensorBase | None) for place in out) and any(t.requires_grad for t in tensors):
        raise lending.refusal(f"numpy.{ufunc.__name__} into an array", tensors, "give a tensor as out=")
    return _by_op(ufunc, method, inputs, kwargs, tensors)


def _is_known(value: Any) -> bool:
    """Say whether a value is no stranger with an `__array_ufunc__` of its own, whose business the call may be."""
    if isinstance(value, TensorBase) or namespace_of(value) is not numpy:
        return True
    return getattr(type(value), "__array_ufunc__", _NUMPYS_WAY) is _NUMPYS_WAY


_NUMPYS_WAY = numpy.ndarray.__array_ufunc__


# ------------------------------------------------------------------------------------- operators


# `array * tensor`, for which Python asks the array first: what the tensor's own method is called.
_REFLECTED = {
    "add": "__radd__", "subtract": "__rsub__", "multiply": "__rmul__", "divide": "__rtruediv__",
    "floor_divide": "__rfloordiv__", "remainder": "__rmod__", "power": "__rpow__", "bitwise_and": "__rand__",
    "bitwise_or": "__ror__", "bitwise_xor": "__rxor__", "left_shift": "__rlshift__", "right_shift": "__rrshift__",
    "equal": "__eq__", "not_equal": "__ne__", "less": "__gt__", "less_equal": "__ge__", "greater": "__lt__",
    "greater_equal": "__le__",
}


def _is_operator(ufunc: Any, method: str, inputs: Sequence[Any], kwargs: Any) -> bool:
    """Say whether a call can come from `array * tensor`, which is to be the same as `tensor * array`."""
    return (method == "__call__" and not kwargs and len(inputs) == 2 and isinstance(inputs[1], TensorBase)
            and (is_array(inputs[0]) or isinstance(inputs[0], bool | int | float | complex)) and ufunc.__name__ in _REFLECTED)


# ------------------------------------------------------------------------------------- NumPy itself


def _numpys(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    result = getattr(ufunc, method)(*lending.mapped(lending.lent, inputs), **lending.mapped(lending.lent, kwargs))
    if method == "at":
        written(f"numpy.{ufunc.__name__}.at", inputs[0])
        return None
    if out := kwargs.get("out"):
        written(f"numpy.{ufunc.__name__}", out)
        return out[0] if len(out) == 1 else tuple(
            lending.as_tensor(part) if place is None else place for place, part in zip(out, result, strict=True))
    like = next(lending.tensors_in([*inputs, kwargs.get("where")]))
    return lending.returned(result, like)


# ------------------------------------------------------------------------------------- by an op


def _by_op(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any], tensors: list[Any]) -> Any:
    op = _op_of(ufunc)
    name = f"numpy.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    if op is None:
        raise lending.refusal(name, tensors, "call a torch function, or detach().cpu() the tensor")
    options = {key: value for key, value in kwargs.items() if key not in ("casting", "order", "subok")}
    out = options.pop("out", ())
    result = _METHODS[method](ufunc, op, *inputs, **options)
    return stored(name, out, result) if out else result


def _op_of(ufunc: Any) -> Op | None:
    name = ufunc.__name__
    special = sys.modules.get("scipy.special")
    if getattr(numpy, name, None) is ufunc:
        return _OPS.get(name) or getattr(torch, _OTHER_NAMES.get(name, name), None)
    if special is not None and getattr(special, name, None) is ufunc:
        return getattr(torch.special, {"loggamma": "gammaln"}.get(name, name), None)
    return None


_OTHER_NAMES = {
    "arccos": "acos", "arccosh": "acosh", "arcsin": "asin", "arcsinh": "asinh", "arctan": "atan", "arctan2": "atan2",
    "arctanh": "atanh", "conjugate": "conj_physical", "degrees": "rad2deg", "equal": "eq", "fabs": "abs",
    "greater_equal": "ge", "invert": "bitwise_not", "left_shift": "bitwise_left_shift", "less_equal": "le",
    "power": "pow", "radians": "deg2rad", "right_shift": "bitwise_right_shift", "rint": "round",
}


def _root3(x: Any) -> Any:
    return torch.sign(x) * torch.abs(x) ** (1 / 3)


def _parts(x: Any) -> Any:
    """Split into fraction and whole part, both with the sign of `x`."""
    whole = torch.trunc(x)
    return x - whole, whole


_OPS: dict[str, Op] = {
    "cbrt": _root3,
    "divmod": lambda x, y: (torch.floor_divide(x, y), torch.remainder(x, y)),
    "matvec": lambda x, y: torch.matmul(x, y.unsqueeze(-1)).squeeze(-1),
    "modf": _parts,
    "vecdot": lambda x, y: torch.linalg.vecdot(x, y),
    "vecmat": lambda x, y: torch.matmul(x.conj().unsqueeze(-2), y).squeeze(-2),
}


def _call(ufunc: Any, op: Op, *inputs: Any, where: Any = True, dtype: Any = None) -> Any:
    result = op(*_brought_together(ufunc, inputs, dtype))
    if where is True:
        return result
    return torch.where(as_tensor(where), result, torch.zeros_like(result))  # NumPy leaves there what was in memory


def _brought_together(ufunc: Any, inputs: Sequence[Any], dtype: Any = None) -> list[Any]:
    """Return arrays and numbers as tensors of the dtype that NumPy computes in."""
    first = next(lending.tensors_in(list(inputs)))
    if len(inputs) == 1 and dtype is None or ufunc.__name__ == "ldexp":
        return [as_tensor(numpy.asarray(x)) if not isinstance(x, TensorBase) else x for x in inputs]
    kind = _common(inputs) if dtype is None else dtypes.from_numpy(numpy.dtype(dtype))
    return [x.to(kind) if isinstance(x, TensorBase) else torch.as_tensor(x, dtype=kind, device=first.device) for x in inputs]


def _common(inputs: Sequence[Any]) -> dtypes.dtype:
    """The dtype in which NumPy brings inputs together; where it does not know one of them, PyTorch's."""
    known = [_dtype_or_number(x) for x in inputs]
    if dtypes.bfloat16.numpy not in known:
        return dtypes.from_numpy(numpy.result_type(*known))
    kinds = [dtypes.from_numpy(kind) for kind in known if isinstance(kind, numpy.dtype)]
    return functools.reduce(torch.promote_types, kinds)


def _dtype_or_number(value: Any) -> Any:
    """Return what NumPy promotes by: a dtype, or Python's own number, which gives way to any."""
    if isinstance(value, TensorBase):
        return value._array.dtype
    return value if type(value) in (bool, int, float, complex) else numpy.asarray(value).dtype


# ------------------------------------------------------------------------------------- methods of ufuncs


def _reduce(ufunc: Any, op: Op, array: Any, axis: Any = 0, dtype: Any = None, keepdims: bool = False, initial: Any = None,
            where: Any = True) -> Any:
    known = _REDUCTIONS.get(ufunc.__name__)
    if known is not None:
        return known(array, axis, dtype, keepdims=keepdims, initial=initial, where=as_tensor(where))
    if not isinstance(axis, int) or initial is not None or where is not True:
        raise TypeError(f"numpy.{ufunc.__name__}.reduce of tensors that need a gradient goes along one axis, "
                        "without initial= and where=")
    result = functools.reduce(op, array.unbind(axis))
    return result.unsqueeze(axis) if keepdims else result


def _without_dtype(reduction: Op) -> Op:
    return lambda a, axis, dtype, **options: reduction(a, axis, **options)


def _truth(reduction: Op) -> Op:
    return lambda a, axis, dtype, keepdims, initial, where: reduction(a, axis, None, keepdims, where=where)


_REDUCTIONS: dict[str, Op] = {
    "add": reducing.total, "multiply": reducing.prod, "maximum": _without_dtype(reducing.amax),
    "minimum": _without_dtype(reducing.amin), "fmax": reducing.nanmax, "fmin": reducing.nanmin,
    "logical_and": _truth(reducing.all_true), "logical_or": _truth(reducing.any_true),
}


def _accumulate(ufunc: Any, op: Op, array: Any, axis: int = 0, dtype: Any = None) -> Any:
    if dtype is not None:
        array = array.to(dtypes.from_numpy(numpy.dtype(dtype)))
    known = _RUNNING.get(ufunc.__name__)
    if known is not None:
        return known(array, axis)
    return torch.stack(list(_running(op, array.unbind(axis))), axis)


def _running(op: Op, parts: Sequence[Any]) -> Any:
    total = None
    for part in parts:
        total = part if total is None else op(total, part)
        yield total


_RUNNING: dict[str, Op] = {
    "add": lambda a, axis: torch.cumsum(a, axis), "multiply": lambda a, axis: torch.cumprod(a, axis),
    "maximum": lambda a, axis: torch.cummax(a, axis).values, "minimum": lambda a, axis: torch.cummin(a, axis).values,
    "logaddexp": lambda a, axis: torch.logcumsumexp(a, axis),
}


def _reduceat(ufunc: Any, op: Op, array: Any, indices: Any, axis: int = 0, dtype: Any = None) -> Any:
    """Reduce from each index to the next, or take the one element where the next is not beyond it."""
    starts = [int(i) for i in indices]
    ends = [*starts[1:], array.shape[axis]]
    parts = [array.narrow(axis, start, max(end - start, 1)) for start, end in zip(starts, ends, strict=True)]
    return torch.stack([_reduce(ufunc, op, part, axis, dtype) for part in parts], axis)


def _outer(ufunc: Any, op: Op, one: Any, other: Any, where: Any = True, dtype: Any = None) -> Any:
    one, other = _brought_together(ufunc, (one, other), dtype)
    return _call(ufunc, op, one.reshape(*one.shape, *[1] * other.ndim), other, where=where)


def _at(ufunc: Any, op: Op, array: Any, indices: Any, values: Any = None) -> None:
    """Add or subtract at places, each time one is named."""
    if ufunc.__name__ not in ("add", "subtract"):
        raise TypeError(f"numpy.{ufunc.__name__}.at has no gradient here, only add.at and subtract.at have; "
                        "torch.Tensor.index_reduce_ and scatter_reduce_ may do it")
    places = [torch.as_tensor(i, device=array.device) for i in (indices if isinstance(indices, tuple) else (indices,))]
    values = torch.as_tensor(values, dtype=array.dtype, device=array.device)
    array.index_put_(places, values if ufunc.__name__ == "add" else -values, accumulate=True)


_METHODS: dict[str, Op] = {"__call__": _call, "reduce": _reduce, "accumulate": _accumulate, "reduceat": _reduceat,
                           "outer": _outer, "at": _at}
