"""Ops that change how the same values are kept: dtype, device, memory."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import namespace_of
from flambeau.core.device import device_of, moved
from flambeau.dispatch.op import op

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(grad={"input": lambda g: g}, grad_name="ToCopyBackward0")
def cast(input: Tensor, dtype: Any) -> Tensor:
    """Copy `input` in another NumPy dtype; complex numbers lose their imaginary part on the way to real ones."""
    if input.dtype.kind == "c" and dtype.kind not in "cb":
        input = input.real
    return input.astype(dtype)


@op(grad={"input": lambda g, source: move(g, source)}, grad_name="ToCopyBackward0")
def _move(input: Tensor, place: Any, source: Any) -> Tensor:
    return moved(input, place)


def move(input: Tensor, place: Any) -> Tensor:
    """Copy `input` to another device; its gradient comes back to where it was."""
    return _move(input, place, device_of(getattr(input, "_array", input)))


@op(grad={"input": lambda g: g})
def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Copy `input`, keeping the order of its dims in memory.

    >>> clone(randn(2, 3))
    >>> clone(randn())
    """
    return namespace_of(input).array(input, copy=True, order="K")


@op(grad={"input": lambda g: g}, grad_name="CloneBackward0")
def _contiguous(input: Tensor) -> Tensor:
    return namespace_of(input).array(input, copy=True, order="C")


def contiguous_clone(input: Tensor) -> Tensor:
    """Copy `input` with its elements in row-major order in memory."""
    return _contiguous(input)


def contiguous(input: Tensor, memory_format: Any = None) -> Tensor:
    """Return `input` with its elements in row-major order in memory: itself when they are already."""
    return input if input._array.flags.c_contiguous else _contiguous(input)
