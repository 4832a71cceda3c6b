"""Other shapes for the same elements: views wherever the strides allow."""
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flambeau.core.arrays import reshaped_view, strided_view
from flambeau.core.dtype import as_numpy
from flambeau.dispatch.op import composite, op
from flambeau.ops.addressing import from_start
from flambeau.ops.dims import Dims, Sizes, dims_of, inferred, sizes_of

if TYPE_CHECKING:
    from flambeau.tensor import Tensor


@op(view=True, grad={"input": lambda g, input_shape: reshape(g, input_shape)}, grad_name="ViewBackward0")
def _reshape(input: Tensor, shape: Sizes) -> Tensor:
    try:
        return input.reshape(shape)
    except ValueError:
        inferred(shape, input.size)
        raise


@composite
def reshape(input: Tensor, shape: Sequence[int]) -> Tensor:
    """Lay the same elements out in another shape: a view where the strides allow it, a copy elsewhere.

    >>> reshape(randn(2, 3), (3, 2))
    >>> reshape(randn(2, 3), (-1,))
    >>> reshape(randn(), (1, 1))
    """
    return _reshape(input, sizes_of((shape,)))


def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """Return `input` in the shape of `other`."""
    return _reshape(input, tuple(other.shape))


@op(view=True, grad={"input": lambda g, input_shape: reshape(g, input_shape)})
def _view(input: Tensor, shape: Sizes) -> Tensor:
    seen = reshaped_view(input, shape)
    if seen is not None:
        return seen
    inferred(shape, input.size)
    raise RuntimeError(f"view size is not compatible with input tensor's size {list(input.shape)} and stride (at least "
                       f"one dimension spans across two contiguous subspaces); asked for {list(shape)}. Use "
                       ".reshape(...) instead.")


def view(input: Tensor, *shape: Any, size: Any = None, dtype: Any = None) -> Tensor:
    """Look at the same memory in another shape, or as another dtype.

    Raises RuntimeError where the strides do not allow it.
    """
    if not shape and (size is not None or dtype is not None):
        shape = (dtype if size is None else size,)
    if len(shape) == 1 and not isinstance(shape[0], int | tuple | list):
        return _view_dtype(input, as_numpy(shape[0]))
    return _view(input, sizes_of(shape))


@op(view=True)
def _view_dtype(input: Tensor, dtype: Any) -> Tensor:
    have, want = input.dtype.itemsize, dtype.itemsize
    if have != want:
        _check_bytes(input, have, want)
    return input.view(dtype)


def _check_bytes(input: Any, have: int, want: int) -> None:
    """Raise RuntimeError where the last dim does not divide into items of another size."""
    if not input.ndim:
        raise RuntimeError("self.dim() cannot be 0 to view a tensor as a dtype of another element size; reshape to (1,)")
    if want > have and (input.shape[-1] * have) % want:
        raise RuntimeError(f"self.size(-1) must be divisible by {want // have} to view items of {have} bytes as items "
                           f"of {want} bytes (different element sizes), but got {input.shape[-1]}")
    if input.shape[-1] > 1 and input.strides[-1] != have:
        raise RuntimeError(f"self.stride(-1) must be 1 to view items of {have} bytes as items of {want} bytes "
                           f"(different element sizes), but got {input.strides[-1] // have}")


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """Look at the same memory in the shape of `other`."""
    return _view(input, tuple(other.shape))


@op(view=True, grad={"input": lambda g: g}, grad_name="ViewBackward0")
def view_as_itself(input: Tensor) -> Tensor:
    """Return another view of all of `input`."""
    return input.view()


@op(view=True, grad={"input": lambda g: g})
def _expand(input: Tensor, shape: Sizes) -> Tensor:
    extra = len(shape) - input.ndim
    sizes, steps = list(shape), [0] * len(shape)
    for dim in reversed(range(len(shape))):
        if dim >= extra:
            size, step = input.shape[dim - extra], input.strides[dim - extra]
        else:
            size, step = 1, sizes[dim + 1] * steps[dim + 1] if dim + 1 < len(shape) else input.itemsize
        sizes[dim] = size if shape[dim] == -1 else shape[dim]
        steps[dim] = step if sizes[dim] == size else 0
    return strided_view(input, tuple(sizes), tuple(steps))


def _check_expansion(have: Sizes, shape: Sizes) -> None:
    extra = len(shape) - len(have)
    if extra < 0:
        raise RuntimeError(f"expand(torch.Tensor{{{list(have)}}}, size={list(shape)}): the number of sizes provided "
                           f"({len(shape)}) must be greater or equal to the number of dimensions in the tensor "
                           f"({len(have)})")
    for dim, size in enumerate(shape):
        if size < -1 or size == -1 and dim < extra:
            raise RuntimeError(f"The expanded size of the tensor ({size}) isn't allowed in a leading, non-existing "
                               f"dimension {dim}")
        if size != -1 and dim >= extra and have[dim - extra] not in (1, size):
            raise RuntimeError(f"The expanded size of the tensor ({size}) must match the existing size "
                               f"({have[dim - extra]}) at non-singleton dimension {dim}.  Target sizes: {list(shape)}.  "
                               f"Tensor sizes: {list(have)}")


def expand(input: Tensor, *sizes: Any, size: Any = None, implicit: bool = False) -> Tensor:
    """Repeat dims of size 1, without copying, until the shape is `sizes`; -1 leaves a dim as it is."""
    shape = sizes_of(sizes if size is None else (size,))
    have = tuple(input.shape)
    if shape == have:
        return view_as_itself(input)
    _check_expansion(have, shape)
    return _expand(input, shape)


@composite
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """Expand `input` to the shape of `other`.

    >>> expand_as(randn(3, 1), randn(3, 4))
    """
    return expand(input, tuple(other.shape))


@composite
def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
    """Repeat dims of size 1, without copying, until the shape is `size`.

    >>> broadcast_to(randn(3, 1), (2, 3, 4))
    """
    return expand(input, tuple(size))


@op(view=True, grad={"input": lambda g, input_shape: reshape(g, input_shape)})
def _squeeze(input: Tensor, dims: Sizes) -> Tensor:
    return input.reshape(tuple(n for d, n in enumerate(input.shape) if d not in dims))


@composite
def squeeze(input: Tensor, dim: Dims = None) -> Tensor:
    """Drop the dims of size 1, or those of them that `dim` names.

    >>> squeeze(randn(1, 2, 1))
    >>> squeeze(randn(1, 2, 1), -1)
    >>> squeeze(randn(1, 2, 1), (0, 1))
    """
    shape = input.shape
    dims = range(len(shape)) if dim is None else () if dim == () else dims_of(dim, len(shape))
    return _squeeze(input, tuple(d for d in dims if shape[d] == 1))


@op(view=True, grad={"input": lambda g, dim: _squeeze(g, (dim,))})
def _unsqueeze(input: Tensor, dim: int) -> Tensor:
    return input.reshape((*input.shape[:dim], 1, *input.shape[dim:]))


@composite
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """Insert a dim of size 1 at `dim`.

    >>> unsqueeze(randn(2, 3), 1)
    >>> unsqueeze(randn(2, 3), -1)
    >>> unsqueeze(randn(), 0)
    """
    return _unsqueeze(input, from_start(dim, input.ndim + 1))


@composite
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Merge the dims from `start_dim` to `end_dim` into one.

    >>> flatten(randn(2, 3, 4))
    >>> flatten(randn(2, 3, 4), start_dim=1)
    >>> flatten(randn())
    """
    shape = tuple(input.shape)
    first, last = from_start(start_dim, len(shape)), from_start(end_dim, len(shape))
    if first > last:
        raise RuntimeError(f"flatten() has invalid args: start_dim ({start_dim}) cannot come after end_dim ({end_dim})")
    if not shape:
        return _reshape(input, (1,))
    if first == last:
        return input
    merged = 1
    for size in shape[first:last + 1]:
        merged *= size
    return _reshape(input, (*shape[:first], merged, *shape[last + 1:]))


@composite
def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """Split one dim into several; one of `sizes` may be -1.

    >>> unflatten(randn(2, 6), 1, (2, 3))
    >>> unflatten(randn(6, 2), 0, (-1, 3))
    """
    shape, sizes = tuple(input.shape), sizes_of((sizes,))
    if not sizes:
        raise RuntimeError("unflatten: sizes must be non-empty")
    dim = from_start(dim, len(shape))
    try:
        found = inferred(sizes, shape[dim])
    except RuntimeError as error:
        raise RuntimeError(f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} "
                           f"({shape[dim]}) in the input tensor") from error
    return _view(input, (*shape[:dim], *found, *shape[dim + 1:]))


@composite
def ravel(input: Tensor) -> Tensor:
    """Return all elements in one dim.

    >>> ravel(randn(2, 3))
    """
    from flambeau.ops.conversion import contiguous

    return _reshape(contiguous(input), (-1,))


def _at_least(dims: int, grow: Any, tensors: tuple[Any, ...]) -> Any:
    if len(tensors) == 1 and isinstance(tensors[0], tuple | list):
        return tuple(map(grow, tensors[0]))
    return grow(tensors[0]) if len(tensors) == 1 else tuple(map(grow, tensors))


def atleast_1d(*tensors: Any) -> Any:
    """Give scalars one dim; takes one tensor, several, or a sequence of them.

    >>> atleast_1d(randn())
    """
    return _at_least(1, lambda tensor: tensor if tensor.ndim else reshape(tensor, (1,)), tensors)


def atleast_2d(*tensors: Any) -> Any:
    """Give tensors of fewer than two dims leading ones.

    >>> atleast_2d(randn(3))
    """
    return _at_least(2, lambda tensor: tensor if tensor.ndim > 1 else reshape(tensor, (1, -1)), tensors)


def atleast_3d(*tensors: Any) -> Any:
    """Give tensors of fewer than three dims more: a vector lies along the middle, a matrix along the first two.

    >>> atleast_3d(randn(3))
    >>> atleast_3d(randn(2, 3))
    """
    def grow(tensor: Any) -> Any:
        if tensor.ndim == 2:
            return unsqueeze(tensor, -1)
        return tensor if tensor.ndim > 2 else reshape(tensor, (1, -1, 1))

    return _at_least(3, grow, tensors)


def broadcast_shapes(*shapes: Any) -> Any:
    """Return the shape that tensors of these shapes broadcast to.

    Raises RuntimeError where they do not fit.
    """
    from flambeau.core.size import Size

    wanted = [sizes_of((shape,)) for shape in shapes]
    result = [1] * max((len(shape) for shape in wanted), default=0)
    for shape in wanted:
        for back in range(1, len(shape) + 1):
            if shape[-back] < 0:
                raise RuntimeError(f"Trying to create tensor with negative dimension ({shape[-back]}): {shape}")
            if shape[-back] not in (1, result[-back]) and result[-back] != 1:
                raise RuntimeError("Shape mismatch: objects cannot be broadcast to a single shape: "
                                   f"{' and '.join(map(str, wanted))} differ at dim {-back}")
            result[-back] = result[-back] if shape[-back] == 1 else shape[-back]
    return Size(result)


def broadcast_tensors(*tensors: Any) -> Any:
    """Expand tensors to their common shape."""
    given = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], tuple | list) else tensors
    for number, tensor in enumerate(given):
        if not hasattr(tensor, "shape"):
            raise TypeError(f"expected Tensor as element {number} in argument 0, but got {type(tensor).__name__}")
    shape = broadcast_shapes(*(tuple(tensor.shape) for tensor in given))
    return tuple(tensor if tuple(tensor.shape) == shape else expand(tensor, shape) for tensor in given)
