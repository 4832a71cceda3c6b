"""The largest and the smallest: their values, and where they are."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, is_array, namespace_of
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.layout import row_by_row
from flambeau.dispatch.op import SAME, composite, op
from flambeau.ops.addressing import from_start
from flambeau.ops.bounds import maximum, minimum
from flambeau.ops.dims import Dims, axis_of
from flambeau.ops.masking import choose
from flambeau.ops.reduction import kept_dims, sum
from flambeau.ops.refusals import BOOL, COMPLEX, refuse
from flambeau.ops.selection import placed

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def shared_by_ties(g: Tensor, input: Tensor, out: Tensor, dim: Dims, keepdim: bool) -> Tensor:
    """Give every element that equals the extremum its share of the gradient."""
    best = kept_dims(out, input.shape, dim, keepdim)
    ties = (input == best) | ((input != input) & (best != best))
    return choose(ties, kept_dims(g, input.shape, dim, keepdim) / sum(ties, dim, True), 0.0)


def _in_shares(g: Tensor, input: Tensor, out: Tensor, dim: Dims, keepdim: bool) -> Tensor:
    """Do the same by multiplication, so that a NaN reaches all: PyTorch's rule for what is reduced along dims."""
    ties = input == kept_dims(out, input.shape, dim, keepdim)
    return kept_dims(g, input.shape, dim, keepdim) / sum(ties, dim, True) * ties


def _extremum(input: Array, which: str, dim: Dims, keepdim: bool) -> Array:
    refuse(COMPLEX, f"{which}_values_cpu", input)
    axis = axis_of(dim, input.ndim)
    if not input.size:
        refuse_empty(input, "amax" if which == "max" else "amin", dim)
    return getattr(input, which)(axis, keepdims=keepdim)


def refuse_empty(input: Array, name: str, dim: Dims) -> None:
    """Raise where nothing would be left to choose from."""
    if dim is None or dim == ():
        error = IndexError if name.startswith("arg") else RuntimeError
        raise error(f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction "
                           "dim with the 'dim' argument.")
    for d in (dim,) if isinstance(dim, int) else dim:
        if input.shape[from_start(d, input.ndim)] == 0:
            raise IndexError(f"{name}(): Expected reduction dim {d} to have non-zero size.")


@op(layout=row_by_row, promote=SAME, grad={
    "input": lambda g, input, out, dim, keepdim: _in_shares(g, input, out, dim, keepdim)})
def amax(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """Return the largest elements along `dim`, or of all; the gradient is shared by equals.

    >>> amax(randn(2, 3))
    >>> amax(tensor([[1.0, 2.0, 2.0], [3.0, 0.0, 3.0]]), 1)
    >>> amax(randn(2, 3, 2), (0, -1), keepdim=True)
    """
    return _extremum(input, "max", dim, keepdim)


@op(layout=row_by_row, promote=SAME, grad={
    "input": lambda g, input, out, dim, keepdim: _in_shares(g, input, out, dim, keepdim)})
def amin(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """Return the smallest elements along `dim`, or of all; the gradient is shared by equals.

    >>> amin(randn(2, 3))
    >>> amin(randn(2, 3), 0, keepdim=True)
    """
    return _extremum(input, "min", dim, keepdim)


@op(layout=row_by_row, promote=SAME, outputs=("min", "max"), named=True, grad={
    "input": lambda g_min, g_max, input, min, max, dim, keepdim:
        _in_shares(g_min, input, min, dim, keepdim) + _in_shares(g_max, input, max, dim, keepdim)})
def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """Return the smallest and the largest elements along `dim`, or of all.

    >>> aminmax(randn(2, 3))
    >>> aminmax(randn(2, 3), dim=1, keepdim=True)
    """
    if not input.size:
        refuse_empty(input, "aminmax", dim)
    refuse(COMPLEX, "aminmax_cpu", input)
    axis = axis_of(dim, input.ndim)
    return input.min(axis, keepdims=keepdim), input.max(axis, keepdims=keepdim)


def _place(input: Array, which: str, dim: int | None, keepdim: bool) -> Array:
    if not input.size:
        refuse_empty(input, which, dim)
    if input.dtype.kind == BOOL:
        raise RuntimeError(f"{which}(): does not support bool input; convert it to integers")
    refuse(COMPLEX, f"{which}_cpu", input)
    if dim is None or not input.ndim:
        axis_of(dim, input.ndim)  # a scalar has dim 0 and -1
        place = namespace_of(input).asarray(getattr(input, which)())
        return place.reshape((1,) * input.ndim) if keepdim else place
    return getattr(input, which)(from_start(dim, input.ndim), keepdims=keepdim)


@op(layout=row_by_row, promote=SAME)
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return where the largest element along `dim` is, or the largest of all when laid out flat; the first of equals.

    >>> argmax(randn(2, 3))
    >>> argmax(randn(2, 3), 1, keepdim=True)
    """
    return _place(input, "argmax", dim, keepdim)


@op(layout=row_by_row, promote=SAME)
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return where the smallest element along `dim` is, or the smallest of all when laid out flat; the first of equals.

    >>> argmin(randn(2, 3))
    >>> argmin(randn(2, 3), dim=-1)
    """
    return _place(input, "argmin", dim, keepdim)


def _best_along(name: str, place: str) -> Any:
    """Declare `max` or `min` along one dim."""
    def body(input: Tensor, dim: int, keepdim: bool = False) -> tuple[Tensor, Tensor]:
        if input.dtype.kind == COMPLEX:
            raise RuntimeError(f"{name}(): does not support complex input, which has no order")
        if not input.size:
            refuse_empty(input, name, dim)
        xp, axis = namespace_of(input), from_start(dim, input.ndim)
        if not input.ndim:
            return input.copy(), xp.zeros((), "i8")
        indices = getattr(input, place)(axis, keepdims=True)
        values = xp.take_along_axis(input, indices, axis)
        return (values, indices) if keepdim else (values.squeeze(axis), indices.squeeze(axis))

    body.__name__ = body.__qualname__ = f"_{name}"
    return op(layout=row_by_row, promote=SAME, outputs=("values", "indices"), named=True, grad={
        "input": lambda g_values, indices, input_shape, dim, keepdim: placed(g_values, indices, dim, input_shape, keepdim),
    })(body)


_max, _min = _best_along("max", "argmax"), _best_along("min", "argmin")


def _best_of_all(name: str) -> Any:
    """Declare `max` or `min` of all elements."""
    def body(input: Tensor) -> Tensor:
        return _extremum(input, name, (), False)

    body.__name__ = body.__qualname__ = f"_{name}_of_all"
    return op(layout=row_by_row, promote=SAME, grad={
        "input": lambda g, input, out: shared_by_ties(g, input, out, None, False)})(body)


_max_of_all, _min_of_all = _best_of_all("max"), _best_of_all("min")


def _is_tensor(value: Any) -> bool:
    return isinstance(value, TensorBase)


def _check_tensor(name: str, input: Any) -> None:
    if not _is_tensor(input) and not is_array(input):
        raise TypeError(f"{name}() received an invalid combination of arguments: input must be a Tensor, not "
                        f"{type(input).__name__}")


@composite
def max(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Tensor | None = None) -> Any:
    """Return the largest element; with a dim, the largest along it and where they are; with a tensor, the larger of each two.

    >>> max(randn(2, 3))
    >>> max(randn(2, 3), 1)
    >>> max(tensor([[1.0, 2.0, 2.0]]), dim=-1, keepdim=True)
    >>> max(randn(2, 3), randn(3))
    """
    _check_tensor("max", input)
    if other is not None or _is_tensor(dim):
        return maximum(input, dim if other is None else other)
    return _max_of_all(input) if dim is None else _max(input, dim, keepdim)


@composite
def min(input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Tensor | None = None) -> Any:
    """Return the smallest element; with a dim, the smallest along it and where; with a tensor, the smaller of each two.

    >>> min(randn(2, 3))
    >>> min(randn(2, 3), 0, True)
    >>> min(randn(2, 3), other=randn(3))
    """
    _check_tensor("min", input)
    if other is not None or _is_tensor(dim):
        return minimum(input, dim if other is None else other)
    return _min_of_all(input) if dim is None else _min(input, dim, keepdim)
