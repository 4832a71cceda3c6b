"""`out=`: results written into tensors that the caller brought along."""
from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flambeau.autograd.mode import grad_mode
from flambeau.core.arrays import Array, strided_view
from flambeau.core.device import device_of
from flambeau.core.dtype import from_numpy
from flambeau.core.memory import is_dense, is_same, meet_in_part, with_room_for
from flambeau.core.promotion import BOOL, can_cast
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.inplace import pytorch_name, refuse_inference, refuse_several_in_one_place
from flambeau.dispatch.views import refresh

# PyTorch brings the results of some functions to out's dtype, if a cast loses no kind of number; of others that is to be
# the result's own. Mostly these are the ops that bring their arguments to a common dtype, and the rest. But not:
_KEEP_DTYPE = frozenset("""abs amax amin aminmax argmax argmin bitwise_not ceil cummax cummin floor frac frexp hardshrink histc
    isin isneginf isposinf kthvalue logcumsumexp logsigmoid mode neg round sgn sign softplus softshrink trunc""".split())
_CAST = frozenset("""addr cat cholesky_inverse cholesky_solve clamp_max clamp_min column_stack cond cumprod cumsum diff div
    dstack eig eigvals fft fft2 fftn geqrf hfft hfft2 hfftn householder_product hstack ifft ifft2 ifftn ihfft ihfft2 ihfftn
    irfft irfft2 irfftn kron lstsq matrix_power matrix_rank max mean min mvlgamma nanmean nansum nextafter normalize outer
    pinv polygamma prod rfft rfft2 rfftn square stack std sum tensorinv tensorsolve var vstack""".split())
# Whose numbers are added, or multiplied, in the dtype of out.
_COUNT_IN_DTYPE = frozenset("cumprod cumsum nansum prod sum".split())
# Functions that PyTorch lets write into memory that they read: all of an argument, or what happens to be a part of it.
_NEVER_INTO_INPUT = frozenset("""cat column_stack cross dstack gather hstack index_select kthvalue masked_select mode stack take
    take_along_dim vstack""".split())
_INTO_PARTS = frozenset("""argmax argmin cholesky_inverse cholesky_solve cond cummax cummin diff eig eigvals fft fft2 fftn geqrf
    hfft hfft2 hfftn householder_product ifft ifft2 ifftn ihfft ihfft2 ihfftn irfft irfft2 irfftn logsigmoid lstsq
    matrix_power mvlgamma ndtr pinv rfft rfft2 rfftn tensorinv tensorsolve""".split())
_NOT_INTO_PARTS = frozenset("""addbmm addmm addmv baddbmm bernoulli conj_physical float_power heaviside index_add index_copy
    index_reduce msort nan_to_num normal renorm scatter scatter_add scatter_reduce signbit sort topk where""".split())
# Functions to which the size of out is nothing to speak of.
_RESIZE_SILENTLY = frozenset("""addbmm bernoulli empty eye full linspace logsigmoid logspace lu multinomial normal ones rand
    randint randn randperm zeros""".split())
_RETURN_NOTHING = frozenset("split_copy split_with_sizes_copy unbind_copy".split())


def into(out: Any, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run a function and put its result in `out`, one tensor or as many as it has results.

    Raises TypeError for anything else as `out`, RuntimeError for tensors that cannot hold the results.
    """
    if out is None:
        return function(*args, **kwargs)
    op = getattr(function, "op", None)
    name = function.__name__ if op is None else op.name
    _check_kind(out, name)
    if name in _COUNT_IN_DTYPE and kwargs.get("dtype") is None:
        kwargs = kwargs | {"dtype": from_numpy(out._array.dtype)}
    results = function(*args, **kwargs)
    places, parts = _paired(out, results, name)
    casts = name in _CAST or op is not None and op.promotes and name not in _KEEP_DTYPE
    inputs = list(_tensors_in((*args, *kwargs.values())))
    for place, part in zip(places, parts, strict=True):
        _check(place, part, name, casts)
        _check_apart(place, part, inputs, name, casts)
    for place, part in zip(places, parts, strict=True):
        _write(place, part, name)
    if name in _RETURN_NOTHING:
        return None
    if isinstance(out, TensorBase):
        return out
    return type(results)._make(out) if hasattr(results, "_make") else tuple(out)


def put(out: Any, result: Any, name: str, *, casts: bool = False) -> Any:
    """Write a result into the tensor given as `out=`, which is resized when it has another shape.

    `casts`: whether the result may be brought to the dtype of `out`.
    Raises RuntimeError when either takes part in autograd, or the dtype does not fit.
    """
    _check_kind(out, name)
    _check(out, result, name, casts)
    _check_apart(out, result, (), name, casts)
    return _write(out, result, name)


# ------------------------------------------------------------------------------------- one for each


def _check_kind(out: Any, name: str) -> None:
    if isinstance(out, TensorBase):
        return
    if not isinstance(out, tuple | list):
        raise TypeError(f"{name}(): argument 'out' must be Tensor, not {type(out).__name__}")
    for number, place in enumerate(out):
        if not isinstance(place, TensorBase):
            raise TypeError(f"{name}(): expected Tensor as element {number} of 'out', but got {type(place).__name__}")


def _paired(out: Any, results: Any, name: str) -> tuple[Sequence[Any], Sequence[Any]]:
    """Return the tensors to write into and what goes there.

    Raises TypeError where there are more of one than of the other.
    """
    if isinstance(results, TensorBase):
        if not isinstance(out, TensorBase):
            raise TypeError(f"{name}(): argument 'out' must be Tensor, not {type(out).__name__}; it has one result")
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
    if dtype == result or name in ("all", "any") and result == BOOL and dtype.name == "uint8":
        return
    if not casts:
        raise RuntimeError(f"{name}(): Expected out tensor to have dtype {from_numpy(result)}, but got {from_numpy(dtype)} "
                           "instead")
    if not can_cast(result, dtype):
        raise RuntimeError(f"{name}(): result type {pytorch_name(result)} can't be cast to the desired output type "
                           f"{pytorch_name(dtype)}; give an out of that type")


def _check_apart(out: Any, result: Any, inputs: Iterable[Any], name: str, casts: bool) -> None:
    """Raise RuntimeError where writing one element would change another, or one that is still to be read."""
    array = out._array
    if array.shape != result._array.shape:
        return  # it will lie elsewhere
    refuse_several_in_one_place(array, name)
    wary = name in _NOT_INTO_PARTS or casts and name not in _INTO_PARTS
    strict = name in _NEVER_INTO_INPUT
    for one in inputs if wary or strict else ():
        if meet_in_part(array, one._array) or strict and array.size and is_same(array, one._array):
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
    if out._array.size and name not in _RESIZE_SILENTLY:
        warnings.warn(f"An output with one or more elements was resized since it had shape {list(out._array.shape)}, which "
                      f"does not match the required output shape {list(like.shape)}. Give {name}() a tensor of that shape, or "
                      "say that any will do: out.resize_(0)", UserWarning, stacklevel=5)
    memory = with_room_for(out._array, like.size)
    strides = tuple(stride // like.itemsize * memory.itemsize for stride in like.strides)
    out._array = strided_view(memory, like.shape, strides) if is_dense(like) else memory.reshape(like.shape)
    out._view = None
