"""`out=`: results written into tensors that the caller brought along."""
from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flambeau.autograd.mode import grad_mode
from flambeau.core.arrays import Array, namespace_of, strided_view
from flambeau.core.device import device_of
from flambeau.core.dtype import from_numpy
from flambeau.core.memory import is_dense, is_same, meet_in_part, with_room_for
from flambeau.core.promotion import BOOL, can_cast
from flambeau.core.tensor import TensorBase
from flambeau.dispatch import out_rules
from flambeau.dispatch.inplace import pytorch_name, refuse_inference
from flambeau.dispatch.overlap import refuse_several_in_one_place
from flambeau.dispatch.views import refresh


def into(out: Any, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run a function and put its result in `out`, one tensor or as many as it has results.

    Raises TypeError for anything else as `out`, RuntimeError for tensors that cannot hold the results.
    """
    if out is None:
        return function(*args, **kwargs)
    op = getattr(function, "op", None)
    name = function.__name__ if op is None else op.name
    _check_kind(out, name)
    if name in out_rules.COUNT_IN_DTYPE and kwargs.get("dtype") is None and isinstance(out, TensorBase):
        kwargs = kwargs | {"dtype": from_numpy(out._array.dtype)}
    results = function(*args, **kwargs)
    places, parts = _paired(out, results, name)
    promotes = op is not None and op.promotes
    casts = out_rules.casts(name, promotes, len(parts))
    inputs = list(_tensors_in((*args, *kwargs.values()))) if out_rules.is_wary(name, promotes) else []
    for place, part in zip(places, parts, strict=True):
        _check(place, part, name, casts)
        _check_apart(place, part, inputs, name)
    for place, part in zip(places, parts, strict=True):
        _write(place, part, name)
    if name in out_rules.RETURN_NOTHING:
        return None
    if isinstance(out, TensorBase):
        return out
    return type(results)._make(out) if hasattr(results, "_make") else tuple(out)


def put(out: Any, result: Any, name: str) -> Any:
    """Write a result into the tensor given as `out=`, which is resized when it has another shape.

    Raises RuntimeError when either takes part in autograd, or the dtype is not the same.
    """
    check_one(out, name)
    _check(out, result, name, casts=False)
    _check_apart(out, result, (), name)
    return _write(out, result, name)


def check_one(out: Any, name: str) -> None:
    """Raise TypeError for anything but one tensor, or None, as `out`."""
    if out is not None and not isinstance(out, TensorBase):
        raise TypeError(f"{name}(): argument 'out' must be Tensor, not {type(out).__name__}")


# ------------------------------------------------------------------------------------- one for each


def _check_kind(out: Any, name: str) -> None:
    if not isinstance(out, tuple | list):
        check_one(out, name)
        return
    for number, place in enumerate(out):
        if not isinstance(place, TensorBase):
            raise TypeError(f"{name}(): expected Tensor as element {number} of 'out', but got {type(place).__name__}")


def _paired(out: Any, results: Any, name: str) -> tuple[Sequence[Any], Sequence[Any]]:
    """Return the tensors to write into and what goes there.

    Raises TypeError where there are more of one than of the other.
    """
    if isinstance(results, TensorBase):
        check_one(out, name)
        return (out,), (results,)
    if not isinstance(results, tuple | list) or not all(isinstance(part, TensorBase) for part in results):
        raise TypeError(f"{name}() got an unexpected keyword argument 'out'; its result is no tensor")
    if isinstance(out, TensorBase):
        raise TypeError(f"{name}(): argument 'out' must be tuple of Tensors, not Tensor; it has {len(results)} results")
    if len(out) != len(results):
        raise TypeError(f"{name}(): expected tuple of {len(results)} elements as 'out' but got {len(out)}")
    return out, results


def _tensors_in(values: Iterable[Any]) -> Iterator[TensorBase]:
    for value in values:
        if isinstance(value, TensorBase):
            yield value
        elif isinstance(value, tuple | list):
            yield from _tensors_in(value)


# ------------------------------------------------------------------------------------- what fits


def _check(out: Any, result: Any, name: str, casts: bool) -> None:
    """Raise RuntimeError where the result must not go into `out`."""
    if out._view is not None:
        refresh(out)
    refuse_inference(out)
    if grad_mode.enabled and (result._requires_grad or out._requires_grad):
        raise RuntimeError(f"{name}(): functions with out=... arguments don't support automatic differentiation, but one of "
                           "the arguments requires grad. Call it without out=, or under torch.no_grad()")
    _check_dtype(out._array.dtype, result._array.dtype, name, casts)
    here, there = device_of(out._array), device_of(result._array)
    if here != there:
        raise RuntimeError(f"{name}(): Expected out tensor to have device {there}, but got {here} instead")


def _check_dtype(dtype: Any, result: Any, name: str, casts: bool) -> None:
    if dtype == result or name in out_rules.BOOL_OR_BYTE and result == BOOL and dtype.name == "uint8":
        return
    if not casts:
        raise RuntimeError(f"{name}(): Expected out tensor to have dtype {from_numpy(result)}, but got {from_numpy(dtype)} "
                           "instead")
    if not can_cast(result, dtype):
        kind = TypeError if name in out_rules.JOIN else RuntimeError
        raise kind(f"{name}(): result type {pytorch_name(result)} can't be cast to the desired output type "
                   f"{pytorch_name(dtype)}; give an out of that type")


def _check_apart(out: Any, result: Any, inputs: Iterable[Any], name: str) -> None:
    """Raise RuntimeError where writing one element would change another, or one that is still to be read."""
    array, strict = out._array, name in out_rules.NEVER_INTO_INPUT
    if array.shape != result._array.shape and not strict:
        return  # it will lie elsewhere
    refuse_several_in_one_place(array, name)
    for one in inputs:
        if meet_in_part(array, one._array) or strict and is_same(array, one._array):
            raise RuntimeError(f"{name}(): unsupported operation: some elements of the input tensor and the written-to tensor "
                               "refer to a single memory location. Please clone() the tensor before performing the operation.")


# ------------------------------------------------------------------------------------- writing


def _write(out: Any, result: Any, name: str) -> Any:
    if out._array.shape != result._array.shape:
        _resize(out, result._array, name)
    if out._array is not result._array:
        out._array[...] = result._array
    out._storage.bump(name, depth=2)
    return out


def _resize(out: Any, like: Array, name: str) -> None:
    """Give `out` the shape of an array, and its order of dims in memory."""
    if out._requires_grad:
        raise RuntimeError(f"{name}(): cannot resize variables that require grad; detach() the tensor given as out")
    if out._array.size and name not in out_rules.RESIZE_SILENTLY:
        _warn_of_resizing(out._array.shape, like.shape, name)
    memory = _room_for(out._array, like.size)
    strides = tuple(stride // like.itemsize * memory.itemsize for stride in like.strides)
    out._array = strided_view(memory, like.shape, strides) if is_dense(like) else memory.reshape(like.shape)
    out._view = None


def _room_for(array: Array, count: int) -> Array:
    if array.size:
        return with_room_for(array, count)
    return namespace_of(array).empty(count, array.dtype)  # NumPy forgets where in its memory an empty view lies


def _warn_of_resizing(before: tuple[int, ...], after: tuple[int, ...], name: str) -> None:
    warnings.warn(f"An output with one or more elements was resized since it had shape {list(before)}, which does not match "
                  f"the required output shape {list(after)}. Give {name}() a tensor of that shape, or say that any will do: "
                  "out.resize_(0)", UserWarning, stacklevel=_frames_to_the_user())


def _frames_to_the_user() -> int:
    """Return how far up the call of a function of flambeau's is, for the one who calls this."""
    frame, count = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("flambeau."):
        frame, count = frame.f_back, count + 1
    return count
