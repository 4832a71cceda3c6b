"""Ops that change how the same values are kept: dtype, device, memory."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of
from flambeau.core.device import device_of, moved
from flambeau.core.dtype import refuse_packed
from flambeau.core.layout import channels_last, channels_last_3d, contiguous_format, preserve_format
from flambeau.dispatch.layout import as_input
from flambeau.dispatch.op import op

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(layout=as_input, grad={"input": lambda g: g}, grad_name="ToCopyBackward0")
def cast(input: Tensor, dtype: Any) -> Tensor:
    """Copy `input` in another NumPy dtype; complex numbers lose their imaginary part on the way to real ones."""
    if input.dtype != dtype:
        refuse_packed(input.dtype, "copy_")
        refuse_packed(dtype, "copy_")
    if input.dtype.kind == "c" and dtype.kind not in "cb":
        input = input.real
    return input.astype(dtype)


@op(grad={"input": lambda g, source: move(g, source)}, grad_name="ToCopyBackward0")
def _move(input: Tensor, place: Any, source: Any) -> Tensor:
    return moved(input, place)


def move(input: Tensor, place: Any) -> Tensor:
    """Copy `input` to another device; its gradient comes back to where it was."""
    return _move(input, place, device_of(getattr(input, "_array", input)))


# In which order the dims lie in memory, the slowest first.
_ORDERS = {channels_last: (0, 2, 3, 1), channels_last_3d: (0, 2, 3, 4, 1)}


def _order(memory_format: Any, ndim: int) -> tuple[int, ...]:
    """Return the order of the dims in memory.

    Raises RuntimeError where a format is for another number of dims.
    """
    order = _ORDERS.get(memory_format, tuple(range(ndim)))
    if len(order) != ndim:
        raise RuntimeError(f"required rank {len(order)} tensor to use {memory_format.name} format, but got {ndim} dims")
    return order


def is_laid_out(array: Array, memory_format: Any) -> bool:
    """Say whether the elements are dense in memory in the order of a memory format."""
    if memory_format in (None, contiguous_format):
        return bool(array.flags.c_contiguous)
    order = _ORDERS[memory_format]
    return len(order) == array.ndim and bool(array.transpose(order).flags.c_contiguous)


def _as_asked(result: Array, args: tuple[Any, ...]) -> Array:
    return as_input(result, args) if args[1] in (None, preserve_format) else result


@op(layout=_as_asked, grad={"input": lambda g: g})
def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Copy `input`, keeping the order of its dims in memory, or in the order of `memory_format`.

    >>> clone(randn(2, 3))
    >>> clone(randn())
    >>> clone(randn(1, 2, 2, 3), memory_format=channels_last)
    """
    if memory_format is None or memory_format is preserve_format:
        return namespace_of(input).array(input, copy=True, order="K")
    order = _order(memory_format, input.ndim)
    back = sorted(range(len(order)), key=order.__getitem__)
    return namespace_of(input).array(input.transpose(order), copy=True, order="C").transpose(back)


def contiguous(input: Tensor, memory_format: Any = contiguous_format) -> Tensor:
    """Return `input` with its elements in row-major order in memory, or that of a memory format: itself if they are."""
    if memory_format is preserve_format:
        raise RuntimeError("preserve memory format is unsupported by the contiguous operator; use clone()")
    if is_laid_out(getattr(input, "_array", input), memory_format):
        return input
    return clone(input, memory_format=memory_format)


def in_format(input: Tensor, memory_format: Any) -> Tensor:
    """Return `input` in a memory format: itself, gaps and all, if its dims are in that order, as `to` has it."""
    from flambeau.ops.memory_order import memory_order

    if memory_order(getattr(input, "_array", input)) == _order(memory_format, input.ndim):
        return input
    return contiguous(input, memory_format)
