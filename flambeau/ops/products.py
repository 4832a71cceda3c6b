"""Products of many elements, all at once or one after the other, with gradients that survive zeros."""
from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from operator import mul as times
from typing import TYPE_CHECKING, Any

from flambeau.dispatch.layout import row_by_row
from flambeau.dispatch.op import op
from flambeau.ops.addressing import from_start
from flambeau.ops.complex_numbers import real
from flambeau.ops.dims import axis_of, holds, is_complex
from flambeau.ops.flat import flat
from flambeau.ops.flipping import flip
from flambeau.ops.joining import stack
from flambeau.ops.reduction import narrowed, restore_dims, widened
from flambeau.ops.shape import reshape
from flambeau.ops.splitting import unbind

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def _prod_gradient(g: Tensor, input: Tensor, out: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    shape = tuple(input.shape)
    if is_complex(input) and not is_complex(out):
        input = real(input)  # what was multiplied
    if not holds(input == 0):
        return restore_dims(g * out, shape, dim, keepdim) / input
    if dim is None:
        return reshape(_product_of_others(reshape(input, (-1,)), 0), shape) * g
    return restore_dims(g, shape, dim, keepdim) * _product_of_others(input, dim)


def _product_of_others(input: Tensor, dim: int) -> Tensor:
    """Return at each place the product of all elements along `dim` but this one."""
    if not input.ndim:
        return flat(input) + 1
    slices = unbind(input, dim)
    before = list(_running(slices))
    behind = reversed(list(_running(slices[::-1])))
    return stack([a * b for a, b in zip(before, behind, strict=True)], dim)


def _running(slices: Any) -> Iterator[Any]:
    """The products of the slices before each."""
    return accumulate(slices[:-1], times, initial=flat(slices[0]) + 1)


@op(layout=row_by_row, grad={"input": lambda g, input, out, dim, keepdim: _prod_gradient(g, input, out, dim, keepdim)})
def prod(input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Multiply the elements along `dim`, or all of them.

    >>> prod(randn(2, 3))
    >>> prod(randn(2, 3), 1, keepdim=True)
    >>> prod(tensor([[0.0, 2.0, 3.0], [0.0, 0.0, 3.0]]), dim=1)
    """
    input, work, target = widened(input, dtype)
    return narrowed(input.prod(axis_of(dim, input.ndim), work, keepdims=keepdim), target)


def _cumprod_gradient(g: Tensor, input: Tensor, out: Tensor, dim: int) -> Tensor:
    if not input.ndim:
        return g
    if is_complex(input) and not is_complex(out):
        input = real(input)  # what was multiplied
    if not holds(input == 0):
        return _sum_of_later(g * out, dim) / input
    slices = unbind(input, dim)
    later: list[Any] = []
    for part, after in zip(reversed(unbind(g, dim)), (None, *reversed(slices[1:])), strict=True):
        later.append(part if after is None else part + after * later[-1])
    return stack([a * b for a, b in zip(_running(slices), reversed(later), strict=True)], dim)


def _sum_of_later(g: Tensor, dim: int) -> Tensor:
    """Add up, for each place along `dim`, what is there and behind."""
    return flip(cumsum(flip(g, (dim,)), dim), (dim,)) if g.ndim else g


def _along(input: Any, name: str, dim: int, dtype: Any) -> Any:
    """Accumulate along `dim` in a dtype wide enough."""
    input, work, target = widened(input, dtype)
    axis = from_start(dim, input.ndim)
    return narrowed(getattr(input, name)(axis, work), target) if input.ndim else input.astype(target)


@op(layout=row_by_row, grad={"input": lambda g, dim: _sum_of_later(g, dim)})
def cumsum(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """Add up along `dim`, keeping every step.

    >>> cumsum(randn(2, 3), 1)
    >>> cumsum(randn(2, 3), dim=0, dtype=float64)
    """
    return _along(input, "cumsum", dim, dtype)


@op(layout=row_by_row, grad={"input": lambda g, input, out, dim: _cumprod_gradient(g, input, out, dim)})
def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """Multiply along `dim`, keeping every step.

    >>> cumprod(randn(2, 3), 1)
    >>> cumprod(tensor([[1.0, 0.0, 3.0, 2.0]]), dim=1)
    """
    return _along(input, "cumprod", dim, dtype)
