"""`__array_function__`: NumPy's functions on tensors.

Where PyTorch's tensors get an answer from NumPy, tensors get the same here: NumPy computes it. Where PyTorch refuses,
since a gradient would be lost or the memory is a GPU's, torch's functions stand in, and the answer is a tensor.
"""
from __future__ import annotations

import sys
from typing import Any

import numpy

from flambeau.core.tensor import TensorBase
from flambeau.tensor import lending
from flambeau.tensor.array_functions import choosing, joining, matrices, reducing, shaping
from flambeau.tensor.array_functions.table import numpys, stand_ins

__all__ = ["array_function", "choosing", "joining", "matrices", "reducing", "shaping"]


def _functions(names: str) -> frozenset[Any]:
    return frozenset(found for name in names.split() if (found := numpys(name)) is not None)


# These NumPy would do by calling a tensor's methods with words they do not know (`t.sum(axis=None, out=None)`): PyTorch
# refuses them. Here arrays go in, and tensors come out.
_NOT_BY_METHODS = _functions("all amax amin any argwhere astype block imag linalg.tensorsolve max mean min moveaxis piecewise "
                             "prod ptp rollaxis squeeze std sum unstack var")
_WRITING = _functions("copyto fill_diagonal place put put_along_axis putmask")  # into their first argument
_IN_TEXT = _functions("array2string array_repr array_str")
# Their answers have no gradient, whatever goes in.
_QUESTIONS = _functions(
    "allclose argmax argmin argpartition argsort argwhere array_equal array_equiv bincount can_cast common_type count_nonzero "
    "digitize flatnonzero histogram histogram_bin_edges histogram2d histogramdd isclose isin iscomplex isneginf "
    "isposinf isreal lexsort linalg.matrix_rank may_share_memory min_scalar_type nanargmax nanargmin "
    "result_type save savetxt savez savez_compressed searchsorted shares_memory tril_indices_from "
    "triu_indices_from") | _IN_TEXT
# What needs no array. `nonzero` is the tensor's own, as with PyTorch: a row for each element.
_BY_THE_TENSOR: dict[Any, Any] = {
    numpy.iscomplexobj: lambda x: x.is_complex(), numpy.isrealobj: lambda x: not x.is_complex(),
    numpy.ndim: lambda a: a.ndim, numpy.nonzero: lambda a: a.nonzero(), numpy.shape: lambda a: a.shape,
    numpy.size: lambda a, axis=None: a.numel() if axis is None else a.size(axis),
}


def array_function(function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Answer `function(*args, **kwargs)`, a function of NumPy's with a tensor among its arguments."""
    if not all(map(_is_known, types)):
        return NotImplemented
    if function in _BY_THE_TENSOR:
        return _BY_THE_TENSOR[function](*args, **kwargs)
    tensors = list(lending.tensors_in((args, kwargs)))
    if all(map(lending.is_lendable, tensors)):
        return _lent(function, tensors, args, kwargs)
    if function in _QUESTIONS and all(not tensor.is_cuda for tensor in tensors):
        return _on_arrays(function, lending.values_of, args, kwargs)
    if function in stand_ins and (function not in _WRITING or isinstance(args[0], TensorBase)):
        return _stood_in(function, args, kwargs)
    raise lending.refusal(_name_of(function), tensors, _advice(function))


def _is_known(kind: type) -> bool:
    """Say whether a class is a tensor's or an array's: no stranger, whose business the call may be."""
    cupy = sys.modules.get("cupy")
    if issubclass(kind, TensorBase) or cupy is not None and issubclass(kind, cupy.ndarray):
        return True
    return kind.__array_function__ is numpy.ndarray.__array_function__  # type: ignore[attr-defined]  # it is asked for having it


def _lent(function: Any, tensors: list[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Have NumPy answer, as it does for PyTorch's tensors."""
    if function in _QUESTIONS and function in _BY_VALUES:
        return _on_arrays(function, lending.values_of, args, kwargs)
    if function in _WRITING:
        _on_arrays(function, lending.lent, args, kwargs)
        lending.written(_name_of(function), args[0])
        return None
    if function is numpy.flip:
        return _stood_in(function, args, kwargs)  # tensors have no negative strides
    if function not in _NOT_BY_METHODS:
        return numpys_own(function, args, kwargs)
    result = _on_arrays(function, lending.lent, args, kwargs)
    out = kwargs.get("out")
    if isinstance(out, TensorBase):
        return lending.written(_name_of(function), out)
    return result if out is not None else lending.returned(result, tensors[0])


_BY_VALUES = _functions("result_type can_cast min_scalar_type common_type") | _IN_TEXT  # they ask no `__array__`


def numpys_own(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run what NumPy itself does, which takes tensors for what `__array__` and their methods make of them."""
    return numpy.ndarray.__array_function__(_ANY, function, (), args, kwargs)


_ANY = numpy.empty(0)


def _on_arrays(function: Any, array_of: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return function(*lending.mapped(array_of, args), **lending.mapped(array_of, kwargs))


def _stood_in(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    options = {key: lending.mapped(lending.as_tensor, value) for key, value in kwargs.items() if key != "out"}
    result = stand_ins[function](*lending.mapped(lending.as_tensor, args), **options)
    return result if kwargs.get("out") is None else lending.stored(_name_of(function), kwargs["out"], result)


def _name_of(function: Any) -> str:
    return f"{function.__module__}.{function.__name__}"


def _advice(function: Any) -> str:
    """Say what to call where nothing stands in for a function of NumPy's."""
    from flambeau.tensor.array_functions.table import torch

    if hasattr(torch, function.__name__):
        return f"torch.{function.__name__} takes tensors"
    return "write it with torch's functions, or detach().cpu() the tensors where no gradient is wanted"
