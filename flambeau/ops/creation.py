"""New tensors: from numbers and other libraries' arrays, of one value, or counting along a line."""
from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy

from flambeau.core import device as devices
from flambeau.core.arrays import Array, as_array, is_array, namespace_of, strided_view
from flambeau.core.dtype import ALL, HALVES, as_numpy, default_complex, default_float, is_packed
from flambeau.core.dtype import from_numpy as known_dtype
from flambeau.core.fitting import number_for
from flambeau.core.promotion import INT64, of_number, promote_types
from flambeau.core.tensor import TensorBase, wrap
from flambeau.dispatch import batching
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.layout import packed_strides, with_strides
from flambeau.dispatch.outs import check_one, put
from flambeau.ops.dims import sizes_of

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Size = int | Sequence[int]


# ------------------------------------------------------------------------------------- from data


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False,
           pin_memory: bool = False) -> Tensor:
    """Copy numbers, nested lists, an array or a tensor into a new tensor.

    Python's numbers become bool, int64, the default float or the matching complex dtype; arrays keep theirs.

    >>> tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> tensor([1, 2, 3])
    >>> tensor(True)
    """
    place = devices.device_of(data._array) if device is None and isinstance(data, TensorBase) else devices.resolve(device)
    return _finished(_from_data(data, dtype, place, copy=True), requires_grad)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """Return `data` as a tensor: itself, or over the same memory, where dtype and device allow."""
    if isinstance(data, TensorBase):
        if dtype is None and device is None:
            return data
        return data.to(device=devices.device_of(data._array) if device is None else device, dtype=dtype)
    return wrap(_from_data(data, dtype, devices.resolve(device), copy=False))


def asarray(obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None,
            requires_grad: bool = False) -> Tensor:
    """Return `obj` as a tensor, copying only if `copy`, or (None) where it must be copied.

    Raises ValueError when `copy=False` cannot be had.
    """
    if copy:
        return tensor(obj, dtype=dtype, device=device, requires_grad=requires_grad)
    made = as_tensor(obj, dtype, device)
    if copy is False and not _is_over(made, obj):
        raise ValueError(f"can't alias {type(obj).__name__} as this dtype and device; leave copy=None")
    made = made.detach()
    made.requires_grad = requires_grad
    return made


def _is_over(made: Any, obj: Any) -> bool:
    if isinstance(obj, TensorBase):
        return made is obj
    return isinstance(obj, numpy.ndarray) and made._array.size > 0 and bool(numpy.shares_memory(made._array, obj))


_OURS = frozenset(known.numpy for known in ALL)  # in this machine's byte order


def from_numpy(ndarray: Any) -> Tensor:
    """Return a tensor over the memory of a NumPy array: a write to one is seen in the other.

    Raises TypeError for anything else, and for arrays of strings, objects or times.
    """
    if not isinstance(ndarray, numpy.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    if ndarray.dtype not in _OURS:
        known_dtype(ndarray.dtype)
    elif ndarray.flags.c_contiguous:
        return wrap(ndarray)
    if min(ndarray.strides, default=0) < 0:
        raise ValueError("At least one stride in the given numpy array is negative, and tensors with negative strides are "
                         "not currently supported. (You can probably work around this by making a copy of your array  "
                         "with array.copy().) ")
    return wrap(ndarray if ndarray.dtype.isnative else ndarray.astype(ndarray.dtype.newbyteorder("=")))


def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = None) -> Tensor:
    """Return a tensor over the memory of any library's tensor that speaks DLPack, or of a DLPack capsule.

    Copied if `copy`, or (None) where another device is asked for; `copy=False` raises ValueError there.
    """
    from flambeau.core.dlpack import imported

    array = imported(ext_tensor, copy)
    place = devices.device_of(array) if device is None else devices.resolve(device)
    if copy is False and place != devices.device_of(array):
        raise ValueError(f"cannot move from {devices.device_of(array)} to {place} without copying; leave copy=None")
    return wrap(devices.moved(array, place))


def frombuffer(buffer: Any, *, dtype: Any, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """Return a 1-d tensor over the bytes of a buffer, from `offset` on.

    Raises ValueError where the buffer is too short or does not hold whole elements.
    """
    return _finished(numpy.frombuffer(buffer, as_numpy(dtype), count, offset), requires_grad)


def scalar_tensor(s: Any, *, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
                  pin_memory: bool = False) -> Tensor:
    """Return a number as a tensor without dims, of the default float unless `dtype` says otherwise.

    >>> scalar_tensor(2.5)
    """
    return full((), s, dtype=default_float() if dtype is None else dtype, device=device, requires_grad=requires_grad)


def _from_data(data: Any, dtype: Any, place: devices.device, copy: bool) -> Array:
    wanted = None if dtype is None else as_numpy(dtype)
    source = data._array if isinstance(data, TensorBase) else data
    if not is_array(source):
        source = _array_of(source)
    if not is_array(source):
        if wanted is not None and is_packed(wanted):
            raise RuntimeError(f"numbers cannot be stored as {dtype}: pack them into torch.uint8 and view that as {dtype}")
        return devices.moved(_from_numbers(source, wanted), place)
    array = as_array(source)
    known_dtype(array.dtype)
    if wanted is not None and wanted != array.dtype:
        array = _recast(array, wanted)
    elif copy and place == devices.device_of(array):
        array = namespace_of(array).array(array, order="K")
    return devices.moved(array, place)


def _array_of(source: Any) -> Any:
    """Return what another library's object gives as an array; anything else as it is."""
    if hasattr(source, "__array__"):
        return source.__array__()
    if hasattr(source, "__dlpack__") or type(source).__name__ == "PyCapsule":
        from flambeau.core.dlpack import imported

        return imported(source)
    return devices.cupy().asarray(source) if hasattr(source, "__cuda_array_interface__") else source


def _recast(array: Array, dtype: Any) -> Array:
    return array.real.astype(dtype) if array.dtype.kind == "c" and dtype.kind not in "cb" else array.astype(dtype)


def _from_numbers(data: Any, wanted: Any) -> Array:
    """Make an array of a number or of nested sequences of numbers, arrays and one-element tensors.

    Raises ValueError where the sequences are ragged, TypeError for what is no number.
    """
    flat: list[Any] = []
    shape = _shape_of(data)
    _flatten(data, shape, flat)
    if wanted is None:
        wanted = _dtype_of(flat)
    try:
        return numpy.array(flat, _widened(wanted)).astype(wanted).reshape(shape)
    except (OverflowError, TypeError, ValueError) as error:
        if wanted.kind in "iu" and all(isinstance(value, int | float) for value in flat):
            return _counted(flat, wanted).reshape(shape)
        raise TypeError(f"a tensor of {known_dtype(wanted).name} cannot hold this: {error}") from error


def _widened(dtype: Any) -> Any:
    """Half types are made from the numbers by way of float64: rounded once."""
    return numpy.dtype("f8") if dtype in HALVES else dtype


def _counted(flat: list[Any], dtype: Any) -> Array:
    """Make integers of numbers of which NumPy refused one; PyTorch lets a negative one into an unsigned dtype."""
    if any(isinstance(value, int) and not -(1 << 63) <= value < 1 << 63 for value in flat):
        raise ValueError("Overflow when unpacking long long: a number does not fit int64")
    return numpy.array([number_for(dtype, value) for value in flat], dtype)


def _is_sequence(data: Any) -> bool:
    return isinstance(data, Sequence) and not isinstance(data, str | bytes) or is_array(data) and data.ndim > 0


def _shape_of(data: Any) -> tuple[int, ...]:
    """Read the shape off the first elements; `_flatten` checks that the others agree."""
    shape = []
    while _is_sequence(data):
        shape.append(len(data))
        if not len(data):
            break
        data = data[0]
    return tuple(shape)


def _flatten(data: Any, shape: tuple[int, ...], flat: list[Any], dim: int = 0) -> None:
    if not shape:
        if _is_sequence(data):
            raise ValueError(f"expected a number at dim {dim}, but got a sequence of length {len(data)}: nested sequences "
                             "must agree in length")
        flat.append(data if type(data) in _NUMBERS else _number(data))
        return
    if not _is_sequence(data):
        raise TypeError(f"not a sequence at dim {dim}: {data!r}")
    if len(data) != shape[0]:
        raise ValueError(f"expected sequence of length {shape[0]} at dim {dim} (got {len(data)})")
    if len(shape) == 1 and _NUMBERS.issuperset(map(type, data)):
        flat.extend(data)
        return
    for item in data:
        _flatten(item, shape[1:], flat, dim + 1)


_NUMBERS = frozenset({bool, int, float, complex})


def _number(value: Any) -> Any:
    """Return what one element is as a number, Python's or NumPy's."""
    if isinstance(value, TensorBase):
        if value._array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars; this one is of "
                             f"{tuple(value.shape)}: use torch.stack for a list of tensors")
        return devices.moved(value._array, devices.CPU).reshape(())[()]
    if is_array(value) or isinstance(value, bool | int | float | complex):
        return value
    if isinstance(value, str | bytes):
        raise TypeError(f"new(): invalid data type '{type(value).__name__}'")
    if hasattr(value, "__index__"):
        return value.__index__()
    if hasattr(value, "__float__"):
        return float(value)
    raise RuntimeError(f"Could not infer dtype of {type(value).__name__}")


def _dtype_of(flat: list[Any]) -> Any:
    """The dtype that numbers among themselves call for; of nothing, the default float."""
    if not flat:
        return default_float()
    kinds = set(map(type, flat))
    for kind, dtype in ((complex, default_complex()), (float, default_float()), (int, INT64)):
        if kind in kinds and kinds <= _NUMBERS:
            return dtype
    return functools.reduce(promote_types, {value.dtype if is_array(value) else of_number(value) for value in flat})


# ------------------------------------------------------------------------------------- one value


def empty(*size: Size, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
          requires_grad: bool = False, pin_memory: bool = False, memory_format: Any = None) -> Tensor:
    """Return a tensor whose values are whatever was in memory."""
    return _shaped("empty", size, lambda xp, shape, kind: xp.empty(shape, kind), out, dtype, device, requires_grad)


def zeros(*size: Size, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
          requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return zeros of a size, given as numbers or as one sequence.

    >>> zeros(2, 3)
    >>> zeros((2,), dtype=int64)
    """
    return _shaped("zeros", size, lambda xp, shape, kind: xp.zeros(shape, kind), out, dtype, device, requires_grad)


def ones(*size: Size, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
         requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return ones of a size, given as numbers or as one sequence.

    >>> ones(2, 3)
    """
    return _shaped("ones", size, lambda xp, shape, kind: xp.ones(shape, kind), out, dtype, device, requires_grad)


def full(size: Size, fill_value: Any, *, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
         requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return one value throughout; its kind chooses the dtype.

    >>> full((2, 3), 1.5)
    >>> full((2,), 7)
    >>> full((2,), True)
    """
    value = fill_value.item() if isinstance(fill_value, TensorBase) else fill_value
    kind = of_number(value) if dtype is None and out is None else dtype
    return _shaped("full", (size,), lambda xp, shape, kind: xp.full(shape, number_for(kind, value), kind), out, kind, device,
                   requires_grad)


def _shaped(name: str, size: Sequence[Any], make: Callable[..., Array], out: Any, dtype: Any, device: Any,
            requires_grad: bool) -> Any:
    """Make an array of a size, by way of `out` when it is given."""
    if len(size) == 1 and isinstance(size[0], TensorBase) and size[0]._array.ndim == 1:
        size = size[0].tolist()
    shape = sizes_of(size)
    if min(shape, default=0) < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(shape)}: {list(shape)}")
    kind = _kind(name, dtype, out)
    with devices.on(devices.resolve(device)) as xp:
        array = make(xp, shape, kind)
    return _finished(array, requires_grad) if out is None else put(out, wrap(array), name)


def _kind(name: str, dtype: Any, out: Any) -> Any:
    check_one(out, name)
    if dtype is None:
        return default_float() if out is None else out._array.dtype
    return dtype if isinstance(dtype, numpy.dtype) else as_numpy(dtype)


def _finished(array: Array, requires_grad: bool) -> Any:
    made = wrap(array)
    if requires_grad is not False:
        made.requires_grad_(requires_grad)
    return made


# ------------------------------------------------------------------------------------- like another


def empty_like(input: Tensor, *, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
               pin_memory: bool = False, memory_format: Any = None) -> Tensor:
    """Return a tensor like `input`, with whatever was in memory."""
    return _like(input, lambda xp, like, kind: xp.empty_like(like, dtype=kind), dtype, device, requires_grad, memory_format)


def zeros_like(input: Tensor, *, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
               pin_memory: bool = False, memory_format: Any = None) -> Tensor:
    """Return zeros in the shape, dtype and place of `input`.

    >>> zeros_like(randn(2, 3))
    """
    return _like(input, lambda xp, like, kind: xp.zeros_like(like, dtype=kind), dtype, device, requires_grad, memory_format)


def ones_like(input: Tensor, *, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
              pin_memory: bool = False, memory_format: Any = None) -> Tensor:
    """Return ones in the shape, dtype and place of `input`.

    >>> ones_like(randn(2, 3))
    """
    return _like(input, lambda xp, like, kind: xp.ones_like(like, dtype=kind), dtype, device, requires_grad, memory_format)


def full_like(input: Tensor, fill_value: Any, *, dtype: Any = None, layout: Any = None, device: Any = None,
              requires_grad: bool = False, pin_memory: bool = False, memory_format: Any = None) -> Tensor:
    """Return one value in the shape, dtype and place of `input`.

    >>> full_like(randn(2, 3), 2.5)
    """
    made = empty_like(input, dtype=dtype, device=device, memory_format=memory_format)
    value = fill_value.item() if isinstance(fill_value, TensorBase) else fill_value
    made._array[...] = number_for(made._array.dtype, value)
    return made.requires_grad_(requires_grad)


def _like(input: Any, make: Callable[..., Array], dtype: Any, device: Any, requires_grad: bool, memory_format: Any) -> Any:
    """Make an array with the shape and, where it is dense, the order in memory of another."""
    source = input._array
    kind = source.dtype if dtype is None else as_numpy(dtype)
    with devices.on(devices.device_of(source) if device is None else devices.resolve(device)) as xp:
        array = make(xp, source if namespace_of(source) is xp else xp.empty(source.shape, source.dtype), kind)
    if type(source) is type(array) and not source.flags.c_contiguous:
        array = with_strides(array, packed_strides(source))
    array = batching.beside(source, array)
    if memory_format is not None and str(memory_format) != "torch.preserve_format":
        return _finished(array, requires_grad).contiguous(memory_format=memory_format)
    return _finished(array, requires_grad)


# ------------------------------------------------------------------------------------- along a line


def arange(*args: Any, start: Any = None, end: Any = None, step: Any = None, out: Any = None, dtype: Any = None,
           layout: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return start, start + step, … up to but without `end`: int64 if all three are whole, else the default float.

    Raises RuntimeError for a step of zero or one that leads away from `end`.

    >>> arange(5)
    >>> arange(1, 10, 3)
    >>> arange(0.0, 1.0, 0.25)
    """
    start, end, step = _bounds(args, start, end, step)
    _check_step(start, end, step)
    whole = all(isinstance(value, int) for value in (start, end, step))
    kind = (INT64 if whole else default_float()) if dtype is None and out is None else _kind("arange", dtype, out)
    if kind == INT64:  # as PyTorch does: for this dtype alone the bounds are cut to integers first
        start, end, step, whole = int(start), int(end), int(step), True
        if step == 0:
            raise ValueError("step must be nonzero: cut to a whole number it is 0; give a float dtype")
        _check_step(start, end, step)
    count = -(-(end - start) // step) if whole else math.ceil((end - start) / step)
    if kind.kind in "bc":
        raise NotImplementedError(f'"arange_cpu" not implemented for \'{pytorch_name(kind)}\'; convert its result')
    if kind.kind in "iu":  # as PyTorch does: the steps are whole, as many as there would be of the fractions
        start, step = int(start), int(step)
    return _line("arange", count, start, step, kind, out, device, requires_grad)


def range_(start: Any = 0, end: Any = None, step: Any = 1, *, out: Any = None, dtype: Any = None, layout: Any = None,
           device: Any = None, requires_grad: bool = False) -> Tensor:
    """Return start, start + step, … up to and with `end`."""
    start, end = (0, start) if end is None else (start, end)
    _check_step(start, end, step)
    kind = _kind("range", dtype, out)
    return _line("range", math.floor((end - start) / step) + 1, start, step, kind, out, device, requires_grad)


def _bounds(args: tuple[Any, ...], start: Any, end: Any, step: Any) -> tuple[Any, Any, Any]:
    given = [value.item() if isinstance(value, TensorBase | numpy.generic) else value for value in args]
    if given and end is None:
        end = given.pop(0 if len(given) == 1 else 1)
    if given and start is None:
        start = given.pop(0)
    if given and step is None:
        step = given.pop(0)
    if given or end is None:
        raise TypeError("arange() received an invalid combination of arguments: give (end), (start, end) or "
                        "(start, end, step)")
    return 0 if start is None else start, end, 1 if step is None else step


def _check_step(start: Any, end: Any, step: Any) -> None:
    if any(isinstance(value, float) and not math.isfinite(value) for value in (start, end)):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError(f"upper bound and lower bound inconsistent with step sign: from {start} to {end} by {step}")


def _line(name: str, count: int, start: Any, step: Any, kind: Any, out: Any, device: Any, requires_grad: bool) -> Any:
    """Count in the widest type and round once."""
    wide = INT64 if all(isinstance(value, int) for value in (start, step)) else numpy.dtype("f8")
    with devices.on(devices.resolve(device)) as xp:
        array = (start + step * xp.arange(count, dtype=wide)).astype(kind)
    return _finished(array, requires_grad) if out is None else put(out, wrap(array), name)


def linspace(start: Any, end: Any, steps: int, *, out: Any = None, dtype: Any = None, layout: Any = None,
             device: Any = None, requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return `steps` values from `start` to `end`, evenly spaced, both included.

    Raises RuntimeError for a negative number of steps.

    >>> linspace(0.0, 1.0, 5)
    >>> linspace(3, 10, 4)
    """
    return _spaced("linspace", start, end, steps, out, dtype, device, requires_grad, lambda xp, line: line)


def logspace(start: Any, end: Any, steps: int, base: float = 10.0, *, out: Any = None, dtype: Any = None,
             layout: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return `steps` powers of `base`, their exponents evenly spaced from `start` to `end`.

    >>> logspace(0.0, 2.0, 5)
    """
    return _spaced("logspace", start, end, steps, out, dtype, device, requires_grad, lambda xp, line: xp.power(base, line))


def _spaced(name: str, start: Any, end: Any, steps: int, out: Any, dtype: Any, device: Any, requires_grad: bool,
            finish: Callable[[Any, Array], Array]) -> Any:
    start, end = (value.item() if isinstance(value, TensorBase) else value for value in (start, end))
    if isinstance(steps, float):
        raise TypeError(f"{name}() received an invalid combination of arguments: steps must be an int, not {steps!r}")
    if steps < 0:
        raise RuntimeError(f"number of steps must be non-negative, not {steps}")
    is_complex = isinstance(start, complex) or isinstance(end, complex)
    kind = default_complex() if dtype is None and out is None and is_complex else _kind(name, dtype, out)
    with devices.on(devices.resolve(device)) as xp:
        array = finish(xp, _even(xp, start, end, steps, kind)).astype(kind)
    return _finished(array, requires_grad) if out is None else put(out, wrap(array), name)


def _even(xp: Any, start: Any, end: Any, steps: int, kind: Any) -> Array:
    """Count up from the start in the first half and down from the end in the second, so that both ends are exact."""
    if kind.kind in "iu":
        start, end = number_for(kind, start), number_for(kind, end)
    step = (end - start) / max(steps - 1, 1)
    places = xp.arange(steps, dtype=numpy.dtype("f8"))
    line = start + step * places
    second = places >= steps // 2
    return xp.where(second & (steps > 1), end - step * (steps - 1 - places), line)


def eye(n: int, m: int | None = None, *, out: Any = None, dtype: Any = None, layout: Any = None, device: Any = None,
        requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return ones on the diagonal of an (n, m) matrix of zeros.

    >>> eye(3)
    >>> eye(2, 4)
    """
    if n < 0 or (m is not None and m < 0):
        raise RuntimeError(f"n and m must be greater or equal to 0, got {n} and {m}")
    return _shaped("eye", (n, n if m is None else m), lambda xp, shape, kind: xp.eye(*shape, dtype=kind), out, dtype,
                   device, requires_grad)


def empty_strided(size: Size, stride: Size, *, dtype: Any = None, layout: Any = None, device: Any = None,
                  requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return an uninitialised tensor with the given strides, in elements."""
    shape, steps = sizes_of((size,)), sizes_of((stride,))
    reach = 1 + sum((n - 1) * step for n, step in zip(shape, steps, strict=True)) if all(shape) else 0
    flat = empty(reach, dtype=dtype, device=device)._array
    view = strided_view(flat, shape, tuple(step * flat.itemsize for step in steps))
    return _finished(view, requires_grad)


def empty_permuted(size: Size, physical_layout: Sequence[int], *, dtype: Any = None, layout: Any = None,
                   device: Any = None, requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return an uninitialised tensor whose dims lie in memory in the order of `physical_layout`."""
    shape = sizes_of((size,))
    order = sizes_of((physical_layout,))
    if sorted(order) != list(range(len(shape))):
        raise RuntimeError(f"Number of dimensions in size does not match the length of the physical_layout, or the layout "
                           f"is no permutation: {list(shape)} with {list(order)}")
    dense = empty(tuple(shape[dim] for dim in order), dtype=dtype, device=device)._array
    back = sorted(range(len(order)), key=order.__getitem__)
    return _finished(dense.transpose(back), requires_grad)


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, layout: Any = None, device: Any = None,
                 requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return the (2, N) row and column numbers of the lower triangle, row by row.

    >>> tril_indices(3, 3)
    """
    return _triangle(lambda xp, ones: xp.tril(ones, offset), row, col, dtype, device, requires_grad)


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, layout: Any = None, device: Any = None,
                 requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """Return the (2, N) row and column numbers of the upper triangle, row by row.

    >>> triu_indices(3, 3, 1)
    """
    return _triangle(lambda xp, ones: xp.triu(ones, offset), row, col, dtype, device, requires_grad)


def _triangle(part: Callable[[Any, Array], Array], row: int, col: int, dtype: Any, device: Any,
              requires_grad: bool) -> Any:
    if row < 0 or col < 0:
        raise RuntimeError(f"row and col must be non-negative, got {row} and {col}")
    target = INT64 if dtype is None else as_numpy(dtype)
    if target.kind not in "iu":
        raise NotImplementedError(f"tril_indices and triu_indices are whole numbers, not {dtype}")
    with devices.on(devices.resolve(device)) as xp:
        places = xp.stack(xp.nonzero(part(xp, xp.ones((row, col), bool))))
    return _finished(places.astype(target), requires_grad)
