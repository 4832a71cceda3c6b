"""Random tensors of a shape: `rand`, `randn`, `randint`, `randperm`, and those like another tensor."""
from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core import device as devices
from flambeau.core.arrays import Array, namespace_of
from flambeau.core.dtype import as_numpy, default_float, from_numpy, int64
from flambeau.core.random import Generator, chosen, distributions
from flambeau.core.random.choices import permutation
from flambeau.core.random.integers import C_NAMES, checked_range, integers, largest
from flambeau.core.tensor import TensorBase, wrap
from flambeau.dispatch import batching
from flambeau.dispatch.inplace import pytorch_name
from flambeau.dispatch.outs import put

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

Shape = tuple[int, ...]
Size = int | Sequence[int]

REAL = frozenset({"float16", "bfloat16", "float32", "float64"})
CONTINUOUS = REAL | {"complex64", "complex128"}


# ------------------------------------------------------------------------------- from a shape


def rand(*args: Size, size: Size | None = None, generator: Generator | None = None, out: Tensor | None = None,
         dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
         pin_memory: bool | None = False) -> Tensor:
    """Draw numbers from [0, 1).

    >>> rand(2, 3)
    >>> rand((2, 3), dtype=float64)
    """
    kind = floating(dtype, out, "check_uniform_bounds")
    place, shape = place_of(device, out), shape_of("rand", args, size)
    return finished("rand", draw(generator, place, distributions.uniform, shape, kind), out, requires_grad)


def randn(*args: Size, size: Size | None = None, generator: Generator | None = None, out: Tensor | None = None,
          dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False,
          pin_memory: bool | None = False) -> Tensor:
    """Draw numbers from the normal distribution of mean 0 and standard deviation 1.

    >>> randn(2, 3)
    """
    kind = floating(dtype, out, "normal_kernel_cpu")
    place, shape = place_of(device, out), shape_of("randn", args, size)
    return finished("randn", draw(generator, place, distributions.normal, shape, kind), out, requires_grad)


def randint(*args: Any, low: int | None = None, high: int | None = None, size: Size | None = None,
            generator: Generator | None = None, out: Tensor | None = None, dtype: Any = None, layout: Any = None,
            device: Any = None, requires_grad: bool = False, pin_memory: bool | None = False) -> Tensor:
    """Draw whole numbers from `low` (0 when not given) to `high` - 1.

    >>> randint(10, (2, 3))
    >>> randint(-5, 5, (2, 3))
    """
    low, high, size = bounds_and_size(args, low, high, size)
    kind = chosen_dtype(dtype, out, int64.numpy)
    shape = shape_of("randint", (), size)
    start, end = checked_range(kind, whole("randint", "low", low), whole("randint", "high", high))
    return finished("randint", draw(generator, place_of(device, out), integers, shape, kind, start, end), out,
                    requires_grad)


def randperm(n: int, *, generator: Generator | None = None, out: Tensor | None = None, dtype: Any = None,
             layout: Any = None, device: Any = None, requires_grad: bool = False,
             pin_memory: bool | None = False) -> Tensor:
    """Return 0, 1, …, n - 1 in random order.

    >>> randperm(5)
    """
    kind = chosen_dtype(dtype, out, int64.numpy)
    (count,) = shape_of("randperm", (n,), None)
    if kind.kind in "bc":
        raise NotImplementedError(f'"randperm" not implemented for \'{pytorch_name(kind)}\'; choose an integer dtype')
    if count - 1 > largest(kind):
        raise RuntimeError(f"value cannot be converted to type {C_NAMES[kind.name]} without overflow: randperm({n}) "
                           f"counts further than {from_numpy(kind)}")
    return finished("randperm", draw(generator, place_of(device, out), permutation, count, kind), out, requires_grad)


# --------------------------------------------------------------------- like another tensor


def rand_like(input: Tensor, *, generator: Generator | None = None, dtype: Any = None, layout: Any = None,
              device: Any = None, pin_memory: bool | None = False, requires_grad: bool = False,
              memory_format: Any = None) -> Tensor:
    """Draw numbers from [0, 1), as many as `input` has.

    >>> rand_like(zeros(2, 3))
    """
    kind = floating(dtype, input, "check_uniform_bounds")
    array = like(input, device, memory_format, generator, lambda shape, _: (distributions.uniform, shape, kind))
    return finished("rand_like", array, None, requires_grad)


def randn_like(input: Tensor, *, generator: Generator | None = None, dtype: Any = None, layout: Any = None,
               device: Any = None, pin_memory: bool | None = False, requires_grad: bool = False,
               memory_format: Any = None) -> Tensor:
    """Draw numbers from the standard normal distribution, as many as `input` has.

    >>> randn_like(zeros(2, 3))
    """
    kind = floating(dtype, input, "normal_kernel_cpu")
    array = like(input, device, memory_format, generator,
                 lambda shape, order: (distributions.normal, shape, kind, 0.0, 1.0, order is not None))
    return finished("randn_like", array, None, requires_grad)


def randint_like(input: Tensor, *args: int, low: int | None = None, high: int | None = None,
                 generator: Generator | None = None, dtype: Any = None, layout: Any = None, device: Any = None,
                 pin_memory: bool | None = False, requires_grad: bool = False, memory_format: Any = None) -> Tensor:
    """Draw whole numbers from `low` (0 when not given) to `high` - 1, as many as `input` has.

    >>> randint_like(zeros(2, 3), 10)
    """
    low, high, _ = bounds_and_size((*args, ()), low, high, None)
    kind = chosen_dtype(dtype, input, int64.numpy)
    start, end = checked_range(kind, whole("randint_like", "low", low), whole("randint_like", "high", high))
    array = like(input, device, memory_format, generator, lambda shape, _: (integers, shape, kind, start, end))
    return finished("randint_like", array, None, requires_grad)


def like(input: Any, device: Any, memory_format: Any, generator: Generator | None, call: Any) -> Array:
    """Draw for the shape of a tensor, keeping the order of its dims in memory unless another one is asked for."""
    place = devices.device_of(input._array) if device is None else devices.resolve(device)
    template = laid_out(input._array, str(memory_format))
    return in_memory_order(template, lambda shape, order: draw(generator, place, *call(shape, order)))


def laid_out(array: Array, memory_format: str) -> Array:
    """Return an array of the same shape whose dims lie in memory as the format says."""
    if memory_format.endswith("contiguous_format"):
        return namespace_of(array).empty(array.shape, array.dtype)
    if "channels_last" in memory_format:
        last = (0, *range(2, array.ndim), 1)
        return namespace_of(array).empty([array.shape[dim] for dim in last]).transpose(inverse(last))
    return namespace_of(array).empty_like(array)


def in_memory_order(array: Array, draw_shape: Any) -> Array:
    """Draw values in the order in which the elements of `array` lie in memory; return them in its shape.

    `draw_shape(shape, order)` draws them; `order` says how the dims were moved, None for row order. PyTorch has another
    way of drawing normal numbers into memory that is not in row order.
    """
    if array.flags.c_contiguous:
        return draw_shape(array.shape, None)
    order = sorted(range(array.ndim), key=lambda dim: -array.strides[dim])
    return draw_shape(tuple(array.shape[dim] for dim in order), order).transpose(inverse(order))


def inverse(order: Sequence[int]) -> Shape:
    return tuple(sorted(range(len(order)), key=order.__getitem__))


# ----------------------------------------------------------------------------------- arguments


def draw(generator: Generator | None, place: devices.device, distribution: Any, *args: Any) -> Array:
    return batching.drawn(functools.partial(chosen(generator, place).draw, distribution), args)


def draw_beside(array: Array, distribution: Any, *args: Any) -> Array:
    """Draw from the default generator of the device where `array` is."""
    return draw(None, devices.device_of(array), distribution, *args)


def finished(name: str, array: Array, out: Any, requires_grad: bool) -> Any:
    """Wrap drawn numbers, or put them into `out`."""
    tensor: Any = wrap(array)
    if out is not None:
        return put(out, tensor, name)
    if requires_grad:
        tensor.requires_grad = True
    return tensor


def place_of(device: Any, out: Any) -> devices.device:
    _check_tensor(out)
    return devices.resolve(device) if out is None else devices.device_of(out._array)


def _check_tensor(value: Any) -> None:
    if value is not None and not isinstance(value, TensorBase):
        raise TypeError(f"argument must be Tensor, not {type(value).__name__}")


def chosen_dtype(dtype: Any, like: Any, default: Any) -> Any:
    """Return the NumPy type asked for, else that of a tensor, else the default."""
    if dtype is not None:
        return as_numpy(dtype)
    _check_tensor(like)
    return default if like is None else like._array.dtype


def floating(dtype: Any, like: Any, kernel: str) -> Any:
    """Return the dtype to draw continuous numbers in.

    Raises NotImplementedError for integers, as PyTorch's `kernel` does.
    """
    found = chosen_dtype(dtype, like, default_float())
    if found.name not in CONTINUOUS:
        raise NotImplementedError(f'"{kernel}" not implemented for \'{pytorch_name(found)}\'; choose a float dtype')
    return found


def shape_of(name: str, args: Sequence[Any], size: Any) -> Shape:
    """Return the shape given as numbers, as one sequence, or as `size=`.

    Raises TypeError for other things, RuntimeError for a negative size.
    """
    if size is None:
        if not args:
            raise TypeError(f"{name}() received an invalid combination of arguments: give the size")
        size = args[0] if len(args) == 1 and isinstance(args[0], tuple | list) else args
    sizes = tuple(whole(name, "size", n) for n in (size if isinstance(size, tuple | list) else (size,)))
    if min(sizes, default=0) < 0:
        raise RuntimeError(f"Trying to create tensor with negative dimension {min(sizes)}: {list(sizes)}")
    return sizes


def bounds_and_size(args: tuple[Any, ...], low: Any, high: Any, size: Any) -> tuple[Any, Any, Any]:
    """Sort out randint(high, size), randint(low, high, size), and any of them by keyword."""
    rest = list(args)
    if size is None and rest and isinstance(rest[-1], tuple | list):
        size = rest.pop()
    if rest and high is None:
        high = rest.pop()
    if rest and low is None:
        low = rest.pop()
    if rest or high is None:
        raise TypeError("randint() received an invalid combination of arguments: give (high, size) or "
                        "(low, high, size)")
    return 0 if low is None else low, high, size


def whole(name: str, argument: str, value: Any) -> int:
    """Return a whole number, given as such or as a tensor that holds one."""
    if isinstance(value, TensorBase):
        value = value._array.item()
    try:
        return operator.index(value)
    except TypeError:
        expected = "tuple of ints" if argument == "size" else "int"
        raise TypeError(f"{name}(): argument '{argument}' must be {expected}, not {type(value).__name__}") from None
