"""Dims in another order. All of these are views."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.dispatch.op import composite, op
from flambeau.ops.addressing import from_start
from flambeau.ops.complex_numbers import conj
from flambeau.ops.dims import Sizes, dims_of, is_complex, sizes_of

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


def inverse_of(order: Sizes) -> Sizes:
    """Return the permutation that undoes `order`."""
    return tuple(sorted(range(len(order)), key=order.__getitem__))


@op(view=True, grad={"input": lambda g, dims: _permute(g, inverse_of(dims))})
def _permute(input: Tensor, dims: Sizes) -> Tensor:
    return input.transpose(dims)


@composite
def permute(input: Tensor, dims: Sequence[int]) -> Tensor:
    """Put the dims in the order `dims`.

    >>> permute(randn(2, 3, 4), (2, 0, 1))
    >>> permute(randn(2, 3), (-1, 0))
    """
    order = sizes_of((dims,))
    if len(order) != input.ndim:
        raise RuntimeError(f"permute(sparse_coo): number of dimensions in the tensor input does not match the length of "
                           f"the desired ordering of dimensions i.e. input.dim() = {input.ndim} is not equal to len(dims) "
                           f"= {len(order)}")
    return _permute(input, dims_of(order, input.ndim) if order else ())


@op(view=True, grad={"input": lambda g, dim0, dim1: _transpose(g, dim0, dim1)})
def _transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    return input.swapaxes(dim0, dim1)


@composite
def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Exchange two dims.

    >>> transpose(randn(2, 3), 0, 1)
    >>> transpose(randn(2, 3, 4), -1, 0)
    """
    ndim = input.ndim
    dim0, dim1 = from_start(dim0, ndim), from_start(dim1, ndim)
    return _transpose(input, dim0, dim1) if ndim else _permute(input, ())


swapaxes = swapdims = transpose


@op(view=True, grad={"input": lambda g: t(g)})
def t(input: Tensor) -> Tensor:
    """Exchange the dims of a matrix; a vector or scalar stays as it is.

    >>> t(randn(2, 3))
    >>> t(randn(3))
    """
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D; use transpose()")
    return input.T


@composite
def movedim(input: Tensor, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """Put the dims `source` at the places `destination`; the others keep their order.

    >>> movedim(randn(2, 3, 4), 0, -1)
    >>> movedim(randn(2, 3, 4), (0, 1), (2, 0))
    """
    ndim = input.ndim
    source, destination = _as_list(source), _as_list(destination)
    if len(source) != len(destination):
        raise RuntimeError(f"movedim: Invalid source or destination dims: source ({source} dims) should contain the same "
                           f"number of dims as destination ({destination} dims)")
    if not source:
        return input
    _refuse_repeated("source", [from_start(d, ndim) for d in source], source)
    _refuse_repeated("destination", [from_start(d, ndim) for d in destination], destination)
    place_of = dict(zip((from_start(d, ndim) for d in destination), (from_start(d, ndim) for d in source), strict=True))
    rest = (d for d in range(ndim) if d not in place_of.values())
    return _permute(input, tuple(place_of[d] if d in place_of else next(rest) for d in range(ndim)))


moveaxis = movedim


def _as_list(dims: Any) -> list[int]:
    return [dims] if isinstance(dims, int) else list(dims)


def _refuse_repeated(what: str, dims: list[int], given: list[int]) -> None:
    if len(set(dims)) != len(dims):
        raise RuntimeError(f"movedim: repeated dim in `{what}` ({given})")


@composite
def adjoint(input: Tensor) -> Tensor:
    """Transpose matrices and conjugate their elements.

    >>> adjoint(randn(2, 3))
    """
    if input.ndim == 1:
        raise RuntimeError("tensor.adjoint() is only supported on matrices or batches of matrices. Got 1-D tensor.")
    turned = _transpose(input, -2, -1) if input.ndim else input
    return conj(turned) if is_complex(input) else turned


def matrix_transpose(input: Tensor) -> Tensor:
    """Exchange the last two dims."""
    if not input.ndim:
        return input
    if input.ndim < 2:
        raise RuntimeError(f"tensor.mT is only supported on matrices or batches of matrices. Got {input.ndim}-D tensor.")
    return _transpose(input, -2, -1)


def matrix_adjoint(input: Tensor) -> Tensor:
    """Exchange the last two dims and conjugate the elements."""
    return adjoint(input)


def conjugate_transpose(input: Tensor) -> Tensor:
    """Exchange the dims of one matrix and conjugate its elements."""
    if input.ndim not in (0, 2):
        raise RuntimeError(f"tensor.H is only supported on matrices (2-D tensors). Got {input.ndim}-D tensor.")
    return adjoint(input)


def reversed_dims(input: Tensor) -> Tensor:
    """Put the dims in the opposite order."""
    return _permute(input, tuple(reversed(range(input.ndim))))
