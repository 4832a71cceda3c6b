"""Parts of a tensor that lie regularly in its memory: views of them, their gradients, and copies with one replaced."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import namespace_of, strided_view
from flambeau.core.tensor import TensorBase
from flambeau.dispatch.layout import as_input
from flambeau.dispatch.op import composite, op
from flambeau.ops.addressing import fresh, from_start

if TYPE_CHECKING:
    from flambeau.tensor import Tensor

EVERYTHING = slice(None)


def _declare(grad_name: str) -> Any:
    """Make the view op; what PyTorch prints as its grad_fn depends on the last step of the key."""
    @op(view=True, grad={"input": lambda g, input_shape, key: zeros_around(g, input_shape, key)}, grad_name=grad_name)
    def part(input: Tensor, key: tuple[Any, ...]) -> Tensor:
        """Look at the part of `input` that a key of ints, slices, Nones and one Ellipsis picks.

        >>> part(randn(3, 4), (1, ...))
        >>> part(randn(3, 4), (..., slice(1, 4, 2)))
        >>> part(randn(3), (None, ...))
        """
        return input[key]

    return part


sliced, selected = _declare("SliceBackward0"), _declare("SelectBackward0")
unsqueezed, aliased = _declare("UnsqueezeBackward0"), _declare("AliasBackward0")


@op(grad={"grad": lambda g, key: sliced(g, key)})
def zeros_around(grad: Tensor, shape: tuple[int, ...], key: tuple[Any, ...]) -> Tensor:
    """Put `grad` in its place among zeros: the gradient of taking a part.

    >>> zeros_around(randn(4), (3, 4), (1, ...))
    """
    result = namespace_of(grad).zeros(shape, grad.dtype)
    result[key] = grad
    return result


@op(layout=as_input, grad={"input": lambda g, src_shape, key: replaced(g, 0.0, key), "src": lambda g, key: sliced(g, key)})
def replaced(input: Tensor, src: Tensor | float, key: tuple[Any, ...]) -> Tensor:
    """Copy `input` with one part overwritten by `src`.

    >>> replaced(randn(3, 4), randn(4), (1, ...))
    """
    result = fresh(input)
    result[key] = src
    return result


def along(dim: int, pick: Any) -> tuple[Any, ...]:
    """The key that picks along one dim and leaves the others whole."""
    return (*(EVERYTHING,) * dim, pick, ...)


def _select_key(input: Any, dim: int, index: Any) -> tuple[Any, ...]:
    shape = input.shape
    if not shape:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    dim, index = from_start(dim, len(shape)), int(index)
    if not -shape[dim] <= index < shape[dim]:
        raise IndexError(f"select(): index {index} out of range for tensor of size {list(shape)} at dimension {dim}")
    return along(dim, index)


@composite
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """Look at one slice of `input` along `dim`, which goes away.

    >>> select(randn(3, 4), 0, 1)
    >>> select(randn(3, 4), -1, -2)
    """
    return selected(input, _select_key(input, dim, index))


@composite
def narrow(input: Tensor, dim: int, start: int | Tensor, length: int) -> Tensor:
    """Look at `length` elements of `input` along `dim`, from `start` on.

    >>> narrow(randn(3, 4), 1, 1, 2)
    >>> narrow(randn(3), 0, -2, 1)
    """
    return sliced(input, _narrow_key(input, dim, _as_start(start), length))


def _as_start(start: Any) -> int:
    if isinstance(start, TensorBase) and (start._array.ndim or start._array.dtype.kind not in "iu"):
        raise RuntimeError(f"start must be an 0-dim integral Tensor, not one of {start._array.dtype} and shape "
                           f"{list(start._array.shape)}")
    return int(start)


def _narrow_key(input: Any, dim: int, start: int, length: int) -> tuple[Any, ...]:
    shape = input.shape
    if not shape:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    if length < 0:
        raise RuntimeError(f"narrow(): length must be non-negative, not {length}.")
    dim = from_start(dim, len(shape))
    size = shape[dim]
    if not -size <= start <= size:
        raise IndexError(f"start out of range (expected to be in range of [{-size}, {size}], but got {start})")
    start = start + size if start < 0 else start
    if start + length > size:
        raise RuntimeError(f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    return along(dim, slice(start, start + length))


@composite
def narrow_copy(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """Copy `length` elements of `input` along `dim`, from `start` on.

    >>> narrow_copy(randn(3, 4), 1, 1, 2)
    """
    if dim >= input.ndim > 0:
        raise RuntimeError(f"narrow_copy(): Expected dim < {input.ndim}, but got {dim}")  # an IndexError in `narrow`
    return _copied(narrow(input, dim, start, length))


@op(grad={"input": lambda g: g}, grad_name="CloneBackward0")
def _copied(input: Tensor) -> Tensor:
    return input.copy()


def _refuse_misfit(input: Any, src: Any, size: tuple[int, ...]) -> None:
    if tuple(src.shape) != size:
        raise RuntimeError(f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, "
                           f"slice size = {list(size)}")


@composite
def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """Copy `input` with the slice at `index` along `dim` replaced by `src`.

    >>> select_scatter(randn(3, 4), randn(4), 0, 1)
    """
    key = _select_key(input, dim, index)
    at = len(key) - 2
    _refuse_misfit(input, src, (*input.shape[:at], *input.shape[at + 1:]))
    return replaced(input, src, key)


@composite
def slice_scatter(input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None,
                  step: int = 1) -> Tensor:
    """Copy `input` with the elements `start:end:step` along `dim` replaced by `src`.

    >>> slice_scatter(randn(3, 4), randn(3, 2), 1, 0, 4, 2)
    """
    if step < 1:
        raise RuntimeError(f"slice step must be positive, not {step}")
    dim = from_start(dim, len(input.shape))
    chosen = slice(start, end, step)
    size = len(range(*chosen.indices(input.shape[dim])))
    _refuse_misfit(input, src, (*input.shape[:dim], size, *input.shape[dim + 1:]))
    return replaced(input, src, along(dim, chosen))


def diagonal_view(array: Any, offset: int, dim1: int, dim2: int) -> Any:
    """Return a writable view of a diagonal, which comes last; NumPy's own is read-only."""
    dim1, dim2 = from_start(dim1, array.ndim), from_start(dim2, array.ndim)
    if dim1 == dim2:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    rows, columns = max(-offset, 0), max(offset, 0)
    length = max(min(array.shape[dim1] - rows, array.shape[dim2] - columns), 0)
    rest = [dim for dim in range(array.ndim) if dim not in (dim1, dim2)]
    if length:
        array = array[tuple(slice(rows if d == dim1 else columns if d == dim2 else 0, None) for d in range(array.ndim))]
    step = array.strides[dim1] + array.strides[dim2]
    return strided_view(array, (*(array.shape[dim] for dim in rest), length), (*(array.strides[d] for d in rest), step))


@op(layout=as_input, grad={
    "input": lambda g, offset, dim1, dim2, src_shape: diagonal_scatter(g, zeros_beside(g, src_shape), offset, dim1, dim2),
    "src": lambda g, offset, dim1, dim2: diagonal_copied(g, offset, dim1, dim2),
})
def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """Copy `input` with a diagonal replaced by `src`.

    >>> diagonal_scatter(randn(3, 4), randn(3))
    >>> diagonal_scatter(randn(2, 3, 4), randn(3, 1), offset=-1, dim1=0, dim2=2)
    """
    result = fresh(input)
    place = diagonal_view(result, offset, dim1, dim2)
    _refuse_misfit(input, src, place.shape)
    place[...] = src
    return result


@op(grad={"input": lambda g, input_shape, offset, dim1, dim2:
          diagonal_scatter(zeros_beside(g, input_shape), g, offset, dim1, dim2)})
def diagonal_copied(input: Tensor, offset: int, dim1: int, dim2: int) -> Tensor:
    return diagonal_view(input, offset, dim1, dim2).copy()


@op()
def zeros_beside(like: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Return zeros of a shape, in the dtype and on the device of `like`."""
    return namespace_of(like).zeros(shape, like.dtype)
