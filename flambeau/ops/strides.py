"""Views made by arithmetic on strides: windows, diagonals, any layout at all."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import Array, namespace_of, owner_of, strided_view, strides_in_elements
from flambeau.core.memory import address_of
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.op import composite, op
from flambeau.ops.addressing import from_start
from flambeau.ops.dims import Sizes, array_of, sizes_of
from flambeau.ops.indexing import scattered
from flambeau.ops.parts import diagonal_copied, diagonal_view
from flambeau.ops.shape import reshape

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(view=True, grad={
    "input": lambda g, input_shape, offset, dim1, dim2: diagonal_backward(g, input_shape, offset, dim1, dim2)})
def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """Look at a diagonal of the plane of two dims; it becomes the last dim.

    >>> diagonal(randn(3, 4))
    >>> diagonal(randn(3, 4), 1)
    >>> diagonal(randn(2, 3, 4), -1, dim1=1, dim2=2)
    """
    return diagonal_view(input, offset, dim1, dim2)


@op(grad={"grad": lambda g, offset, dim1, dim2: diagonal(g, offset, dim1, dim2)})
def diagonal_backward(grad: Tensor, shape: Sizes, offset: int, dim1: int, dim2: int) -> Tensor:
    """Put `grad` on a diagonal of zeros.

    >>> diagonal_backward(randn(3), (3, 4), 0, 0, 1)
    """
    result = namespace_of(grad).zeros(shape, grad.dtype)
    diagonal_view(result, offset, dim1, dim2)[...] = grad
    return result


@composite
def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Make matrices of zeros, with the last dim of `input` on a diagonal.

    >>> diag_embed(randn(2, 3))
    >>> diag_embed(randn(2, 3), offset=1, dim1=0, dim2=2)
    """
    shape = list(input.shape)
    dim1, dim2 = from_start(dim1, len(shape) + 1), from_start(dim2, len(shape) + 1)
    if dim1 == dim2:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    size = shape.pop() + abs(offset)
    for dim in sorted((dim1, dim2)):
        shape.insert(dim, size)
    return diagonal_backward(input, tuple(shape), offset, dim1, dim2)


@composite
def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """Return a matrix with a vector on its diagonal, or the diagonal of a matrix.

    >>> diag(randn(3))
    >>> diag(randn(3), 1)
    >>> diag(randn(3, 4), -1)
    """
    if input.ndim == 1:
        return diag_embed(input, diagonal)
    if input.ndim != 2:
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    return diagonal_copied(input, diagonal, 0, 1)


@composite
def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """Put all elements on the diagonal of a matrix.

    >>> diagflat(randn(2, 2), 1)
    """
    return diag_embed(reshape(input, (-1,)), offset)


@op(view=True, grad={
    "input": lambda g, input_shape, dimension, size, step: unfold_backward(g, input_shape, dimension, size, step)})
def unfold(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """Look at every window of `size` elements along a dim, `step` apart; the elements become the last dim."""
    dim = from_start(dimension, input.ndim)
    length, stride = (input.shape[dim], input.strides[dim]) if input.ndim else (1, input.itemsize)
    if step <= 0 or size < 0 or size > length:
        raise RuntimeError(f"maximum size for tensor at dimension {dim} is {length} but size is {size}" if step > 0 else
                           f"step is {step} but must be > 0")
    if not input.ndim:
        return strided_view(input, (size,), (stride,))
    windows = (*input.shape[:dim], (length - size) // step + 1, *input.shape[dim + 1:], size)
    return strided_view(input, windows, (*input.strides[:dim], stride * step, *input.strides[dim + 1:], stride))


@op(grad={"grad": lambda g, dimension, size, step: unfold(g, dimension, size, step)})
def unfold_backward(grad: Tensor, shape: Sizes, dimension: int, size: int, step: int) -> Tensor:
    """Add each element of each window back to where it came from.

    >>> unfold_backward(randn(3, 2), (4,), 0, 2, 1)
    """
    result = namespace_of(grad).zeros(shape, grad.dtype)
    if not shape:
        result += grad.sum()
        return result
    dim = from_start(dimension, len(shape))
    along = (slice(None),) * dim
    lines = _stepwise(grad, dim, size, step)[(*along, slice(0, shape[dim]))]
    result[(*along, slice(0, lines.shape[dim]))] = lines
    return result


def _stepwise(grad: Array, dim: int, size: int, step: int) -> Array:
    """Add windows up along `dim`, piece by piece, each as long as a step: equal pieces of two windows never meet."""
    count, pieces = grad.shape[dim], -(-size // step)
    rest = grad.shape[dim + 1:-1]
    rows = namespace_of(grad).zeros((*grad.shape[:dim], count + pieces, step, *rest), grad.dtype)
    for i in range(pieces):
        piece = namespace_of(grad).moveaxis(grad[..., i * step:(i + 1) * step], -1, dim + 1)
        rows[(*(slice(None),) * dim, slice(i, i + count), slice(0, piece.shape[dim + 1]))] += piece
    return rows.reshape(*grad.shape[:dim], (count + pieces) * step, *rest)


@op(view=True, grad={"input": lambda g, source, size, stride, offset: _gathered_back(g, source, size, stride, offset)})
def _as_strided(input: Tensor, size: Sizes, stride: Sizes, offset: int, source: tuple[Sizes, Sizes]) -> Tensor:
    """`offset`: from the first element of `input`. `source`: its shape and strides. All in elements."""
    return _laid_out(input, size, stride, offset)


def _laid_out(array: Array, size: Sizes, stride: Sizes, offset: int) -> Array:
    item = array.itemsize
    memory = _memory_of(owner_of(array)).view("u1")  # all of it: the offset may be negative
    begin = address_of(array) - address_of(memory) + offset * item
    reach = sum((n - 1) * step for n, step in zip(size, stride, strict=True)) * item + item
    if 0 not in size and not 0 <= begin <= begin + reach <= len(memory):  # also where the tape takes this step on a copy
        raise RuntimeError(f"as_strided: sizes {list(size)}, strides {list(stride)}, offset {offset} reach out of the memory, "
                           f"which ends {(len(memory) - begin) // item + offset} elements on")
    elements = memory[begin:len(memory) - (len(memory) - begin) % item].view(array.dtype)
    return strided_view(elements, size, tuple(step * item for step in stride))


def _memory_of(array: Array) -> Array:
    """The memory from the first element of `array` on, in one dim."""
    count = sum((n - 1) * s for n, s in zip(array.shape, array.strides, strict=True)) // array.itemsize + 1
    return strided_view(array, (count if array.size else 0,), (array.itemsize,))


def _gathered_back(g: Any, source: tuple[Sizes, Sizes], size: Sizes, stride: Sizes, offset: int) -> Any:
    """Add each element of `g` to the element of the source that it was read from."""
    shape, steps = source
    index = _elements_read(namespace_of(array_of(g)), shape, steps, size, stride, offset)
    count = 1
    for n in shape:
        count *= n
    whole = scattered(g, [_like(g, index)], (count + 1,), (0,))
    return reshape(whole[:count], shape)


def _like(g: Any, index: Array) -> Any:
    from flambeau.core.tensor import wrap

    return wrap(index) if isinstance(g, TensorBase) else index


def _elements_read(xp: Any, shape: Sizes, steps: Sizes, size: Sizes, stride: Sizes, offset: int) -> Array:
    """Number, in the source, of the element at each place of the view; one past the last for memory in between."""
    have, want = _positions(xp, shape, steps, 0), _positions(xp, size, stride, offset)
    low = min(0, int(want.min(initial=0)))
    high = max(int(have.max(initial=0)), int(want.max(initial=0)))
    number = xp.full(high - low + 1, have.size)
    number[have.reshape(-1) - low] = xp.arange(have.size)
    return number[want - low]


def _positions(xp: Any, shape: Sizes, steps: Sizes, offset: int) -> Array:
    places = xp.full((1,) * len(shape), offset)
    for dim, (n, step) in enumerate(zip(shape, steps, strict=True)):
        places = places + (xp.arange(n) * step).reshape((-1, *(1,) * (len(shape) - dim - 1)))
    return places


def storage_offset(input: Tensor) -> int:
    """Return how many elements into its memory a tensor begins."""
    view = input._view
    if view is None:
        return 0
    return (address_of(input._array) - address_of(view.base._array)) // input._array.itemsize


def strides_of(tensor: Any) -> Sizes:
    """Return strides in elements."""
    return strides_in_elements(array_of(tensor))


def as_strided(input: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None) -> Tensor:
    """Look at the memory of `input` with any shape and strides, counted in elements.

    >>> as_strided(randn(6), (2, 2), (3, 1))  # reads memory
    >>> as_strided(randn(7), (2, 3), (1, 2), 1)  # reads memory
    """
    size, stride = sizes_of((size,)), sizes_of((stride,))
    if len(size) != len(stride):
        raise RuntimeError(f"mismatch in length of strides and shape: {len(stride)} strides for {len(size)} dims")
    if min(stride, default=0) < 0:
        raise RuntimeError(f"as_strided: Negative strides are not supported at the moment, got strides: {list(stride)}")
    offset = 0 if storage_offset is None else storage_offset - _offset(input)
    _check_bounds(input, size, stride, offset)
    return _as_strided(input, size, stride, offset, (tuple(input.shape), strides_of(input)))


_offset = storage_offset


def _check_bounds(input: Tensor, size: Sizes, stride: Sizes, offset: int) -> None:
    base = input if input._view is None else input._view.base
    start = offset + _offset(input)
    reach = start + sum((n - 1) * step for n, step in zip(size, stride, strict=True)) + 1 if 0 not in size else 0
    room = 1 + sum((n - 1) * step for n, step in zip(base.shape, strides_of(base), strict=True)) if base._array.size else 0
    if reach > room or start < 0:
        raise RuntimeError(f"setStorage: sizes {list(size)}, strides {list(stride)}, storage offset {start}, requiring a "
                           f"storage size of {reach * input._array.itemsize} are out of bounds for storage of size "
                           f"{room * input._array.itemsize}")


def fill_diagonal_(self: Tensor, fill_value: float, wrap: bool = False) -> Tensor:
    """Write one value along the main diagonal. With `wrap`, the diagonal of a tall matrix starts again below its end.

    Raises RuntimeError for vectors, and for more than two dims of different sizes.
    """
    if self.ndim < 2:
        raise RuntimeError("dimensions must larger than 1")
    if self.ndim > 2 and len(set(self.shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    if self.ndim > 2:
        self.as_strided((self.shape[0],), (sum(self.stride()),), self.storage_offset()).fill_(fill_value)
        return self
    rows, columns = self.shape
    for start in range(0, rows if wrap else 1, columns + 1):
        self[start:].diagonal().fill_(fill_value)
    return self
